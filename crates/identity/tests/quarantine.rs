//! Sandboxes: who gets into which, and what comes out.

use std::collections::BTreeSet;
use std::sync::Arc;

use anchorhold_identity::{
    CredentialRecord, Denial, Door, Evidence, Headers, Missing, Read, Reason, Scope, Source,
    Standing, Strength, Subject, TenantAdmin, Visit, Write, approved, enforce, enforce_subtree,
    resolve, sandbox_erasure, sandbox_of, subject_erasure, tenant_admin, validate,
};
use anchorhold_model::{Isolation, KeyId, Place, SandboxHandle, TrustMode, User};

use crate::world::{TENANT, World, kinds, of_user, plain, user};

const ALICE: (&str, &str) = ("x-anchorhold-user", "alice");
const TOKEN: &str = "x-anchorhold-sandbox";

fn world(credential: CredentialRecord) -> World {
    World::new(TrustMode::Quarantine, Isolation::User, credential)
}

fn act_as() -> CredentialRecord {
    kinds()[4].1.clone()
}

/// A request, and the token that its client is told.
fn ask(
    world: &World,
    lines: &[(&str, &str)],
    missing: Missing,
) -> Result<(Option<Scope<Write>>, Arc<Visit>), Denial> {
    let visit = Arc::new(Visit::default());
    let scope = ask_within(world, lines, missing, &visit)?;
    Ok((scope, visit))
}

fn ask_within(
    world: &World,
    lines: &[(&str, &str)],
    missing: Missing,
    visit: &Arc<Visit>,
) -> Result<Option<Scope<Write>>, Denial> {
    let lines: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let caller = world.try_caller(&lines)?;
    let evidence = Evidence {
        visit: Arc::clone(visit),
        ..Evidence::from(Headers::new(&lines))
    };
    let resolution = resolve(&caller, evidence)?;
    let verdict = validate(&caller, resolution, world)?;
    enforce(&caller, &verdict, None, missing, Door::Http, world)
}

fn write(world: &World, lines: &[(&str, &str)]) -> (SandboxHandle, Option<String>) {
    let (scope, visit) = ask(world, lines, Missing::Reserve).unwrap();
    assert!(visit.is_quarantined());
    let opened = visit.sandbox().unwrap();
    let place = &scope.unwrap().address().place.clone();
    assert_eq!(*place, Place::Quarantine(opened.handle));
    (opened.handle, opened.token.map(|token| token.reveal()))
}

#[test]
fn a_sender_that_may_name_users_has_one_sandbox_for_each_that_is_not_known() {
    let world = world(act_as());
    let (alice, token) = write(&world, &[ALICE]);
    assert_eq!(token, None);
    assert_eq!(write(&world, &[ALICE]).0, alice);
    let bob = write(&world, &[("x-anchorhold-user", "bob")]).0;
    let elsewhere = write(&world, &[("x-openwebui-user-id", "alice")]).0;
    assert_eq!(BTreeSet::from([alice, bob, elsewhere]).len(), 3);
    // A token of somebody else leads no request astray.
    assert_eq!(write(&world, &[ALICE, (TOKEN, &"2".repeat(32))]).0, alice);
}

#[test]
fn claimants_of_one_name_meet_only_by_the_token_of_one_of_them() {
    let world = world(plain());
    for claim in [&[ALICE][..], &[]] {
        let (first, token) = write(&world, claim);
        let (second, other) = write(&world, claim);
        assert_ne!((first, &token), (second, &other));
        let token = token.unwrap();
        let with: Vec<_> = claim.iter().copied().chain([(TOKEN, &*token)]).collect();
        assert_eq!(write(&world, &with), (first, Some(token.clone())));
        // Beside another claim it is worth nothing, and neither is what is no token.
        let bob = [("x-anchorhold-user", "bob"), (TOKEN, &*token)];
        assert_ne!(write(&world, &bob).0, first);
        for shown in [
            "",
            "../",
            token.trim_start_matches('a'),
            &token.to_uppercase(),
            &"0".repeat(32),
        ] {
            let with: Vec<_> = claim.iter().copied().chain([(TOKEN, shown)]).collect();
            assert_ne!(write(&world, &with).0, first, "{shown}");
        }
    }
    let twice = [(TOKEN, "a"), (TOKEN, "b")];
    let refused = ask(&world, &twice, Missing::Empty).err().unwrap();
    assert_eq!(refused.reason.as_str(), "identity_header_invalid");
}

