//! Requests that come through an application: whom it names, whom it lets in elsewhere, and its end.

use anchorhold_gate::Ask;
use anchorhold_identity::{
    Denial, Erase, Hook, Hooked, Includes, IsolationKey, Missing, Read, Reason, Right, Scope, Write,
};
use anchorhold_memory::{Error, Page, Question, Which};
use anchorhold_model::{AccessSet, Isolation, TenantName, TenantPolicy, TrustMode, Vector};
use anchorhold_store::{Entry, EntryOutcome};

use crate::embedding::caller;
use crate::support::{World, ask, chores, draft};

fn policy() -> TenantPolicy {
    TenantPolicy {
        trust_mode: TrustMode::Strict,
        isolation: Isolation::User,
        ..TenantPolicy::default()
    }
}

fn name() -> TenantName {
    TenantName::parse("acme").unwrap()
}

fn hook(world: &World, anew: bool) -> Result<Option<Hook>, Error> {
    chores(&world.engine).hook(name(), policy(), anew)
}

fn asked<'a>(hook: &'a Hook, key: &'a IsolationKey) -> Ask<'a> {
    Ask {
        hooked: Some(Hooked {
            hook,
            key: Some(key),
        }),
        ..ask(&[], &[])
    }
}

fn scope<A: Right + Includes<Read>>(
    world: &World,
    hook: &Hook,
    key: &IsolationKey,
) -> Result<Scope<A>, Denial> {
    let scope = world.gate.scope(&asked(hook, key), Missing::Reserve);
    scope.map(Option::unwrap)
}

fn user(id: &str) -> IsolationKey {
    IsolationKey::user(id).unwrap()
}

fn of_bob_for_alice() -> IsolationKey {
    user("bob").on_behalf_of("alice").unwrap()
}

/// The entries of the tenant from the newest to this many ago.
fn entries(world: &World, hook: &Hook, count: usize) -> Vec<Entry> {
    world.audit.entries(hook.tenant(), count).unwrap()
}

#[test]
fn what_a_guest_reads_of_another_person_stands_in_the_log_and_what_one_reads_of_ones_own_does_not()
{
    let world = World::new();
    let hook = hook(&world, false).unwrap().unwrap();
    let engine = &world.engine;
    for id in ["alice", "bob"] {
        let own = scope::<Write>(&world, &hook, &user(id)).unwrap();
        engine.remember(&own, draft("where the tea is")).unwrap();
    }
    let written = entries(&world, &hook, 10);
    let [bob, alice] = &written[..] else {
        panic!("two writes: {written:?}")
    };
    assert_eq!(alice.source.as_deref(), Some("application"));
    let page = Page {
        limit: 10,
        cursor: None,
    };
    let question = Question::new("tea");
    let read_all = |key: &IsolationKey| {
        let scope = scope::<Read>(&world, &hook, key).unwrap();
        let listed = engine.list(Some(&scope), &page).unwrap();
        engine
            .get(Some(&scope), listed.memories[0].facets.id)
            .unwrap();
        engine.recall(Some(&scope), &question).unwrap();
        scope
    };
    read_all(&user("bob"));
    assert_eq!(entries(&world, &hook, 10).len(), 2);
    let guest = read_all(&of_bob_for_alice());
    let export = engine.export(vec![guest]).unwrap();
    assert_eq!(export.filter_map(Result::ok).count(), 1);
    let erasing = of_bob_for_alice().with_access(AccessSet::Erase);
    let erasing = scope::<Erase>(&world, &hook, &erasing).unwrap();
    let all = Which::Ids(Vec::new());
    engine.forget(Some(&erasing), all, true).unwrap();
    let told = entries(&world, &hook, 10);
    let verbs: Vec<_> = told.iter().map(|entry| entry.verb.as_str()).collect();
    let expected = ["forget", "export", "recall", "get", "list"];
    assert_eq!(verbs[..5], expected);
    assert_eq!(told.len(), 7);
    for entry in &told[..5] {
        assert_eq!(entry.subject, bob.subject);
        assert_eq!(entry.on_behalf_of, alice.subject);
        assert_eq!(entry.source.as_deref(), Some("application"));
        assert_eq!(entry.outcome, EntryOutcome::Done);
    }
}

