//! What a user's role leaves, whose second name one is, and who is known from when on.

use std::fmt::Write as _;
use std::sync::Arc;

use anchorhold_identity::{
    CredentialRecord, Denial, Door, Missing, Standing, Subject, TenantAdmin, Write,
    subject_erasure, tenant_admin,
};
use anchorhold_model::{Isolation, Role, TrustMode, User};

use crate::world::{TENANT, World, kinds, of_user, plain, user};

const ALICE: [(&str, &str); 1] = [("x-anchorhold-user", "alice")];
const OWUI: &str = "x-openwebui-user-id";

fn standing(role: Role) -> Standing {
    Standing {
        is_known: true,
        role,
        linked_to: None,
    }
}

fn link(to: &User) -> Standing {
    Standing {
        is_known: true,
        linked_to: Some(Arc::new(to.clone())),
        ..Standing::default()
    }
}

fn act_as() -> CredentialRecord {
    kinds()[4].1.clone()
}

/// Rows: keys that speak for Alice. Columns: her role.
#[test]
fn a_role_says_what_is_left_of_a_users_own_rights() {
    let mut table = String::from(
        "key           mode       user                    viewer                  admin\n",
    );
    for (kind, credential) in kinds() {
        for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
            write!(
                table,
                "{kind:<14}{:<11}",
                format!("{mode:?}").to_lowercase()
            )
            .unwrap();
            for role in [Role::User, Role::Viewer, Role::Admin] {
                let mut world = World::new(mode, Isolation::User, credential.clone());
                world.standings = [(user("local", "alice"), standing(role))].into();
                let world = world.with(of_user("local", "alice"), 3);
                let rights = world.rights(&ALICE, None);
                let rights = rights
                    .split_once(' ')
                    .map_or(&*rights, |(_, rights)| rights);
                write!(table, "{rights:<24}").unwrap();
            }
            table = table.trim_end().to_owned() + "\n";
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_viewer_reads_what_is_shared_and_destroys_nothing() {
    let alice = user("local", "alice");
    let mut world = World::new(TrustMode::Required, Isolation::None, act_as());
    world.standings = [(alice.clone(), standing(Role::Viewer))].into();
    assert_eq!(world.rights(&ALICE, None), "shared r---");
    assert_eq!(world.rights(&[], None), "shared rwe-");
    let erased = |whom: &str| {
        let mut world = World::usual(act_as());
        world.standings = [(alice.clone(), standing(Role::Viewer))].into();
        let (caller, verdict) = world.judged(&ALICE).unwrap();
        let erased = subject_erasure(&caller, &verdict, user("local", whom), Door::Http, &world);
        erased.err().map(|denial| denial.reason.as_str())
    };
    assert_eq!(erased("alice"), Some("access_forbidden"));
    assert_eq!(erased("bob"), Some("access_forbidden"));
}

fn manages(world: &World, lines: &[(&str, &str)]) -> Result<TenantAdmin, Denial> {
    let verdict = || world.judged(lines).map(|(_, verdict)| verdict);
    tenant_admin(&world.caller(), verdict, Door::Http)
}

#[test]
fn a_user_of_the_role_admin_manages_a_tenant_only_where_they_are_proved() {
    let admin = [(user("local", "alice"), standing(Role::Admin))];
    for (kind, credential) in kinds() {
        for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
            let mut world = World::new(mode, Isolation::User, credential.clone());
            world.standings = admin.clone().into();
            let done = manages(&world, &ALICE);
            assert_eq!(done.is_ok(), ["alice", "admin"].contains(&kind), "{kind}");
        }
    }
    let mut world = World::usual(kinds()[1].1.clone());
    world.standings = admin.clone().into();
    let proof = manages(&world, &[]).unwrap();
    assert_eq!(proof.tenant(), TENANT);
    assert_eq!(proof.actor().subject, Some(user("local", "alice")));
    // Two people at once are nobody's proof.
    let conflict = manages(&world, &[("x-anchorhold-user", "bob")]);
    assert_eq!(conflict.err().unwrap().reason.as_str(), "access_forbidden");
    for role in [Role::User, Role::Viewer] {
        world.standings = [(user("local", "alice"), standing(role))].into();
        assert!(manages(&world, &[]).is_err());
    }
}

/// Open WebUI's user 1 is a second name of Alice.
fn linked(mode: TrustMode, credential: CredentialRecord) -> World {
    let alice = user("local", "alice");
    let mut world = World::new(mode, Isolation::User, credential);
    world.standings = [
        (user("owui", "1"), link(&alice)),
        (alice, standing(Role::User)),
    ]
    .into();
    world
}

#[test]
fn a_second_name_is_the_user_whose_it_is() {
    for mode in [
        TrustMode::Required,
        TrustMode::Quarantine,
        TrustMode::Legacy,
    ] {
        let world = linked(mode, act_as());
        let scope = world.scope::<Write>(&[(OWUI, "1")], None, Missing::Reserve);
        let scope = scope.unwrap().unwrap();
        assert_eq!(*scope.address(), of_user("local", "alice"));
        assert_eq!(scope.actor().subject, Some(user("local", "alice")));
        let (_, verdict) = world.judged(&[(OWUI, "1")]).unwrap();
        assert_eq!(*verdict.pieces()[0].said(), user("owui", "1"));
    }
    // One person under two names is no conflict; another one is.
    let world = linked(TrustMode::Strict, kinds()[1].1.clone());
    let at = |lines: &[(&str, &str)]| world.rights(lines, None);
    assert_eq!(at(&[]), at(&ALICE));
    let world = linked(TrustMode::Required, act_as());
    let both = [ALICE[0], (OWUI, "1")];
    assert_eq!(world.rights(&both, None), world.rights(&ALICE, None));
    let other = [ALICE[0], (OWUI, "2")];
    assert_eq!(world.rights(&other, None), "identity_conflict");
}

#[test]
fn a_role_is_that_of_the_user_and_of_no_second_name() {
    let mut world = linked(TrustMode::Required, act_as());
    let role = |world: &World| world.judged(&[(OWUI, "1")]).unwrap().1.role();
    world.standings.get_mut(&user("owui", "1")).unwrap().role = Role::Admin;
    assert_eq!(role(&world), Role::User);
    world
        .standings
        .get_mut(&user("local", "alice"))
        .unwrap()
        .role = Role::Viewer;
    assert_eq!(role(&world), Role::Viewer);
}

#[test]
fn a_key_of_the_application_may_be_a_second_name() {
    let alice = user("local", "alice");
    let mut world = World::new(TrustMode::Required, Isolation::Custom, act_as());
    world.standings = [(user("isolation-key", "k"), link(&alice))].into();
    let scope = world.scope::<Write>(&[("x-isolation-key", "k")], None, Missing::Reserve);
    assert_eq!(
        *scope.unwrap().unwrap().address(),
        of_user("local", "alice")
    );
}

#[test]
fn to_erase_a_second_name_is_to_erase_the_user() {
    let world = linked(TrustMode::Required, kinds()[6].1.clone());
    let (caller, verdict) = world.judged(&[]).unwrap();
    let erased = subject_erasure(&caller, &verdict, user("owui", "1"), Door::Http, &world);
    let erased = erased.ok().unwrap();
    assert_eq!(*erased.subject(), Subject::User(user("local", "alice")));
}

#[test]
fn who_is_let_in_well_enough_is_known_from_a_write_on() {
    let alice = kinds()[1].1.clone();
    let cases = [
        (TrustMode::Strict, alice.clone(), true),
        (TrustMode::Quarantine, alice, true),
        (TrustMode::Required, act_as(), true),
        (TrustMode::Legacy, act_as(), true),
        (TrustMode::Legacy, plain(), false),
    ];
    for (mode, credential, is_known) in cases {
        let world = World::new(mode, Isolation::User, credential.clone());
        let world = world.with(of_user("local", "alice"), 3);
        let go = |missing| world.scope::<Write>(&ALICE, None, missing).unwrap();
        go(Missing::Empty).unwrap();
        assert_eq!(*world.made_known.lock().unwrap(), []);
        let scope = go(Missing::Reserve).unwrap();
        assert_eq!(scope.actor().makes_known(), is_known, "{mode:?}");
        let noted = world.made_known.lock().unwrap().clone();
        let alice = (TENANT, user("local", "alice"));
        assert_eq!(noted, if is_known { vec![alice] } else { vec![] });
        // Once is enough, and one that is not there yet is made known with its namespace.
        let mut known = World::new(mode, Isolation::User, credential.clone());
        known.known = true;
        let known = known.with(of_user("local", "alice"), 3);
        known
            .scope::<Write>(&ALICE, None, Missing::Reserve)
            .unwrap();
        let new = World::new(mode, Isolation::User, credential);
        new.scope::<Write>(&ALICE, None, Missing::Reserve).unwrap();
        for world in [known, new] {
            assert_eq!(*world.made_known.lock().unwrap(), []);
        }
    }
}

#[test]
fn whoever_claims_a_name_learns_nothing_of_its_role() {
    let mut world = World::new(TrustMode::Legacy, Isolation::None, plain());
    world.standings = [(user("local", "alice"), standing(Role::Viewer))].into();
    assert_eq!(world.rights(&ALICE, None), "shared! rwe-");
}

#[test]
fn a_viewer_who_is_proved_destroys_nothing_whatever_key_is_beside() {
    let mut world = World::new(TrustMode::Strict, Isolation::Custom, kinds()[1].1.clone());
    world.standings = [(user("local", "alice"), standing(Role::Viewer))].into();
    let (caller, verdict) = world.judged(&[]).unwrap();
    let whom = user("local", "alice");
    let denied = subject_erasure(&caller, &verdict, whom, Door::Http, &world);
    assert_eq!(denied.err().unwrap().reason.as_str(), "access_forbidden");
}