#[test]
fn a_token_means_nothing_where_a_tenant_has_no_quarantine() {
    for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
        let world = World::new(mode, Isolation::User, act_as());
        let twice = [ALICE, (TOKEN, "a"), (TOKEN, "b")];
        assert_eq!(world.rights(&twice, None), world.rights(&[ALICE], None));
        assert!(!world.asked().contains(&"sandbox"));
    }
}

#[test]
fn one_credential_never_gets_into_the_sandbox_of_another() {
    for credential in [plain(), act_as()] {
        let mut world = world(credential);
        let (first, token) = write(&world, &[ALICE]);
        world.credential.key = KeyId::from_bytes([8; 16]);
        let token = token.unwrap_or_else(|| "2".repeat(32));
        assert_ne!(write(&world, &[ALICE, (TOKEN, &token)]).0, first);
    }
}

#[test]
fn who_reads_and_never_wrote_finds_nothing_and_begins_nothing() {
    for credential in [plain(), act_as()] {
        let world = world(credential);
        let (scope, visit) = ask(&world, &[ALICE], Missing::Empty).unwrap();
        assert!(scope.is_none() && visit.is_quarantined() && visit.sandbox().is_none());
        let (caller, verdict) = world.judged(&[ALICE]).unwrap();
        let whole = enforce_subtree(&caller, &verdict, None, Door::Http, &world).unwrap();
        assert!(whole.address.is_none() && whole.scopes.is_empty());
        assert!(world.sandboxes.lock().unwrap().is_empty());
    }
    // And neither does who may only read, whatever it asks for.
    let mut viewer = plain();
    viewer.viewer = true;
    for reader in [viewer, kinds()[5].1.clone()] {
        let world = world(reader);
        let refused = ask(&world, &[ALICE], Missing::Reserve).err().unwrap();
        assert_eq!(refused.reason.as_str(), "access_forbidden");
        assert!(world.sandboxes.lock().unwrap().is_empty());
    }
}

#[test]
fn whoever_is_proved_or_known_is_in_no_sandbox() {
    let alice = kinds()[1].1.clone();
    let mut known = world(act_as());
    known.known = true;
    for world in [world(alice), known] {
        let (scope, visit) = ask(&world, &[ALICE], Missing::Reserve).unwrap();
        assert_eq!(*scope.unwrap().address(), of_user("local", "alice"));
        assert!(!visit.is_quarantined());
    }
}

#[test]
fn evidence_that_disagrees_ends_in_a_sandbox_and_with_no_user() {
    let alice = kinds()[1].1.clone();
    let mut known = world(act_as());
    known.known = true;
    let two = [ALICE, ("x-openwebui-user-id", "2")];
    let bob = [("x-anchorhold-user", "bob")];
    for (world, lines) in [(world(alice), &bob[..]), (known, &two)] {
        let scope = ask(&world, lines, Missing::Reserve).unwrap().0.unwrap();
        assert!(matches!(scope.address().place, Place::Quarantine(_)));
        assert!(!scope.actor().makes_known() || scope.actor().strength == Some(Strength::Proven));
    }
}

#[test]
fn one_request_has_one_sandbox_however_often_it_asks_and_none_after_its_end() {
    let world = world(plain());
    let visit = Arc::new(Visit::default());
    let go = || ask_within(&world, &[ALICE], Missing::Reserve, &visit);
    let first = go().unwrap().unwrap().address().clone();
    assert_eq!(*go().unwrap().unwrap().address(), first);
    assert_eq!(world.sandboxes.lock().unwrap().len(), 1);
    // Another one that is in its place by now is another one.
    let other = SandboxHandle::from_bytes([5; 16]);
    world.sandboxes.lock().unwrap()[0].1 = other;
    assert_eq!(go().err().unwrap().reason, Reason::NamespaceNotFound);
    world.sandboxes.lock().unwrap().clear();
    assert_eq!(go().err().unwrap().reason, Reason::NamespaceNotFound);
    assert!(world.sandboxes.lock().unwrap().is_empty());
}

#[test]
fn there_are_as_many_sandboxes_as_there_may_be_and_the_silent_directory_gives_none() {
    let mut full = world(plain());
    full.sessions_max = 0;
    let denial = ask(&full, &[ALICE], Missing::Reserve).err().unwrap();
    assert_eq!(denial.reason.as_str(), "sandbox_limit");
    for question in ["sandbox", "sandbox_begin"] {
        let mut silent = world(plain());
        silent.silent_at = Some(question);
        let denial = ask(&silent, &[ALICE], Missing::Reserve).err().unwrap();
        assert_eq!(denial.reason, Reason::Unavailable);
        assert_eq!(denial.tenant, Some(TENANT));
    }
}

