//! Headers that a tenant may read, their order, and the proxies that it trusts.

use super::*;

fn named(header: &str) -> Result<HeaderSource, SourcesError> {
    HeaderSource::new(HeaderKind::Named, Some(header), Trust::Always, false)
}

#[test]
fn a_header_of_ones_own_is_lower_case_and_has_no_other_use() {
    for name in ["x-remote-user", "remote-user", "u", "x-auth-request-email"] {
        assert_eq!(named(name).unwrap().header.as_str(), name);
    }
    let long = "x".repeat(HEADER_NAME_BYTES_MAX + 1);
    for name in [
        "",
        "X-Remote-User",
        "x_remote_user",
        "-x",
        "1x",
        "x remote",
        "x:remote",
        "ä",
        &long,
        "authorization",
        "cookie",
        "host",
        "x-api-key",
        "x-isolation-key",
        "x-anchorhold-user",
        "x-anchorhold-signature",
        "x-forwarded-for",
        "x-openwebui-user-jwt",
        "content-type",
    ] {
        assert_eq!(named(name), Err(SourcesError::Header), "{name}");
    }
}

#[test]
fn the_headers_that_clients_sign_keep_their_names() {
    let source = |kind, header| HeaderSource::new(kind, Some(header), Trust::Always, false);
    for kind in [HeaderKind::User, HeaderKind::IsolationKey] {
        assert_eq!(source(kind, "x-other"), Err(SourcesError::Fixed));
        let usual = HeaderSource::new(kind, None, Trust::Always, false);
        assert_eq!(usual.unwrap(), HeaderSource::usual(kind).unwrap());
    }
    let renamed = source(HeaderKind::OpenWebui, "x-app-user-id").unwrap();
    assert_eq!(renamed.header.as_str(), "x-app-user-id");
    assert_eq!(renamed.issuer().unwrap().as_str(), "owui");
    let joined = HeaderSource::new(HeaderKind::SillyTavern, None, Trust::Always, true);
    assert_eq!(joined, Err(SourcesError::NotLocal));
}

#[test]
fn users_of_two_sources_are_never_the_same_but_on_purpose() {
    let own = named("x-remote-user").unwrap();
    let mut issuers: Vec<String> = Sources::new(Vec::new(), vec![own])
        .unwrap()
        .headers()
        .iter()
        .map(|source| source.issuer().unwrap().as_str().to_owned())
        .collect();
    assert_eq!(
        issuers,
        [
            "header:x-remote-user",
            "local",
            "isolation-key",
            "owui",
            "st"
        ]
    );
    issuers.dedup();
    assert_eq!(issuers.len(), 5);
    let joined = HeaderSource::new(
        HeaderKind::Named,
        Some("x-remote-user"),
        Trust::Always,
        true,
    );
    assert_eq!(joined.unwrap().issuer().unwrap().as_str(), "local");
}

#[test]
fn a_header_is_read_once_and_their_number_is_bounded() {
    let twice = vec![named("x-a").unwrap(), named("x-a").unwrap()];
    assert_eq!(Sources::new(Vec::new(), twice), Err(SourcesError::Twice));
    let taken = vec![named("x-st-user").unwrap()];
    assert_eq!(Sources::new(Vec::new(), taken), Err(SourcesError::Twice));
    let usual = |kind| HeaderSource::usual(kind).unwrap();
    let kinds = vec![usual(HeaderKind::User), usual(HeaderKind::User)];
    assert_eq!(Sources::new(Vec::new(), kinds), Err(SourcesError::Twice));
    let room = HEADER_SOURCES_MAX - HeaderKind::USUAL.len();
    let many = |count: usize| {
        let names = (0..count).map(|number| named(&format!("x-{number}")).unwrap());
        Sources::new(Vec::new(), names.collect())
    };
    assert!(many(room).is_ok());
    assert_eq!(many(room + 1), Err(SourcesError::TooManyHeaders));
    let proxies = |count| Sources::new(vec![network("::1").unwrap(); count], Vec::new());
    assert!(proxies(TRUSTED_PROXIES_MAX).is_ok());
    assert_eq!(
        proxies(TRUSTED_PROXIES_MAX + 1),
        Err(SourcesError::TooManyProxies)
    );
}

#[test]
fn a_proxy_is_trusted_by_its_network_in_either_writing() {
    let of = |networks: &[&str]| {
        let networks = networks.iter().map(|text| network(text).unwrap()).collect();
        Sources::new(networks, Vec::new()).unwrap()
    };
    let sources = of(&["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"]);
    for (peer, is_trusted) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("10.2.0.0", false),
        ("192.0.2.7", true),
        ("192.0.2.8", false),
        ("2001:db8:1::1", true),
        ("2001:db9::1", false),
        ("127.0.0.1", false),
        ("::1", false),
    ] {
        assert_eq!(sources.trusts(peer.parse().unwrap()), is_trusted, "{peer}");
        assert!(!Sources::default().trusts(peer.parse().unwrap()));
    }
    for text in [
        "",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0",
        "example.org",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/8 ",
        "fe80::1%eth0",
        "0.0.0.0/0",
        "::/0",
    ] {
        assert_eq!(network(text), Err(SourcesError::Network), "{text}");
    }
}

#[test]
fn what_was_turned_off_stays_off_when_other_headers_are_named() {
    let never = |kind| HeaderSource::new(kind, None, Trust::Never, false).unwrap();
    let off = vec![never(HeaderKind::SillyTavern), never(HeaderKind::User)];
    let before = Sources::new(vec![network("::1").unwrap()], off.clone()).unwrap();
    let named = IdentityChanges {
        headers: Some(vec![named("x-remote-user").unwrap()]),
        ..IdentityChanges::default()
    };
    let after = before.changed(&named).unwrap();
    assert_eq!(after.headers()[0].header.as_str(), "x-remote-user");
    assert_eq!(after.headers()[1..3], off);
    assert_eq!(after.headers().len(), 5);
    assert_eq!(after.trusted_proxies(), before.trusted_proxies());
    // A header of the tenant's own is read no more once it is not named.
    let again = IdentityChanges {
        headers: Some(vec![HeaderSource::usual(HeaderKind::SillyTavern).unwrap()]),
        trusted_proxies: Some(Vec::new()),
        ..IdentityChanges::default()
    };
    let after = after.changed(&again).unwrap();
    let kinds: Vec<_> = after.headers().iter().map(|source| source.kind).collect();
    assert_eq!(
        kinds,
        [
            HeaderKind::SillyTavern,
            HeaderKind::User,
            HeaderKind::IsolationKey,
            HeaderKind::OpenWebui
        ]
    );
    assert_eq!(after.headers()[0].trust, Trust::Always);
    assert!(after.trusted_proxies().is_empty());
}

#[test]
fn sources_are_stored_as_they_are() {
    let own = named("x-remote-user").unwrap();
    for sources in [
        Sources::default(),
        Sources::new(vec![network("10.0.0.0/8").unwrap()], vec![own]).unwrap(),
    ] {
        let text = serde_json::to_string(&sources).unwrap();
        assert_eq!(serde_json::from_str::<Sources>(&text).unwrap(), sources);
    }
    let forged = r#"{"kind":"header","header":"Authorization","trust":"always","is_local":false,"from_proxies":true}"#;
    assert!(serde_json::from_str::<HeaderSource>(forged).is_err());
}
