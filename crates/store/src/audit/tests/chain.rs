//! A chain that was changed, shortened in the middle or put in another order is found out.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;

use anchorhold_model::TenantId;

use super::world::{Logged, act, actor};
use crate::{Audit, Error};

/// A tenant with a log of two epochs and a few entries, and the bytes of its file.
fn written() -> (Logged, TenantId, Vec<u8>) {
    let logged = Logged::new();
    let tenant = logged.world.tenant("acme");
    for _ in 0..3 {
        logged.done(tenant, "write");
    }
    let logged = logged.reopened();
    logged.done(tenant, "erase");
    let bytes = std::fs::read(logged.path(tenant)).unwrap();
    (logged, tenant, bytes)
}

/// Where each link begins, and the end of the last one.
fn links(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    let mut at = 0;
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        at += usize::try_from(length).unwrap() + 40;
        starts.push(at);
    }
    assert_eq!(at, bytes.len());
    starts
}

fn is_tampered<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Tampered { .. }))
}

fn refuses_intents(audit: &Audit, tenant: TenantId) -> bool {
    let refused = audit.intent(&act(&actor(tenant, None), "write"));
    matches!(refused, Err(Error::AuditUnavailable))
}

#[test]
fn a_whole_chain_verifies_over_several_epochs() {
    let (logged, tenant, bytes) = written();
    let verified = logged.audit.verify(tenant).unwrap();
    // Two heads of epochs, four intents, four outcomes.
    assert_eq!(verified.entries, 10);
    assert_eq!(links(&bytes).len(), 11);
    assert_eq!(logged.again().verify(tenant).unwrap(), verified);
    assert_eq!(logged.audit.entries(tenant, 10).unwrap().len(), 4);
}

#[test]
fn every_flipped_byte_is_found_and_stops_the_tenant_alone() {
    let (logged, tenant, bytes) = written();
    let other = logged.world.tenant("other");
    let file = OpenOptions::new()
        .write(true)
        .open(logged.path(tenant))
        .unwrap();
    for (position, byte) in bytes.iter().enumerate() {
        let at = u64::try_from(position).unwrap();
        let flipped = byte ^ 1 << (position % 8);
        file.write_all_at(&[flipped], at).unwrap();
        assert!(is_tampered(&logged.audit.verify(tenant)), "byte {position}");
        let audit = logged.again();
        assert!(is_tampered(&audit.verify(tenant)), "byte {position}");
        assert!(refuses_intents(&audit, tenant), "byte {position}");
        assert_eq!(
            audit.torn_tails(),
            0,
            "byte {position} was taken for a crash"
        );
    }
    let audit = logged.again();
    assert!(refuses_intents(&audit, tenant));
    let intent = audit.intent(&act(&actor(other, None), "write"));
    assert!(intent.is_ok());
    // Mended, the tenant goes on.
    std::fs::write(logged.path(tenant), &bytes).unwrap();
    assert!(audit.intent(&act(&actor(tenant, None), "write")).is_ok());
    assert!(audit.verify(tenant).is_ok());
}

#[test]
fn no_link_can_be_removed_repeated_or_moved() {
    let (logged, tenant, bytes) = written();
    let starts = links(&bytes);
    let pieces: Vec<_> = starts
        .windows(2)
        .map(|pair| &bytes[pair[0]..pair[1]])
        .collect();
    let check = |pieces: &[&[u8]], what: &str| {
        std::fs::write(logged.path(tenant), pieces.concat()).unwrap();
        assert!(is_tampered(&logged.again().verify(tenant)), "{what}");
        assert!(refuses_intents(&logged.again(), tenant), "{what}");
    };
    for first in 0..pieces.len() {
        if first + 1 < pieces.len() {
            let mut removed = pieces.clone();
            removed.remove(first);
            check(&removed, &format!("{first} removed"));
        }
        let mut repeated = pieces.clone();
        repeated.insert(first, pieces[first]);
        check(&repeated, &format!("{first} repeated"));
        for second in first + 1..pieces.len() {
            let mut swapped = pieces.clone();
            swapped.swap(first, second);
            check(&swapped, &format!("{first} and {second} swapped"));
        }
    }
}

#[test]
fn a_chain_cut_behind_a_link_is_found_by_this_process_and_by_its_head() {
    let (logged, tenant, bytes) = written();
    let before = logged.audit.verify(tenant).unwrap();
    let starts = links(&bytes);
    for cut in &starts[..starts.len() - 1] {
        std::fs::write(logged.path(tenant), &bytes[..*cut]).unwrap();
        assert!(is_tampered(&logged.audit.verify(tenant)), "cut at {cut}");
        let after = logged.again().verify(tenant).unwrap();
        assert_ne!(after.head, before.head);
    }
    std::fs::remove_file(logged.path(tenant)).unwrap();
    assert!(is_tampered(&logged.audit.verify(tenant)));
}

#[test]
fn the_log_of_one_tenant_is_not_the_log_of_another() {
    let (logged, tenant, bytes) = written();
    let other = logged.world.tenant("other");
    std::fs::write(logged.path(other), &bytes).unwrap();
    assert!(is_tampered(&logged.audit.verify(other)));
    assert!(refuses_intents(&logged.audit, other));
    assert!(logged.audit.verify(tenant).is_ok());
}
