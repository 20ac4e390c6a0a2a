//! Proofs for what is not inside a namespace: who is the operator, an admin, a maker, an eraser.

use std::fmt::Write as _;

use anchorhold_identity::{
    CredentialRecord, Denial, Door, JwtProblem, Reason, SignatureProblem, Subject, creation,
    listing, operator, subject_erasure, tenant_admin,
};
use anchorhold_model::{AccessSet, Isolation, SandboxHandle, SessionHandle, TrustMode};

use crate::world::{KEY, TENANT, World, grant, kinds, name, plain, user};

fn word<T>(result: &Result<T, Denial>) -> &'static str {
    match result {
        Ok(_) => "yes",
        Err(denial) => denial.reason.as_str(),
    }
}

#[test]
fn who_is_what() {
    let mut table = String::from("key           operator             tenant admin         ");
    table.push_str("create org/a         lists org/a\n");
    for (kind, credential) in kinds() {
        let world = World::usual(credential);
        let caller = world.caller();
        let created = creation(&caller, name("org/a"), Door::Http);
        let listed = listing(&caller).map(|listing| listing.covers(&name("org/a")));
        let listed = match &listed {
            Ok(covered) => covered.to_string(),
            Err(denial) => denial.reason.as_str().to_owned(),
        };
        writeln!(
            table,
            "{kind:<14}{:<21}{:<21}{:<21}{listed}",
            word(&operator(&caller, Door::Http)),
            word(&tenant_admin(
                &caller,
                || world.judged(&[]).map(|(_, verdict)| verdict),
                Door::Http
            )),
            word(&created),
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

fn granted(pattern: &str, access: AccessSet) -> CredentialRecord {
    let mut credential = plain();
    credential.grants = vec![grant(pattern, access)];
    credential
}

#[test]
fn a_subtree_with_admin_creates_below_itself_alone() {
    let create = |credential: CredentialRecord, text: &str| {
        let world = World::usual(credential);
        word(&creation(&world.caller(), name(text), Door::Http))
    };
    let admin = |pattern| granted(pattern, AccessSet::Admin);
    assert_eq!(create(admin("org/**"), "org/a"), "yes");
    assert_eq!(create(admin("**"), "anything"), "yes");
    assert_eq!(create(admin("org/**"), "org"), "namespace_forbidden");
    assert_eq!(create(admin("org/a"), "org/a"), "access_forbidden");
    assert_eq!(create(admin("org/**"), "other/a"), "namespace_forbidden");
    let eraser = granted("org/**", AccessSet::Erase);
    assert_eq!(create(eraser, "org/a"), "access_forbidden");
    let mut viewer = admin("org/**");
    viewer.viewer = true;
    assert_eq!(create(viewer, "org/a"), "access_forbidden");
}

#[test]
fn a_list_shows_what_grants_cover() {
    let world = World::usual(granted("org/**", AccessSet::Read));
    let listing = listing(&world.caller()).unwrap();
    assert_eq!(listing.tenant(), TENANT);
    assert!(listing.covers(&name("org/a")) && !listing.covers(&name("org")));
}

/// Rows: keys. Columns: whom the request erases, by mode.
#[test]
fn who_erases_whom() {
    let alice = [("x-anchorhold-user", "alice")];
    let bob = [("x-anchorhold-user", "bob")];
    let sent: [(&str, &[(&str, &str)]); 4] = [
        ("nothing", &[]),
        ("user alice", &alice),
        ("user bob", &bob),
        ("workspace", &[("x-anchorhold-workspace", "desk")]),
    ];
    let mut table = String::from("erases alice  under strict, required and legacy\n");
    for (kind, credential) in kinds() {
        for (title, lines) in sent {
            write!(table, "{kind:<14}{title:<12}").unwrap();
            for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
                let world = World::new(mode, Isolation::User, credential.clone());
                let done = world.judged(lines).and_then(|(caller, verdict)| {
                    subject_erasure(
                        &caller,
                        &verdict,
                        user("local", "alice"),
                        Door::Http,
                        &world,
                    )
                });
                write!(table, " {:<22}", word(&done)).unwrap();
            }
            table = table.trim_end().to_owned() + "\n";
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_key_of_a_user_erases_nobody_else_and_no_name_alike() {
    let world = World::usual(kinds()[1].1.clone());
    let (caller, verdict) = world.judged(&[]).unwrap();
    for whom in [user("local", "bob"), user("isolation-key", "alice")] {
        let done = subject_erasure(&caller, &verdict, whom, Door::Http, &world);
        assert_eq!(word(&done), "access_forbidden");
    }
}

#[test]
fn proofs_say_whose_they_are() {
    let admin = World::usual(kinds()[6].1.clone());
    let proof = tenant_admin(&admin.caller(), || unreachable!(), Door::Library).unwrap();
    assert_eq!(proof.tenant(), TENANT);
    assert_eq!(proof.actor().subject, Some(user("key", &KEY.to_string())));
    assert_eq!(proof.actor().door, Door::Library);
    let made = creation(&admin.caller(), name("org/a"), Door::Http).unwrap();
    assert_eq!((made.tenant(), made.name()), (TENANT, &name("org/a")));
    assert_eq!(made.actor().credential.unwrap().key, KEY);
    let (caller, verdict) = admin.judged(&[]).unwrap();
    let erasure =
        subject_erasure(&caller, &verdict, user("local", "bob"), Door::Http, &admin).unwrap();
    assert_eq!(erasure.tenant(), TENANT);
    assert_eq!(*erasure.subject(), Subject::User(user("local", "bob")));
    assert_eq!(erasure.actor().tenant, Some(TENANT));
    let house = World::usual(kinds()[7].1.clone());
    let operator = operator(&house.caller(), Door::Http).unwrap();
    assert_eq!(operator.actor().tenant, None);
    assert_eq!(operator.actor().credential.unwrap().key, KEY);
    let hand = operator.for_tenant(TENANT);
    assert_eq!(hand.tenant(), TENANT);
    assert_eq!(hand.actor().credential.unwrap().key, KEY);
}

#[test]
fn what_an_admin_hands_on_is_of_their_tenant_and_in_their_name() {
    let world = World::usual(kinds()[6].1.clone());
    let admin = tenant_admin(&world.caller(), || unreachable!(), Door::Http).unwrap();
    let session = SessionHandle::from_bytes([3; 16]);
    let sandbox = SandboxHandle::from_bytes([4; 16]);
    let bob = user("local", "bob");
    for (erasure, subject) in [
        (admin.user_erasure(bob.clone()), Subject::User(bob)),
        (admin.session_erasure(session), Subject::Session(session)),
        (admin.sandbox_erasure(sandbox), Subject::Sandbox(sandbox)),
        (admin.approved_erasure(sandbox), Subject::Approved(sandbox)),
    ] {
        assert_eq!(*erasure.subject(), subject);
        assert_eq!(erasure.tenant(), TENANT);
        assert_eq!(erasure.actor().credential.unwrap().key, KEY);
    }
    let sweep = admin.session_sweep();
    assert_eq!(sweep.tenant(), TENANT);
    assert_eq!(sweep.actor().credential.unwrap().key, KEY);
    let house = World::usual(kinds()[7].1.clone());
    let operator = operator(&house.caller(), Door::Http).unwrap();
    let (opening, hook) = (operator.listener_opening(TENANT), operator.hook(TENANT));
    assert_eq!([opening.tenant(), hook.tenant()], [TENANT; 2]);
    for actor in [opening.actor(), hook.actor()] {
        assert_eq!((actor.tenant, actor.door), (None, Door::Http));
        assert_eq!(actor.credential.unwrap().key, KEY);
    }
}

/// Whoever says badly who they are has not proved it. Who cannot tell says so, and a proof that does not
/// count is told as that.
#[test]
fn an_admin_who_is_not_proved_is_told_why_only_where_a_proof_failed() {
    let world = World::usual(plain());
    let caller = world.caller();
    let manages = |reason: Reason| {
        let verdict = || Err(caller.denied(reason));
        tenant_admin(&caller, verdict, Door::Http).err().unwrap()
    };
    for reason in [
        Reason::Unavailable,
        Reason::SignatureInvalid(SignatureProblem::TooOld),
        Reason::JwtInvalid(JwtProblem::Expired),
    ] {
        assert_eq!(manages(reason.clone()), caller.denied(reason));
    }
    let forbidden = caller.denied(Reason::AccessForbidden { needed: None });
    for reason in [
        Reason::IdentityMissing,
        Reason::IdentityConflict,
        Reason::OpenWebuiUnsigned,
        Reason::NamespaceNotFound,
    ] {
        assert_eq!(manages(reason), forbidden);
    }
}
