//! Ids that a write is busy with keep others waiting for a while, and no chore at all.

use std::time::Duration;

use anchorhold_index::{Index, Language, Settings};
use anchorhold_model::{Address, Place, RecordId, TenantId};

use super::Resident;
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
    Resident::new(address, Index::new(settings), 0, 1, 0)
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
