//! `kill -9` under load: no acknowledged write is lost, none that was not acknowledged is there by
//! half, and nobody sees what belongs to somebody else.
//!
//! `history` is what a client knows, `step` and `writer` make requests, `battle` decides when the
//! server dies, `campaign` runs rounds and compares, `look` reads what a server shows, `audit` reads the
//! chains by the library. On a `stage`, `phases` kills during an erasure and during a checkpoint,
//! `moves` during a backup, a restore, an import and a move from one user to another.

pub(crate) mod audit;
mod battle;
mod campaign;
mod dice;
pub(crate) mod history;
pub(crate) mod look;
pub(crate) mod moves;
pub(crate) mod phases;
mod stage;
pub(crate) mod step;
mod writer;

use anchorhold_evidence::seed;
use campaign::Campaign;
use history::{History, Place};

/// Kills a server under 16 writers as often as told; every start looks at all that was written.
pub(crate) fn survive(rounds: u64) {
    let first = seed(0) * 1_000_000;
    let mut campaign = Campaign::begin();
    for round in first..first + rounds {
        campaign.fight(round);
    }
    campaign.end().write().unwrap();
}

#[test]
fn fifty_kills_lose_no_acknowledged_write_and_leave_no_half_of_another() {
    survive(50);
}

/// The comparison itself can fail: a log without its last commits is what a lost write looks like.
#[test]
#[should_panic(expected = "an acknowledged write was lost")]
fn a_log_that_lost_its_end_is_noticed() {
    let mut campaign = Campaign::begin();
    campaign.fight(0);
    campaign.fight_and(7, |home| {
        for log in home.namespace_files("db-wal") {
            let bytes = std::fs::read(&log).unwrap();
            std::fs::write(&log, &bytes[..bytes.len() / 2]).unwrap();
        }
    });
}

/// Half of a batch, or half of a change, is neither what was before nor what was meant.
#[test]
#[should_panic(expected = "is there by half")]
fn half_of_a_write_without_an_answer_is_noticed() {
    let place = |id: &str| Place {
        user: "alice".to_owned(),
        id: id.to_owned(),
    };
    let memories = ["1", "2"].map(|id| (place(id), step::kept("alice", id, 1)));
    let mut history = History::default();
    history.begin(step::Step::batch(memories.to_vec()).changes);
    let found = memories.into_iter().take(1).collect();
    history.settle(&found, &["alice".to_owned()].into());
}