#[test]
fn a_publishable_key_leads_into_no_sandbox() {
    let mut page = plain();
    page.origins = Some(vec![]);
    let world = world(page);
    // A page that is listed would get no further: the key proves nobody.
    assert!(ask(&world, &[ALICE], Missing::Reserve).is_err());
    assert!(world.sandboxes.lock().unwrap().is_empty());
}

#[test]
fn the_sandbox_itself_acts_and_the_claim_is_recorded() {
    let world = world(plain());
    let scope = ask(&world, &[ALICE], Missing::Reserve).unwrap().0.unwrap();
    let actor = scope.actor();
    let Place::Quarantine(sandbox) = scope.address().place else {
        panic!("a sandbox");
    };
    assert_eq!(
        actor.subject,
        Some(user("quarantine", &sandbox.to_string()))
    );
    assert_eq!(actor.on_behalf_of, Some(user("local", "alice")));
    assert_eq!(actor.strength, Some(Strength::Claimed));
    assert_eq!(actor.source, Some(Source::Sandbox));
    assert!(!actor.makes_known());
    assert_eq!(world.rights(&[ALICE], None), "sandbox rwe-");
}

#[test]
fn whoever_is_in_a_sandbox_erases_that_alone() {
    for credential in [plain(), act_as()] {
        let world = world(credential);
        let (sandbox, token) = write(&world, &[ALICE]);
        let token = token.unwrap_or_else(|| "2".repeat(32));
        let (caller, verdict) = world.judged(&[ALICE, (TOKEN, &token)]).unwrap();
        let own = sandbox_erasure(&caller, &verdict, Door::Http, &world);
        assert_eq!(*own.ok().unwrap().subject(), Subject::Sandbox(sandbox));
        let whom = user("local", "alice");
        let denied = subject_erasure(&caller, &verdict, whom, Door::Http, &world);
        assert_eq!(denied.err().unwrap().reason.as_str(), "access_forbidden");
        let (caller, verdict) = world.judged(&[("x-anchorhold-user", "bob")]).unwrap();
        let nothing = sandbox_erasure(&caller, &verdict, Door::Http, &world);
        assert_eq!(nothing.err().unwrap().reason, Reason::UserNotFound);
    }
    let mut viewer = plain();
    viewer.viewer = true;
    let world = world(viewer);
    let (caller, verdict) = world.judged(&[ALICE]).unwrap();
    let denied = sandbox_erasure(&caller, &verdict, Door::Http, &world);
    assert_eq!(denied.err().unwrap().reason.as_str(), "access_forbidden");
}

fn admin(world: &World) -> TenantAdmin {
    tenant_admin(&world.caller(), || unreachable!(), Door::Http)
        .ok()
        .unwrap()
}

fn goes_to(world: &World, whom: User) -> Place {
    let to = approved(&admin(world), whom, world).unwrap();
    assert!(to.actor().makes_known());
    to.address().place.clone()
}

#[test]
fn an_approval_goes_to_the_user_who_is_named_and_to_no_second_name() {
    let mut world = world(kinds()[6].1.clone());
    let alice = user("local", "alice");
    assert_eq!(
        goes_to(&world, alice.clone()),
        of_user("local", "alice").place
    );
    let link = Standing {
        linked_to: Some(Arc::new(alice)),
        ..Standing::default()
    };
    world.standings = [(user("owui", "1"), link)].into();
    assert_eq!(
        goes_to(&world, user("owui", "1")),
        of_user("local", "alice").place
    );
    let sandbox = SandboxHandle::from_bytes([0xc0; 16]);
    let none = sandbox_of(&admin(&world), sandbox, &world).err().unwrap();
    assert_eq!(
        (none.reason, none.tenant),
        (Reason::NamespaceNotFound, Some(TENANT))
    );
    let scope = ask(&world, &[], Missing::Reserve).unwrap().0.unwrap();
    let world = world.with(scope.address().clone(), 3);
    let read = sandbox_of(&admin(&world), sandbox, &world)
        .unwrap()
        .unwrap();
    assert_eq!(*read.narrow::<Read>().address(), *scope.address());
}
