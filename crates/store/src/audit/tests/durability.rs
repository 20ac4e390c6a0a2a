//! No intent, no effect: an intent is on the disk when it returns, and one that cannot be is
//! refused.

use std::sync::Barrier;

use super::world::{Logged, act, actor};
use crate::{EntryOutcome, Error, Outcome};

#[test]
fn a_tail_that_a_crash_tore_is_cut_at_every_byte() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    logged.done(tenant, "first");
    let kept = std::fs::read(logged.path(tenant)).unwrap().len();
    drop(logged.intent(tenant, "torn"));
    let whole = std::fs::read(logged.path(tenant)).unwrap();
    for cut in kept..=whole.len() {
        std::fs::write(logged.path(tenant), &whole[..cut]).unwrap();
        let audit = logged.again();
        // Reading changes nothing, and is no alarm.
        audit.verify(tenant).unwrap();
        assert_eq!(std::fs::read(logged.path(tenant)).unwrap().len(), cut);
        let intent = audit.intent(&act(&actor(tenant, None), "next")).unwrap();
        audit.outcome(intent, Outcome::Done).unwrap();
        let is_torn = cut != kept && cut != whole.len();
        assert_eq!(audit.torn_tails(), u64::from(is_torn), "cut at {cut}");
        let entries = audit.entries(tenant, 10).unwrap();
        let verbs: Vec<_> = entries.iter().map(|entry| entry.verb.as_str()).collect();
        if cut == whole.len() {
            assert_eq!(verbs, ["next", "torn", "first"]);
        } else {
            assert_eq!(verbs, ["next", "first"], "cut at {cut}");
        }
        audit.verify(tenant).unwrap();
    }
}

#[test]
fn a_tail_of_zeros_is_a_crash_too() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    logged.done(tenant, "first");
    let mut bytes = std::fs::read(logged.path(tenant)).unwrap();
    bytes.extend_from_slice(&[0; 5_000]);
    std::fs::write(logged.path(tenant), &bytes).unwrap();
    let audit = logged.again();
    audit.intent(&act(&actor(tenant, None), "next")).unwrap();
    assert_eq!(audit.torn_tails(), 1);
    audit.verify(tenant).unwrap();
    // Zeros with something behind them are no crash.
    let mut bytes = std::fs::read(logged.path(tenant)).unwrap();
    bytes.extend_from_slice(&[0; 5_000]);
    bytes.push(1);
    std::fs::write(logged.path(tenant), &bytes).unwrap();
    let refused = logged.again().intent(&act(&actor(tenant, None), "next"));
    assert!(matches!(refused, Err(Error::AuditUnavailable)));
}

#[test]
fn intents_at_once_share_syncs_and_none_is_lost() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    let (threads, each) = (16, 25);
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..each {
                    logged.done(tenant, "write");
                }
            });
        }
    });
    let intents = u64::try_from(threads * each).unwrap();
    let syncs = logged.audit.syncs();
    assert!(syncs < intents, "{syncs} syncs for {intents} intents");
    let logged = logged.reopened();
    let entries = logged.audit.entries(tenant, threads * each + 1).unwrap();
    assert_eq!(entries.len(), threads * each);
    assert!(
        entries
            .iter()
            .all(|entry| entry.outcome == EntryOutcome::Done)
    );
    logged.audit.verify(tenant).unwrap();
}

#[test]
fn one_sync_serves_all_that_wait() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    logged.done(tenant, "first");
    let before = logged.audit.syncs();
    let log = logged.audit.log(tenant).unwrap();
    // All have appended before one of them may sync.
    let turn = log.hold_syncs();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| drop(logged.intent(tenant, "write")));
        }
        // One head of the epoch, the first act with its outcome, 16 intents.
        while log.end().unwrap().unwrap().sequence < 3 + 16 {
            std::thread::yield_now();
        }
        drop(turn);
    });
    assert_eq!(logged.audit.syncs(), before + 1);
}

#[test]
fn outcomes_wait_for_the_next_sync_or_a_flush() {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    logged.done(tenant, "write");
    let before = logged.audit.syncs();
    logged.audit.flush().unwrap();
    assert_eq!(logged.audit.syncs(), before + 1);
    logged.audit.flush().unwrap();
    assert_eq!(logged.audit.syncs(), before + 1, "nothing was left to sync");
}

#[test]
fn a_log_that_cannot_be_written_lets_nothing_happen() {
    let logged = Logged::new();
    let (acme, rival) = (logged.world.tenant("acme"), logged.world.tenant("rival"));
    std::fs::create_dir(logged.path(acme)).unwrap();
    let refused = logged.audit.intent(&act(&actor(acme, None), "write"));
    assert!(matches!(refused, Err(Error::AuditUnavailable)));
    logged.done(rival, "write");
    // Nobody has to restart anything once the obstacle is gone.
    std::fs::remove_dir(logged.path(acme)).unwrap();
    logged.done(acme, "write");
    assert_eq!(logged.audit.entries(acme, 10).unwrap().len(), 1);
}

#[test]
fn a_closed_log_takes_no_more() {
    let logged = Logged::new();
    let (acme, rival) = (logged.world.tenant("acme"), logged.world.tenant("rival"));
    let running = logged.intent(acme, "write");
    logged.audit.close().unwrap();
    for tenant in [acme, rival] {
        let refused = logged.audit.intent(&act(&actor(tenant, None), "write"));
        assert!(matches!(refused, Err(Error::AuditUnavailable)));
    }
    let late = logged.audit.outcome(running, Outcome::Done);
    assert!(matches!(late, Err(Error::AuditUnavailable)));
    let logged = logged.reopened();
    let entries = logged.audit.entries(acme, 10).unwrap();
    assert_eq!(entries[0].outcome, EntryOutcome::Unknown);
}

#[test]
fn many_tenants_share_few_open_files() {
    let logged = Logged::new();
    let tenants: Vec<_> = (0..80)
        .map(|n| logged.world.tenant(&format!("tenant {n}")))
        .collect();
    for _ in 0..2 {
        for tenant in &tenants {
            logged.done(*tenant, "write");
        }
    }
    assert!(logged.audit.logs.open_files() <= 65);
    for tenant in &tenants {
        assert_eq!(logged.audit.entries(*tenant, 10).unwrap().len(), 2);
        logged.audit.verify(*tenant).unwrap();
    }
}
