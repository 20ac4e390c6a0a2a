//! Ids that a write is busy with keep others waiting for a while, and no chore at all; a namespace is
//! loaded once for all that ask for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_index::{Index, Language, Settings};
use anchorhold_model::{Address, NamespaceId, Place, RecordId, TenantId};

use super::{Resident, Residents};
use crate::Error;

const SHORT: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_mins(10);

fn resident() -> Resident {
    let address = Address {
        tenant: TenantId::from_bytes([1; 16]),
        place: Place::Shared,
    };
    let settings = Settings {
        dimension: 8,
        language: Language::default(),
    };
    Resident::new(address, Index::new(settings), 0, (1, 0), Arc::default())
}

fn ids(numbers: &[u8]) -> Vec<RecordId> {
    let id = |number: &u8| RecordId::from_bytes([*number; 16]);
    numbers.iter().map(id).collect()
}

#[test]
fn a_write_waits_for_a_while_and_a_chore_passes_over_what_is_busy() {
    let resident = resident();
    let held = resident.claim(ids(&[1, 2]), SHORT).ok().unwrap();
    let refused = resident.claim(ids(&[2, 3]), SHORT);
    assert!(matches!(refused, Err(Error::Overloaded)));
    let free = resident.claim_free(ids(&[3, 2, 3, 1]));
    assert_eq!(free.ids(), ids(&[3]));
    assert!(resident.claim(ids(&[3]), SHORT).is_err());
    drop((held, free));
    assert!(resident.claim(ids(&[1, 2, 3]), SHORT).is_ok());
}

#[test]
fn who_waits_is_woken_when_the_ids_are_free() {
    let resident = resident();
    let held = resident.claim(ids(&[1]), SHORT).ok().unwrap();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| resident.claim(ids(&[1]), LONG).is_ok());
        drop(held);
        assert!(waiting.join().unwrap());
    });
}

/// What sixteen get that ask at once, when the first `failing` loads fail; and how often it was loaded. No
/// load ends before all of them are there.
fn asked_at_once(failing: usize) -> (Vec<Option<Arc<Resident>>>, usize) {
    let residents = Residents::new(4, usize::MAX);
    let (arrived, loads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let load = || {
        let before = loads.fetch_add(1, Ordering::SeqCst);
        while arrived.load(Ordering::SeqCst) < 16 {
            std::thread::yield_now();
        }
        if before < failing {
            Err(Error::Overloaded)
        } else {
            Ok(resident())
        }
    };
    let ask = || {
        arrived.fetch_add(1, Ordering::SeqCst);
        residents.get(NamespaceId::from_bytes([1; 16]), load).ok()
    };
    let got = std::thread::scope(|threads| {
        let asking: Vec<_> = (0..16).map(|_| threads.spawn(ask)).collect();
        let ended = asking.into_iter().map(|thread| thread.join().unwrap());
        ended.collect()
    });
    (got, loads.load(Ordering::SeqCst))
}

#[test]
fn one_load_serves_all_who_ask_meanwhile_and_a_failed_one_fails_for_nobody_else() {
    for failing in [0, 1, 3] {
        let (got, loads) = asked_at_once(failing);
        assert_eq!(loads, failing + 1);
        let found: Vec<_> = got.iter().flatten().collect();
        assert_eq!(found.len(), 16 - failing);
        assert!(found.iter().all(|one| Arc::ptr_eq(one, found[0])));
    }
}