#[test]
fn a_guest_is_never_answered_without_the_log() {
    let world = World::new();
    let policy = TenantPolicy {
        embedding: caller(8),
        ..policy()
    };
    let hook = chores(&world.engine).hook(name(), policy, false);
    let hook = hook.unwrap().unwrap();
    let mut kept = draft("tea");
    let vector = Vector::new(vec![1.0; 8]).ok();
    kept.vector.clone_from(&vector);
    let own = scope::<Write>(&world, &hook, &user("bob")).unwrap();
    world.engine.remember(&own, kept).unwrap();
    let question = Question {
        vector,
        ..Question::new("tea")
    };
    let at_hand = |key: &IsolationKey| {
        let scope = scope::<Read>(&world, &hook, key).unwrap();
        world.engine.recall(Some(&scope), &question).unwrap();
        let answer = world.engine.recall_at_hand(Some(&scope), &question);
        answer.map(Result::unwrap).map(|found| found.results.len())
    };
    assert_eq!(at_hand(&user("bob")), Some(1));
    assert_eq!(at_hand(&of_bob_for_alice()), None);
}

#[test]
fn an_application_whose_credential_was_revoked_is_let_in_no_more() {
    let world = World::new();
    let tenant = world.tenant_with("acme", policy());
    let key = user("alice");
    let first = hook(&world, false).unwrap().unwrap();
    assert_eq!(
        first.tenant(),
        tenant.tenant(),
        "a tenant that is there stays"
    );
    let running = scope::<Write>(&world, &first, &key).unwrap();
    world.engine.remember(&running, draft("before")).unwrap();
    let credential = running.credential().unwrap().key;
    let listed = world.engine.key_list(&tenant).unwrap();
    assert_eq!(listed[0].key, credential);
    assert_eq!(
        (listed[0].name.as_str(), listed[0].hint.as_str()),
        ("application", "")
    );
    world.engine.key_revoke(&tenant, credential).unwrap();
    let late = world.engine.remember(&running, draft("after"));
    assert!(matches!(late, Err(Error::Revoked)));
    let denial = scope::<Read>(&world, &first, &key).err().unwrap();
    assert_eq!(denial, Denial::of_stranger(Reason::CredentialMissing));
    // It does not begin again by itself.
    assert!(hook(&world, false).unwrap().is_none());
    let second = hook(&world, true).unwrap().unwrap();
    let again = scope::<Write>(&world, &second, &key).unwrap();
    assert_ne!(again.credential().unwrap().key, credential);
    world.engine.remember(&again, draft("again")).unwrap();
}

#[test]
fn what_an_application_says_is_explained_and_kept_in_the_log_of_resolutions() {
    let world = World::new();
    let hook = hook(&world, false).unwrap().unwrap();
    let key = of_bob_for_alice();
    let explained = world.gate.explain(&asked(&hook, &key));
    let decided = explained.decided_by.unwrap();
    assert_eq!(decided.source.as_str(), "application");
    assert_eq!(decided.subject.id.as_str(), "bob");
    assert_eq!(explained.outcome.unwrap().tenant, name());
    scope::<Read>(&world, &hook, &key).unwrap();
    let lately = world.gate.resolutions().lately(1);
    let source = lately[0].source.map(anchorhold_identity::Source::as_str);
    assert_eq!(source, Some("application"));
}

/// An invitation is shown to whoever asks for it in `Authorization`, which an application reads by itself.
#[test]
fn an_invitation_is_no_matter_of_an_application() {
    let world = World::new();
    let hook = hook(&world, false).unwrap().unwrap();
    let key = user("alice");
    let invited = world.gate.invitation(&asked(&hook, &key));
    let denial = Denial::of_stranger(Reason::CredentialMissing);
    assert_eq!(invited.err(), Some(denial));
}
