//! What an application says of its own requests, and what their headers say beside it.

use std::fmt::Write as _;

use anchorhold_crypto::TokenClass;
use anchorhold_identity::{
    Denial, Door, Hook, IsolationKey, Missing, Read, Reason, Source, Standing, Strength, Write,
    enforce_below, enforce_subtree, operator, subject_erasure, tenant_admin,
};
use anchorhold_model::{
    AccessSet, Address, Isolation, Part, Place, Role, SubScopes, TenantId, TrustMode, User,
};

use crate::places::{HEADERS, MODES};
use crate::world::{KEY, NOW, TENANT, World, at, kinds, of_user, plain, token, user};

const STRATEGIES: [Isolation; 4] = [
    Isolation::User,
    Isolation::Session,
    Isolation::Custom,
    Isolation::None,
];

fn hook(tenant: TenantId) -> Hook {
    let house = World::usual(kinds()[7].1.clone());
    operator(&house.caller(), Door::Http).unwrap().hook(tenant)
}

/// A world whose requests come through an application that says this of them.
pub(crate) fn hooked(mode: TrustMode, isolation: Isolation, key: Option<IsolationKey>) -> World {
    let mut world = World::new(mode, isolation, plain());
    world.hook = Some(hook(TENANT));
    world.key = key;
    world
}

fn alice() -> IsolationKey {
    IsolationKey::user("alice").unwrap()
}

fn acme() -> IsolationKey {
    IsolationKey::organisation("alice").unwrap()
}

/// Bob's place, for Alice.
fn of_bob() -> IsolationKey {
    let bob = IsolationKey::user("bob").unwrap();
    bob.on_behalf_of("alice").unwrap()
}

