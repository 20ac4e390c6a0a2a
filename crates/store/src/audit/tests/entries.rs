//! The log tells who did what and how it ended, and never who somebody is.

use std::collections::BTreeSet;

use anchorhold_identity::{Denial, Directory as _, Door, Journal as _, Reason};
use anchorhold_model::{KeyId, NamespaceId, TenantId};

use super::world::{Logged, act, actor, open};
use crate::catalogue::tests::world::{World, user, user_address};
use crate::registry::Registry as _;
use crate::{AuditMode, Entry, EntryOutcome, Outcome};

#[test]
fn an_act_is_told_whole() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    let someone = actor(tenant, Some(user("alice")));
    let intent = logged.audit.intent(&act(&someone, "remember")).unwrap();
    let id = intent.id().to_owned();
    logged.world.pass(5);
    logged.audit.outcome(intent, Outcome::Done).unwrap();
    let entries = logged.audit.entries(tenant, 10).unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert!(id.starts_with("aud_") && id.len() == 36, "{id}");
    assert_eq!(entry.id, id);
    assert_eq!(entry.verb, "remember");
    assert_eq!(entry.key, Some(KeyId::from_bytes([8; 16])));
    assert_eq!(entry.strength.as_deref(), Some("asserted"));
    assert_eq!(entry.source.as_deref(), Some("x-anchorhold-user"));
    assert_eq!(entry.mode.as_deref(), Some("required"));
    assert_eq!(entry.door, "http");
    assert_eq!(entry.namespace, Some(NamespaceId::from_bytes([4; 16])));
    assert_eq!(entry.records, 3);
    assert_eq!(entry.outcome, EntryOutcome::Done);
    let took = entry.settled_at.unwrap().milliseconds() - entry.at.milliseconds();
    assert_eq!(took, 5);
}

#[test]
fn the_newest_entries_come_first() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    let ids: Vec<_> = (0..10).map(|_| logged.done(tenant, "write")).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    let entries = logged.audit.entries(tenant, 3).unwrap();
    let told: Vec<_> = entries.iter().map(|entry| &entry.id).collect();
    assert_eq!(told, [&ids[9], &ids[8], &ids[7]]);
    assert!(logged.audit.entries(tenant, 0).unwrap().is_empty());
}

#[test]
fn an_intent_that_nobody_settled_reads_unknown() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    drop(logged.intent(tenant, "crashes"));
    let failing = logged.intent(tenant, "fails");
    let reason = "disk full";
    let failed = Outcome::Failed { reason };
    logged.audit.outcome(failing, failed).unwrap();
    let logged = logged.reopened();
    logged.done(tenant, "works");
    let entries = logged.audit.entries(tenant, 10).unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|e| (e.verb.as_str(), e.outcome.clone()))
        .collect();
    let failed = EntryOutcome::Failed {
        reason: reason.to_owned(),
    };
    assert_eq!(
        told,
        [
            ("works", EntryOutcome::Done),
            ("fails", failed),
            ("crashes", EntryOutcome::Unknown)
        ]
    );
}

#[test]
fn a_refusal_of_a_known_key_is_an_entry_and_a_strangers_is_a_number() {
    let logged = Logged::new();
    let (acme, rival) = (logged.world.tenant("acme"), logged.world.tenant("rival"));
    let key = KeyId::from_bytes([6; 16]);
    let denial = Denial {
        reason: Reason::NamespaceForbidden {
            name: "secret/name".to_owned(),
        },
        tenant: Some(acme),
        key: Some(key),
    };
    logged.audit.denied(&denial, Door::Http, "recall");
    let stranger = Denial::of_stranger(Reason::CredentialUnknown);
    logged.audit.denied(&stranger, Door::Http, "recall");
    logged.audit.denied(&stranger, Door::Http, "recall");
    assert_eq!(logged.audit.strangers(), 2);
    let entries = logged.audit.entries(acme, 10).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].key, Some(key));
    let denied = EntryOutcome::Denied {
        reason: "namespace_forbidden".to_owned(),
    };
    assert_eq!(entries[0].outcome, denied);
    assert!(logged.audit.entries(rival, 10).unwrap().is_empty());
    assert_eq!(logged.audit.syncs(), 0, "a refusal waits for no disk");
    assert_eq!(logged.audit.lost_denials(), 0);
}

