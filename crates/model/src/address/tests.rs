//! Two addresses meet only when they are the same.

use proptest::prelude::*;

use super::*;

fn user(issuer: &str, id: &str) -> Place {
    let user = User {
        issuer: Issuer::parse(issuer).unwrap(),
        id: UserId::parse(id).unwrap(),
    };
    Place::User(user, SubScopes::default())
}

fn bytes(place: Place) -> Vec<u8> {
    Address {
        tenant: TenantId::from_bytes([7; 16]),
        place,
    }
    .canonical_bytes()
}

#[test]
fn joined_parts_never_collide() {
    assert_ne!(bytes(user("a", "b:c")), bytes(user("a:b", "c")));
    assert_ne!(bytes(user("a", "bc")), bytes(user("ab", "c")));
    assert_ne!(bytes(user("local", "shared")), bytes(Place::Shared));
    let named = |text| bytes(Place::Named(NamespaceName::parse(text).unwrap()));
    assert_ne!(named("org/acme"), named("org-acme"));
    assert_ne!(named("shared"), bytes(Place::Shared));
}

fn place() -> impl Strategy<Value = Place> {
    let part = || "[ab:/.]{1,3}";
    let sub = || proptest::option::of(part());
    prop_oneof![
        "[ab:]{1,2}(/[ab:]{1,2}){0,3}".prop_filter_map("name", |text| NamespaceName::parse(&text)
            .ok()
            .map(Place::Named)),
        (part(), part(), sub(), sub(), sub()).prop_filter_map("user", |(issuer, id, w, a, t)| {
            let user = User {
                issuer: Issuer::parse(&issuer).ok()?,
                id: UserId::parse(&id).ok()?,
            };
            let part = |text: Option<String>| text.map(|text| Part::parse(&text)).transpose().ok();
            let sub_scopes = SubScopes {
                workspace: part(w)?,
                agent: part(a)?,
                thread: part(t)?,
            };
            Some(Place::User(user, sub_scopes))
        }),
        Just(Place::Shared),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn addresses_are_equal_exactly_when_their_bytes_are(a in place(), b in place()) {
        prop_assert_eq!(a == b, bytes(a) == bytes(b));
    }
}
