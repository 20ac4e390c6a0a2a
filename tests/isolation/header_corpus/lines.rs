//! The lines, each with what becomes of it, and how they are written under another header.

pub(super) const USER: &str = "x-anchorhold-user";
pub(super) const ALICE: &[u8] = b"alice";

/// What becomes of a request with these header lines.
pub(super) enum Fate {
    /// It is refused.
    Refused(u16, &'static str),
    /// It is for Alice: HTTP itself says that these are the same bytes.
    IsAlice,
    /// It is for somebody else.
    IsSomebodyElse,
}

pub(super) type Lines = Vec<(&'static str, Vec<u8>)>;

fn one(value: impl AsRef<[u8]>) -> Lines {
    vec![(USER, value.as_ref().to_vec())]
}

fn two(first: (&'static str, &[u8]), second: (&'static str, &[u8])) -> Lines {
    vec![(first.0, first.1.to_vec()), (second.0, second.1.to_vec())]
}

fn repeated() -> Vec<Lines> {
    let mut cases = vec![
        two((USER, ALICE), (USER, ALICE)),
        two((USER, ALICE), (USER, b"bob")),
        two((USER, b""), (USER, ALICE)),
        two((USER, ALICE), ("X-Anchorhold-User", b"bob")),
        two((USER, ALICE), ("X_Anchorhold_User", b"bob")),
        two((USER, b"bob"), ("x_anchorhold_user", ALICE)),
        two((USER, ALICE), ("x-anchorhold_user", ALICE)),
        vec![("x_anchorhold_user", ALICE.to_vec())],
        vec![("X_ANCHORHOLD-USER", ALICE.to_vec())],
    ];
    for value in [
        "alice,bob",
        "alice, bob",
        "alice,",
        ",alice",
        "alice,alice",
        "{{user}}",
        "{{ user }}",
        "{{char}}:alice",
        "alice{{",
        "prefix-{{user}}",
    ] {
        cases.push(one(value));
    }
    for bytes in [
        &b"\xff\xfe"[..],
        b"alice\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"Am\xe9lie",
        b"\xe2\x82",
        b"alice\x80",
        b"\xf5\x80\x80\x80",
    ] {
        cases.push(one(bytes));
    }
    cases
}

pub(super) fn names() -> Vec<Lines> {
    let mut cases = Vec::new();
    for value in [
        "",
        "Ame\u{301}lie",
        "A\u{30a}ngstrom",
        "\u{1100}\u{1161}",
        "\u{2126}",
        "ali\u{200b}ce",
        "\u{200d}alice",
        "alice\u{200c}",
        "\u{feff}alice",
        "alice\u{2060}",
        "\u{202e}ecila",
        "\u{2066}alice\u{2069}",
        "alice\u{200e}",
        "alice\u{ad}",
        "\u{34f}alice",
        "alice\u{fe0f}",
        "\u{3164}",
        "\u{115f}alice",
        "alice\u{2028}",
        "alice\u{85}",
        "\u{378}",
        "alice\u{e0041}",
        "\u{a0}alice",
        "alice\u{a0}",
        "\u{3000}alice",
        "alice\u{2003}",
        "\u{301}alice",
        ".",
        "..",
        "alice\u{fdd0}",
        "\u{10ffff}",
    ] {
        cases.push(one(value));
    }
    cases.push(one("a".repeat(257)));
    cases.push(one("é".repeat(129)));
    cases
}

pub(super) fn corpus() -> Vec<(Lines, Fate)> {
    let mut cases = Vec::new();
    for lines in repeated() {
        cases.push((lines, Fate::Refused(400, "identity_header_invalid")));
    }
    for lines in names() {
        cases.push((lines, Fate::Refused(400, "name_invalid")));
    }
    for value in ["alice", " alice", "alice ", "\t alice \t"] {
        cases.push((one(value), Fate::IsAlice));
    }
    for name in [
        "X-ANCHORHOLD-USER",
        "X-Anchorhold-User",
        "x-AnchorHold-uSER",
    ] {
        cases.push((vec![(name, ALICE.to_vec())], Fate::IsAlice));
    }
    for value in [
        "Alice",
        "ALICE",
        "Ａlice",
        "al\u{456}ce",
        "../alice",
        "alice/../bob",
        "%61lice",
        "alice%00",
        "alice;bob",
        "\"alice\"",
        "'alice'",
        "alice=",
        "local:alice",
        "local/alice",
        "user:alice",
        "{user}",
        "${user}",
        "%7B%7Buser%7D%7D",
        "=?utf-8?q?alice?=",
        "alice\\",
        "~",
        "-",
        "*",
        "**",
        "0",
        "usr_00000000000000000000000000000001",
        "alice bob",
        "Zoë",
        "愛麗絲",
    ] {
        cases.push((one(value), Fate::IsSomebodyElse));
    }
    cases.push((one("a".repeat(256)), Fate::IsSomebodyElse));
    cases.push((one("é".repeat(128)), Fate::IsSomebodyElse));
    cases
}

/// A spelling of [`USER`] as one of another header: its case, and what it writes for `-`.
pub(super) fn spelled(spelling: &str, header: &str) -> String {
    let joints: Vec<char> = spelling
        .chars()
        .filter(|character| "-_".contains(*character))
        .collect();
    let mut name = String::new();
    let words: Vec<&str> = header.split('-').collect();
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            name.push(joints[usize::from(number + 1 == words.len())]);
        }
        let (first, rest) = word.split_at(1);
        match spelling {
            _ if spelling == spelling.to_uppercase() => name += &word.to_uppercase(),
            _ if spelling == spelling.to_lowercase() => name += word,
            _ if spelling.starts_with('X') => name += &(first.to_uppercase() + rest),
            _ => name += &(first.to_owned() + &rest.to_uppercase()),
        }
    }
    name
}
