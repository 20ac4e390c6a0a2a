//! Write-ahead logs that a power failure has cut: at every byte, what is left is exactly what was
//! acknowledged up to there.

use std::collections::BTreeMap;

use anchorhold_evidence::{Proof, shard};

use crate::plot::{Files, Plot, Tally, USERS, is_log, log_of};

/// So many shards cut at every byte of the last two commits.
const SHARDS: u64 = 16;

const COMMAND: &str = "cargo test --package anchorhold-store --test main wal::";

#[test]
fn a_log_that_is_cut_at_any_byte_holds_exactly_the_commits_before_the_cut() {
    let mut plot = Plot::new();
    let mut proof = Proof::new(
        "wal-cut",
        "a namespace's log cut at every byte shows exactly the commits that end before the cut",
        &["P13", "P14", "P15"],
        COMMAND,
    );
    for user in USERS {
        let log = log_of(&plot.databases[user]);
        let whole = plot.whole()[&log].clone();
        let lengths = plot.lengths[user].clone();
        let late = lengths[lengths.len() - 3].0;
        let ends: Vec<_> = lengths.iter().map(|(length, _)| *length).collect();
        for cut in 0..=whole.len() {
            // Around the end of every commit; a shard takes its own of the other bytes as well.
            let is_near = ends.iter().any(|end| end.abs_diff(cut) < 2);
            let is_of_shard = shard().is_some_and(|shard| {
                cut >= late && u64::try_from(cut).unwrap() % SHARDS == shard % SHARDS
            });
            if !is_near && !is_of_shard && !cut.is_multiple_of(1_009) {
                continue;
            }
            let kept = lengths.iter().filter(|(length, _)| *length <= cut);
            let expected = kept.map(|(_, state)| *state).max().unwrap();
            let changed = Files::from([(log.clone(), whole[..cut].to_vec())]);
            let shown = plot.state_shown(user, &changed);
            assert_eq!(
                shown,
                Some(expected),
                "{user}, cut at {cut} of {}",
                whole.len()
            );
            proof.count("cuts", 1);
        }
    }
    proof.violation("commits lost before the cut, or shown behind it", 0);
    proof.write().unwrap();
}

#[test]
fn a_shared_log_that_is_cut_gives_right_data_or_an_error_and_costs_no_namespace() {
    let mut plot = Plot::new();
    let mut proof = Proof::new(
        "wal-cut-shared",
        "the log of the keyring or of the catalogue is cut",
        &["P15"],
        COMMAND,
    );
    let mut tally = Tally::new();
    let shared: BTreeMap<_, _> = plot
        .whole()
        .iter()
        .filter(|(path, bytes)| is_log(path) && !bytes.is_empty() && plot.owner(path).is_none())
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect();
    assert!(
        !shared.is_empty(),
        "the keyring and the catalogue have logs"
    );
    for (path, bytes) in shared {
        let name = path.file_name().unwrap().display().to_string();
        for cut in (0..bytes.len()).step_by(1_009).chain([bytes.len() - 1]) {
            let changed = Files::from([(path.clone(), bytes[..cut].to_vec())]);
            plot.look(&changed, &format!("{name} cut at {cut}"), &mut tally);
            proof.count("cuts", 1);
        }
    }
    for (seen, count) in tally {
        proof.count(&format!("seen {seen:?}"), count);
    }
    proof.violation("wrong data", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}
