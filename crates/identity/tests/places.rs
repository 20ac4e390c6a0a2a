//! Where a request without a named namespace gets to, and with which rights: as tables that are
//! read, for every strategy, mode, kind of key and header.

use std::fmt::Write as _;

use anchorhold_identity::{Missing, Promise, Read, Reason, Write, address_of};
use anchorhold_model::{Isolation, NamespaceId, Part, Place, SubScopes, TrustMode};

use crate::world::{TENANT, World, kinds, of_user, plain, user};

pub(crate) const MODES: [TrustMode; 4] = [
    TrustMode::Strict,
    TrustMode::Required,
    TrustMode::Quarantine,
    TrustMode::Legacy,
];
pub(crate) const HEADERS: [(&str, &[(&str, &str)]); 6] = [
    ("nothing", &[]),
    ("user alice", &[("x-anchorhold-user", "alice")]),
    ("user bob", &[("x-anchorhold-user", "bob")]),
    ("isolation key", &[("x-isolation-key", "alice")]),
    (
        "user and isolation key",
        &[("x-anchorhold-user", "bob"), ("x-isolation-key", "bob")],
    ),
    ("workspace", &[("x-anchorhold-workspace", "desk")]),
];

fn table(isolation: Isolation, known: bool) -> String {
    let mut table = String::new();
    for (kind, credential) in kinds() {
        for (sent, lines) in HEADERS {
            write!(table, "{kind:<14}{sent:<23}").unwrap();
            for mode in MODES {
                let mut world = World::new(mode, isolation, credential.clone());
                world.known = known;
                let rights = world.rights(lines, None);
                write!(table, " {rights:<24}").unwrap();
            }
            table = table.trim_end().to_owned() + "\n";
        }
    }
    table
}

#[test]
fn who_gets_where_by_user() {
    insta::assert_snapshot!(table(Isolation::User, false));
}

#[test]
fn who_gets_where_as_a_user_that_is_known() {
    insta::assert_snapshot!(table(Isolation::User, true));
}

#[test]
fn who_gets_where_without_isolation() {
    insta::assert_snapshot!(table(Isolation::None, true));
}

#[test]
fn who_gets_where_by_a_key_of_the_application() {
    insta::assert_snapshot!(table(Isolation::Custom, true));
}

#[test]
fn who_gets_where_by_session() {
    insta::assert_snapshot!(table(Isolation::Session, true));
}

#[test]
fn what_does_not_exist_is_empty_to_readers_and_reserved_for_writers() {
    let act_as = kinds()[4].1.clone();
    let alice = [("x-anchorhold-user", "alice")];
    let world = World::usual(act_as.clone());
    let read = |world: &World| world.scope::<Read>(&alice, None, Missing::Empty).unwrap();
    let write = |world: &World| {
        world
            .scope::<Write>(&alice, None, Missing::Reserve)
            .unwrap()
    };
    assert!(read(&world).is_none());
    let reserved = write(&world).unwrap();
    assert!(reserved.is_reserved());
    assert_eq!(reserved.namespace(), NamespaceId::from_bytes([200; 16]));
    let world = world.with(of_user("local", "alice"), 3);
    for existing in [
        read(&world).unwrap(),
        write(&world).unwrap().narrow::<Read>(),
    ] {
        assert!(!existing.is_reserved());
        assert_eq!(existing.namespace(), NamespaceId::from_bytes([3; 16]));
        assert_eq!(*existing.address(), of_user("local", "alice"));
    }
    for (question, missing) in [
        ("incarnation", Missing::Empty),
        ("reserve", Missing::Reserve),
    ] {
        let mut world = World::usual(act_as.clone());
        world.silent_at = Some(question);
        let denial = world.scope::<Read>(&alice, None, missing).err().unwrap();
        assert_eq!(denial.reason, Reason::Unavailable);
        assert_eq!(denial.tenant, Some(TENANT));
    }
}

#[test]
fn a_promise_is_kept_while_anybody_holds_it_and_no_longer() {
    let promise = Promise::default();
    let watched = promise.watch();
    let again = Promise::again(&watched).unwrap();
    drop(promise);
    assert_eq!(Promise::again(&watched).as_ref(), Some(&again));
    drop(again);
    assert_eq!(Promise::again(&watched), None);
}

#[test]
fn sub_scopes_are_each_of_their_own_header() {
    let act_as = kinds()[4].1.clone();
    let world = World::usual(act_as);
    let part = |text| Part::parse(text).ok();
    let lines = [
        ("x-anchorhold-user", "alice"),
        ("x-anchorhold-workspace", "w"),
        ("x-anchorhold-agent", "a"),
        ("x-anchorhold-thread", "t"),
    ];
    let scope = world.scope::<Write>(&lines, None, Missing::Reserve);
    let scopes = SubScopes {
        workspace: part("w"),
        agent: part("a"),
        thread: part("t"),
    };
    let place = Place::User(user("local", "alice"), scopes);
    assert_eq!(scope.unwrap().unwrap().address().place, place);
    let (caller, verdict) = world.judged(&lines).unwrap();
    assert_eq!(
        address_of(&caller, &verdict, &world)
            .unwrap()
            .unwrap()
            .place,
        place
    );
}

#[test]
fn evidence_is_refused_in_the_name_of_its_caller() {
    let world = World::usual(kinds()[4].1.clone());
    for header in [
        "x-anchorhold-user",
        "x-isolation-key",
        "x-anchorhold-workspace",
        "x-anchorhold-agent",
        "x-anchorhold-thread",
    ] {
        let denial = world.judged(&[(header, "..")]).err().unwrap();
        assert!(matches!(denial.reason, Reason::NameInvalid { field, .. } if field == header));
        assert_eq!(denial.tenant, Some(TENANT));
        let denial = world.judged(&[(header, "a,b")]).err().unwrap();
        assert_eq!(denial.reason.as_str(), "identity_header_invalid");
        assert_eq!(denial.tenant, Some(TENANT));
    }
}

/// A refusal in strict asks neither who is known nor where anything lies.
#[test]
fn a_viewer_without_a_user_reads_what_is_shared_and_no_more() {
    let mut viewer = plain();
    viewer.viewer = true;
    let world = World::new(TrustMode::Legacy, Isolation::User, viewer);
    assert_eq!(world.rights(&[], None), "shared! r---");
}