#[test]
fn what_an_application_says_leads_there_and_no_header_leads_elsewhere() {
    let mut table = String::new();
    let said = [
        ("nothing", None),
        ("user alice", Some(alice())),
        ("organisation", Some(acme())),
        ("bob for alice", Some(of_bob())),
    ];
    for isolation in STRATEGIES {
        for (title, key) in &said {
            writeln!(table, "{isolation:?}, application: {title}").unwrap();
            for (sent, lines) in HEADERS {
                write!(table, "  {sent:<23}").unwrap();
                for mode in MODES {
                    let world = hooked(mode, isolation, key.clone());
                    let rights = world.rights(lines, None);
                    write!(table, " {rights:<24}").unwrap();
                    if key.is_none() && sent != "workspace" {
                        let without = world.rights(&[], None);
                        assert_eq!(
                            rights, without,
                            "a word counts: {isolation:?} {mode:?} {sent}"
                        );
                    }
                }
                table = table.trim_end().to_owned() + "\n";
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_shown_to_an_application_is_neither_judged_nor_counts() {
    let ours = format!("Bearer {}", token(TokenClass::Secret));
    let theirs: [&[(&str, &str)]; 5] = [
        &[("authorization", &ours)],
        &[("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")],
        &[("authorization", "Basic YTpi"), ("x-api-key", "anything")],
        &[("authorization", "a"), ("authorization", "b")],
        &[("cookie", "session=1")],
    ];
    for lines in theirs {
        let world = hooked(TrustMode::Strict, Isolation::User, Some(alice()));
        assert_eq!(world.rights(lines, None), "local:alice rwea", "{lines:?}");
        let world = hooked(TrustMode::Strict, Isolation::User, None);
        assert_eq!(world.rights(lines, None), "identity_missing", "{lines:?}");
    }
}

#[test]
fn an_application_is_of_one_tenant_and_without_its_credential_of_none() {
    let missing = Some(Denial::of_stranger(Reason::CredentialMissing));
    let mut world = hooked(TrustMode::Required, Isolation::User, Some(alice()));
    assert_eq!(world.caller().tenant().unwrap().id, TENANT);
    world.credential.revoked_at = Some(NOW);
    assert_eq!(world.try_caller(&[]).err(), missing);
    let mut world = hooked(TrustMode::Required, Isolation::User, Some(alice()));
    world.tenant = None;
    assert_eq!(world.try_caller(&[]).err(), missing);
    world.silent_at = Some("credential");
    let denial = world.try_caller(&[]).err().unwrap();
    assert_eq!(denial.reason, Reason::Unavailable);
}

/// Everybody can send a request of which the application knows nothing.
#[test]
fn refusals_are_the_tenants_where_somebody_is_named_and_else_those_of_strangers() {
    let victim = [("x-anchorhold-user", "victim")];
    for (key, expected) in [
        (None, (None, None)),
        (Some(alice()), (Some(TENANT), Some(KEY))),
    ] {
        let world = hooked(TrustMode::Strict, Isolation::User, key);
        let denial = world.scope::<Read>(&victim, None, Missing::Empty);
        let denial = denial.err().unwrap();
        assert_eq!((denial.tenant, denial.key), expected, "{denial:?}");
    }
}

#[test]
fn the_log_is_told_of_the_application_and_of_both_where_somebody_is_let_in() {
    let world = hooked(TrustMode::Strict, Isolation::User, Some(alice()));
    let scope = world.scope::<Write>(&[], None, Missing::Reserve).unwrap();
    let scope = scope.unwrap();
    let actor = scope.actor();
    assert_eq!(actor.source, Some(Source::Application));
    assert_eq!(actor.strength, Some(Strength::Proven));
    assert_eq!(actor.subject, Some(user("local", "alice")));
    assert!(actor.on_behalf_of.is_none() && !actor.is_guest() && actor.makes_known());
    let world = hooked(TrustMode::Strict, Isolation::User, Some(of_bob()));
    let scope = world.scope::<Read>(&[], None, Missing::Reserve).unwrap();
    let scope = scope.unwrap();
    let actor = scope.actor();
    assert_eq!(actor.subject, Some(user("local", "bob")));
    assert_eq!(actor.on_behalf_of, Some(user("local", "alice")));
    assert!(actor.is_guest());
    // What members do in what they share is told, and is no visit to another person.
    let member = acme().on_behalf_of("alice").unwrap();
    let world = hooked(TrustMode::Strict, Isolation::User, Some(member));
    let scope = world.scope::<Read>(&[], None, Missing::Reserve).unwrap();
    let actor = scope.as_ref().unwrap().actor();
    assert_eq!(actor.on_behalf_of, Some(user("local", "alice")));
    assert!(!actor.is_guest());
}

#[test]
fn a_guest_is_in_one_place_whatever_the_request_says() {
    let desk = of_bob().workspace("desk").unwrap();
    let world = hooked(TrustMode::Required, Isolation::User, Some(desk.clone()));
    let places = [
        (&[][..], "local:bob r---"),
        (&[("x-anchorhold-workspace", "desk")], "local:bob r---"),
        (&[("x-anchorhold-workspace", "attic")], "identity_conflict"),
        (&[("x-anchorhold-thread", "desk")], "identity_conflict"),
    ];
    for (lines, expected) in places {
        assert_eq!(world.rights(lines, None), expected, "{lines:?}");
    }
    let scope = world.scope::<Read>(&[], None, Missing::Reserve).unwrap();
    let below = desk_of_bob();
    assert_eq!(*scope.unwrap().address(), below);
    // The whole of a guest is that one place.
    let visible = |key| {
        let world = hooked(TrustMode::Required, Isolation::User, Some(key));
        let world = world
            .with(of_user("local", "bob"), 3)
            .with(below.clone(), 4);
        let (caller, verdict) = world.judged(&[]).unwrap();
        let found = enforce_subtree(&caller, &verdict, None, Door::Http, &world);
        found.unwrap().scopes.len()
    };
    assert_eq!(visible(IsolationKey::user("bob").unwrap()), 2);
    assert_eq!(visible(of_bob()), 1);
}

#[test]
fn where_an_application_names_a_part_no_header_names_another_and_nothing_is_below() {
    let desk = alice().workspace("desk").unwrap();
    let desk = desk.agent("clerk").unwrap().thread("one").unwrap();
    let world = hooked(TrustMode::Required, Isolation::User, Some(desk));
    let headers = [
        ("x-anchorhold-workspace", "desk"),
        ("x-anchorhold-agent", "clerk"),
        ("x-anchorhold-thread", "one"),
    ];
    let rights = |lines: &[(&str, &str)]| world.rights(lines, None);
    assert_eq!(rights(&headers), "local:alice rwea");
    for (header, own) in headers {
        assert_eq!(rights(&[(header, own)]), "local:alice rwea", "{header}");
        assert_eq!(
            rights(&[(header, "other")]),
            "identity_conflict",
            "{header}"
        );
    }
    let scope = world.scope::<Read>(&[], None, Missing::Reserve).unwrap();
    let parts = SubScopes {
        workspace: Part::parse("desk").ok(),
        agent: Part::parse("clerk").ok(),
        thread: Part::parse("one").ok(),
    };
    let place = Place::User(user("local", "alice"), parts);
    assert_eq!(scope.unwrap().address().place, place);
    // A guest who may write has nothing made below the one place.
    let below = |key: IsolationKey| {
        let world = hooked(TrustMode::Required, Isolation::User, Some(key));
        let (caller, verdict) = world.judged(&[]).unwrap();
        let part = SubScopes {
            agent: Part::parse("clerk").ok(),
            ..SubScopes::default()
        };
        let made = enforce_below::<Write>(&caller, &verdict, None, part, Door::Http, &world);
        made.map(drop).map_err(|denial| denial.reason)
    };
    assert_eq!(below(alice()), Ok(()));
    let guest = of_bob().with_access(AccessSet::Erase);
    assert_eq!(below(guest), Err(Reason::NamespaceConflict));
}

fn desk_of_bob() -> Address {
    let desk = SubScopes {
        workspace: Some(Part::parse("desk").unwrap()),
        ..SubScopes::default()
    };
    at(Place::User(user("local", "bob"), desk))
}

#[test]
fn an_application_limits_what_may_be_done_and_guests_never_have_all_destroyed() {
    let of = |access| of_bob().with_access(access);
    let cases = [
        (alice(), "local:alice rwea", true),
        (
            alice().with_access(AccessSet::Write),
            "local:alice rw--",
            false,
        ),
        (of(AccessSet::Read), "local:bob r---", false),
        (of(AccessSet::Erase), "local:bob rwe-", false),
        (of(AccessSet::Admin), "local:bob rwea", false),
        (acme(), "isolation-key:alice rwe-", false),
        (
            acme().with_access(AccessSet::Admin),
            "isolation-key:alice rwea",
            true,
        ),
    ];
    for (key, expected, erases) in cases {
        let subject = key.clone();
        let world = hooked(TrustMode::Strict, Isolation::User, Some(key));
        assert_eq!(world.rights(&[], None), expected);
        let (caller, verdict) = world.judged(&[]).unwrap();
        let own = verdict.piece().unwrap().subject.clone();
        let erased = subject_erasure(&caller, &verdict, own, Door::Http, &world);
        assert_eq!(erased.is_ok(), erases, "{subject:?}");
    }
}

#[test]
fn an_admin_manages_the_tenant_and_no_guest_does() {
    let manages = |key: IsolationKey| {
        let mut world = hooked(TrustMode::Strict, Isolation::User, Some(key));
        let standing = Standing {
            is_known: true,
            role: Role::Admin,
            linked_to: None,
        };
        world.standings.insert(user("local", "bob"), standing);
        let verdict = || world.judged(&[]).map(|(_, verdict)| verdict);
        tenant_admin(&world.caller(), verdict, Door::Http).is_ok()
    };
    let bob = || IsolationKey::user("bob").unwrap();
    assert!(manages(bob()));
    assert!(!manages(bob().with_access(AccessSet::Write)));
    assert!(!manages(of_bob()));
    assert!(!manages(of_bob().with_access(AccessSet::Admin)));
}

/// A viewer reads wherever they are let in, and by whichever of their names.
#[test]
fn who_is_let_in_has_their_own_role_and_first_name() {
    let mut world = hooked(
        TrustMode::Strict,
        Isolation::User,
        Some(of_bob().with_access(AccessSet::Write)),
    );
    let second: User = user("local", "alice");
    let first = user("local", "alice-liddell");
    let of = |role, linked_to| Standing {
        is_known: true,
        role,
        linked_to,
    };
    let link = of(Role::User, Some(first.clone().into()));
    world.standings.insert(second, link);
    let scope = world.scope::<Write>(&[], None, Missing::Reserve).unwrap();
    assert_eq!(scope.unwrap().actor().on_behalf_of, Some(first.clone()));
    world.standings.insert(first, of(Role::Viewer, None));
    assert_eq!(world.rights(&[], None), "local:bob r---");
}

#[test]
fn a_name_that_could_be_two_is_no_key() {
    for wrong in ["", "..", " alice", "a\u{200b}lice", "ali\0ce", "e\u{301}"] {
        let error = IsolationKey::user(wrong).err().unwrap();
        assert_eq!(error.part, "user");
        assert!(IsolationKey::organisation(wrong).is_err());
        assert!(alice().on_behalf_of(wrong).is_err());
        assert!(alice().workspace(wrong).is_err());
        assert!(alice().agent(wrong).is_err());
        assert!(alice().thread(wrong).is_err());
    }
    let error = IsolationKey::user("").err().unwrap();
    assert_eq!(error.to_string(), "the user must not be empty");
    // Not even the text of a key is told by it.
    assert!(!format!("{:?}", alice()).contains("alice"));
}
