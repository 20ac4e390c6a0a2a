//! Whatever others do, a caller sees the same bytes: its replies, its audit entries, everything it
//! keeps, and its files.

use anchorhold_evidence::{Proof, seed};
use anchorhold_sim::exchange;
use anchorhold_sim::shrink::shrink;
use anchorhold_sim::world::Layer;

use crate::campaign::{Outcome, run_of, search};

/// What is left out of the comparison at every layer. Nothing else is, but for what
/// [`exchange::ALLOWED`] says of HTTP.
const ALLOWED: [&str; 2] = [
    "pseudonyms in audit entries and handles of users, in runs with restarts: one that is promised to a user of whom nothing is stored is forgotten by a restart; handles are numbered as they come up",
    "bytes of namespace files, in runs with restarts or evictions: the first write after an open begins a key epoch",
];

/// Seeds of one shard; more than its runs use.
const SEEDS_PER_SHARD: u64 = 1_000_000;

/// How a layer is run, and what is said of it.
struct Plan {
    layer: Layer,
    /// The variable that says how many callers, and how many there are without it.
    size: (&'static str, u64),
    proof: &'static str,
    claim: &'static str,
    command: &'static str,
}

fn compare(plan: &Plan) {
    let (variable, pairs) = plan.size;
    let pairs = std::env::var(variable).map_or(pairs, |pairs| pairs.parse().unwrap());
    let of_http = match plan.layer {
        Layer::Library => &[][..],
        Layer::Http => &exchange::ALLOWED,
    };
    let allowed = ALLOWED.iter().chain(of_http);
    let notes: Vec<String> = allowed
        .map(|what| format!("not compared: {what}"))
        .collect();
    for note in &notes {
        println!("{note}");
    }
    let first = seed(0) * SEEDS_PER_SHARD;
    let Outcome { tally, found } = search(first, pairs, plan.layer, |run| run.run());
    if let Some(found) = found {
        // First as it is: making it smaller may take long.
        println!("{found}");
        let (run, least) = shrink(&run_of(found.seed, plan.layer), &found);
        let seed = found.seed;
        panic!("put seed {seed} into tests/seeds.txt.\nleast: {least}\n{run:?}");
    }
    println!("{tally:?}");
    assert!(tally.pairs >= pairs && tally.others > tally.pairs && tally.files > 0);
    assert!(tally.approvals > 0 && tally.links > 0 && tally.moves > 0);
    assert_eq!(tally.at_hand > 0, plan.layer == Layer::Library);
    let mut proof = Proof::new(plan.proof, plan.claim, &["P1"], plan.command);
    proof.count("trace pairs", tally.pairs);
    proof.count("steps compared", tally.steps);
    proof.count("requests of others", tally.others);
    proof.count("files compared", tally.files);
    proof.count("sandboxes approved", tally.approvals);
    proof.count("second names given", tally.links);
    proof.count("moves of memories", tally.moves);
    if plan.layer == Layer::Library {
        proof.count(
            "answers at hand, each compared with the ordinary one",
            tally.at_hand,
        );
    }
    proof.violation("differences", 0);
    for note in &notes {
        proof.note(note);
    }
    proof.write().unwrap();
}

#[test]
fn ten_thousand_callers_see_the_same_whatever_others_do() {
    compare(&Plan {
        layer: Layer::Library,
        size: ("ANCHORHOLD_PAIRS", 10_000),
        proof: "noninterference",
        claim: "whatever others do, a caller sees the same bytes (library)",
        command: "ANCHORHOLD_PAIRS=50000 cargo test --release --package anchorhold-sim --test main ten_thousand",
    });
}

#[test]
fn callers_over_http_see_the_same_whatever_others_do() {
    compare(&Plan {
        layer: Layer::Http,
        size: ("ANCHORHOLD_HTTP_PAIRS", 400),
        proof: "noninterference-http",
        claim: "whatever others do, a caller over HTTP sees the same status, headers and bodies",
        command: "ANCHORHOLD_HTTP_PAIRS=20000 cargo test --release --package anchorhold-sim --test main over_http",
    });
}

#[test]
fn seeds_that_once_found_something_find_nothing_now() {
    let seeds = include_str!("../seeds.txt").lines();
    let seeds = seeds.filter(|line| !line.starts_with('#'));
    let mut replayed = 0;
    for seed in seeds {
        let seed: u64 = seed.split_whitespace().next().unwrap().parse().unwrap();
        for layer in [Layer::Library, Layer::Http] {
            if let Err(found) = run_of(seed, layer).run() {
                panic!("{layer:?}: {found}");
            }
        }
        replayed += 1;
    }
    assert!(replayed > 0);
}
