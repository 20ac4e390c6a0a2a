//! An identity header is taken exactly as it is, or refused.

use anchorhold_identity::{Denial, Headers, IdentityHeader, Reason};

const ALL: [IdentityHeader; 10] = [
    IdentityHeader::User,
    IdentityHeader::Workspace,
    IdentityHeader::Agent,
    IdentityHeader::Thread,
    IdentityHeader::Namespace,
    IdentityHeader::IsolationKey,
    IdentityHeader::KeyId,
    IdentityHeader::Timestamp,
    IdentityHeader::Nonce,
    IdentityHeader::Signature,
];

type Lines<'a> = &'a [(&'a str, &'a [u8])];

fn problem(denial: Option<Denial>) -> (String, &'static str) {
    match denial.unwrap() {
        Denial {
            reason: Reason::IdentityHeaderInvalid { header, problem },
            tenant: None,
            key: None,
        } => (header.into_owned(), problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_names_of_the_headers_are_those_of_the_documents() {
    let names = ALL.map(IdentityHeader::name);
    assert_eq!(
        names,
        [
            "x-anchorhold-user",
            "x-anchorhold-workspace",
            "x-anchorhold-agent",
            "x-anchorhold-thread",
            "x-anchorhold-namespace",
            "x-isolation-key",
            "x-anchorhold-key-id",
            "x-anchorhold-timestamp",
            "x-anchorhold-nonce",
            "x-anchorhold-signature",
        ]
    );
}

#[test]
fn the_one_value_is_what_was_sent_and_every_ambiguity_is_refused() {
    for header in ALL {
        let name = header.name();
        let upper = name.to_uppercase();
        let twin = name.replacen('-', "_", 1);
        let read = |lines: &[(&str, &[u8])]| {
            let read = Headers::new(lines).identity(header);
            read.map(|value| value.map(str::to_owned))
        };
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&[("x-other", b"v"), ("x_other", b"v")]).unwrap(), None);
        // Of the same length, and another name.
        for other in [
            upper.replace('-', "+"),
            twin.replace('-', "+"),
            name.replace('o', "_"),
        ] {
            assert_eq!(read(&[(&other, b"v")]).unwrap(), None, "{other}");
        }
        assert_eq!(read(&[(name, b" v{ ")]).unwrap().unwrap(), " v{ ");
        assert_eq!(
            read(&[(&upper, "\u{e9}".as_bytes())]).unwrap().unwrap(),
            "\u{e9}"
        );
        let refused: [(Lines<'_>, &str); 6] = [
            (&[(&twin, b"v")], "has a twin written with underscores"),
            (
                &[(name, b"v"), (&twin.to_uppercase(), b"v")],
                "has a twin written with underscores",
            ),
            (&[(name, b"v"), (&upper, b"v")], "is sent more than once"),
            (&[(name, b"\xff")], "is not UTF-8"),
            (&[(name, b"a,b")], "holds a list"),
            (
                &[(name, b"{{user}}")],
                "holds a template that was not filled in",
            ),
        ];
        for (lines, expected) in refused {
            assert_eq!(problem(read(lines).err()), (name.to_owned(), expected));
        }
    }
}

#[test]
fn a_value_that_is_no_part_of_an_address_is_refused_by_its_headers_name() {
    let header = IdentityHeader::Agent;
    let read = |value: &[u8]| {
        Headers::new(&[("x-anchorhold-agent", value)])
            .identity_part(header)
            .map(|part| part.map(|part| part.as_str().to_owned()))
    };
    assert_eq!(read(b"bot").unwrap().unwrap(), "bot");
    assert!(Headers::new(&[]).identity_part(header).unwrap().is_none());
    assert!(problem(read(b"a,b").err()).1.contains("list"));
    let denial = read(b"..").err().unwrap();
    let field = "x-anchorhold-agent";
    assert!(matches!(denial.reason, Reason::NameInvalid { field: known, .. } if known == field));
}