#[test]
fn a_refusal_is_put_off_and_stands_before_what_comes_after_it() {
    let logged = Logged::new();
    let acme = logged.world.tenant("acme");
    let denial = Denial {
        reason: Reason::CredentialRevoked,
        tenant: Some(acme),
        key: Some(KeyId::from_bytes([6; 16])),
    };
    let bytes = || std::fs::metadata(logged.path(acme)).unwrap().len();
    logged.done(acme, "before");
    let before = bytes();
    logged.audit.denied(&denial, Door::Http, "first");
    assert_eq!(bytes(), before, "whoever is refused waits for no file");
    logged.done(acme, "between");
    logged.audit.denied(&denial, Door::Http, "second");
    let before = bytes();
    logged.audit.settle().unwrap();
    assert!(bytes() > before);
    logged.audit.denied(&denial, Door::Http, "third");
    let entries = logged.audit.entries(acme, 10).unwrap();
    let verbs: Vec<_> = entries.iter().map(|entry| entry.verb.as_str()).collect();
    assert_eq!(verbs, ["third", "second", "between", "first", "before"]);
    // So many that they do not all wait, and those that do are there after an end in order.
    for _ in 0..600 {
        logged.audit.denied(&denial, Door::Http, "many");
    }
    logged.audit.close().unwrap();
    assert_eq!(logged.audit.lost_denials(), 0);
    let logged = logged.reopened();
    let entries = logged.audit.entries(acme, 1_000).unwrap();
    let denied = |entry: &&Entry| matches!(entry.outcome, EntryOutcome::Denied { .. });
    assert_eq!(entries.iter().filter(denied).count(), 603);
}

#[test]
fn a_refusal_of_the_operator_goes_to_the_operators_own_log() {
    let logged = Logged::new();
    let denial = Denial {
        reason: Reason::CredentialMisplaced,
        tenant: None,
        key: Some(KeyId::from_bytes([6; 16])),
    };
    logged.audit.denied(&denial, Door::Http, "recall");
    let nobody = TenantId::from_bytes([0; 16]);
    assert_eq!(logged.audit.entries(nobody, 10).unwrap().len(), 1);
}

#[test]
fn one_user_has_one_pseudonym_in_a_tenant_another_elsewhere_and_a_new_one_after_erase() {
    let logged = Logged::new();
    let (acme, rival) = (logged.world.tenant("acme"), logged.world.tenant("rival"));
    let write = |tenant| {
        let someone = actor(tenant, Some(user("alice")));
        drop(logged.audit.intent(&act(&someone, "write")).unwrap());
        logged.audit.entries(tenant, 1).unwrap()[0]
            .subject
            .clone()
            .unwrap()
    };
    let first = write(acme);
    assert_eq!(write(acme), first);
    assert_ne!(write(rival), first);
    let catalogue = &logged.world.catalogue;
    let address = user_address(acme, "alice");
    let namespace = match catalogue.reserve(&address).unwrap() {
        anchorhold_identity::Reservation::Reserved(id, _)
        | anchorhold_identity::Reservation::Existing(id) => id,
    };
    let someone = actor(acme, Some(user("alice")));
    catalogue
        .materialise(&address, namespace, &someone)
        .unwrap();
    assert_eq!(write(acme), first);
    catalogue
        .remove_user(acme, &user("alice"))
        .unwrap()
        .unwrap();
    assert_ne!(write(acme), first);
    logged.audit.verify(acme).unwrap();
}

#[test]
fn nothing_of_an_entry_can_be_read_in_the_file() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    let someone = actor(tenant, Some(user("canary-user")));
    let intent = logged.audit.intent(&act(&someone, "canary-verb")).unwrap();
    let id = intent.id().to_owned();
    logged.audit.outcome(intent, Outcome::Done).unwrap();
    let subject = logged.audit.entries(tenant, 1).unwrap()[0]
        .subject
        .clone()
        .unwrap();
    let bytes = std::fs::read(logged.path(tenant)).unwrap();
    for secret in [
        "canary-user",
        "canary-verb",
        id.trim_start_matches("aud_"),
        &subject,
        "asserted",
    ] {
        let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
        assert!(!found, "{secret}");
    }
}

#[test]
fn without_a_log_nothing_is_written_and_nothing_is_refused() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let audit = open(&world, AuditMode::Off);
    let intent = audit.intent(&act(&actor(tenant, None), "write")).unwrap();
    audit.outcome(intent, Outcome::Done).unwrap();
    audit.flush().unwrap();
    assert!(!world.directory.path().join("audit").exists());
}

#[test]
fn the_operators_acts_have_a_log_of_their_own() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    let operator = logged.world.operator();
    let intent = logged.audit.intent(&act(operator.actor(), "tenant_create"));
    logged
        .audit
        .outcome(intent.unwrap(), Outcome::Done)
        .unwrap();
    let nobody = TenantId::from_bytes([0; 16]);
    assert_eq!(logged.audit.entries(nobody, 10).unwrap().len(), 1);
    assert!(logged.audit.entries(tenant, 10).unwrap().is_empty());
    let logged = logged.reopened();
    assert_eq!(logged.audit.entries(nobody, 10).unwrap().len(), 1);
}
