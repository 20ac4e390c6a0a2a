//! Whatever others do, a caller sees the same bytes: its replies, its audit entries, everything it
//! keeps, and its files.

use anchorhold_evidence::{Proof, seed};
use anchorhold_sim::shrink::shrink;

use crate::campaign::{Outcome, run_of, search};

const COMMAND: &str =
    "ANCHORHOLD_PAIRS=50000 cargo test --release --package anchorhold-sim --test main ten_thousand";
/// What is left out of the comparison. Nothing else is.
const ALLOWED: [&str; 2] = [
    "pseudonyms in audit entries, in runs with restarts: one that is promised to a user of whom nothing is stored is forgotten by a restart",
    "bytes of namespace files, in runs with restarts or evictions: the first write after an open begins a key epoch",
];

/// Seeds of one shard; more than its runs use.
const SEEDS_PER_SHARD: u64 = 1_000_000;

#[test]
fn ten_thousand_callers_see_the_same_whatever_others_do() {
    let pairs = std::env::var("ANCHORHOLD_PAIRS").ok();
    let pairs = pairs.map_or(10_000, |pairs| pairs.parse().unwrap());
    for allowed in ALLOWED {
        println!("not compared: {allowed}");
    }
    let Outcome { tally, found } = search(seed(0) * SEEDS_PER_SHARD, pairs, |run| run.run());
    if let Some(found) = found {
        let (run, least) = shrink(&run_of(found.seed), &found);
        let seed = found.seed;
        panic!("put seed {seed} into tests/seeds.txt.\nfound: {found}\nleast: {least}\n{run:?}");
    }
    println!("{tally:?}");
    assert!(tally.pairs >= pairs && tally.others > tally.pairs && tally.files > 0);
    let claim = "whatever others do, a caller sees the same bytes (library)";
    let mut proof = Proof::new("noninterference", claim, &["P1"], COMMAND);
    proof.count("trace pairs", tally.pairs);
    proof.count("steps compared", tally.steps);
    proof.count("requests of others", tally.others);
    proof.count("files compared", tally.files);
    proof.violation("differences", 0);
    for allowed in ALLOWED {
        proof.note(&format!("not compared: {allowed}"));
    }
    proof.write().unwrap();
}

#[test]
fn seeds_that_once_found_something_find_nothing_now() {
    let seeds = include_str!("../seeds.txt").lines();
    let seeds = seeds.filter(|line| !line.starts_with('#'));
    let mut replayed = 0;
    for seed in seeds {
        let seed: u64 = seed.split_whitespace().next().unwrap().parse().unwrap();
        if let Err(found) = run_of(seed).run() {
            panic!("{found}");
        }
        replayed += 1;
    }
    assert!(replayed > 0);
}
