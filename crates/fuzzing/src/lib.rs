//! Runs the body of a fuzz target as a plain test: over its corpus, and over inputs that are made
//! of the corpus from a seed. Tests alone use it; docs/fuzzing.md says how targets are added.
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "tests alone use it: their environment says how long, and they fail by panicking"
)]

mod mutate;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anchorhold_evidence::{Proof, seed};
use mutate::Dice;

/// How many inputs are made; without it, as many as a test may take.
pub const RUNS: &str = "ANCHORHOLD_FUZZ_RUNS";
const RUNS_DEFAULT: u64 = 2_000;

/// Where the inputs of a target are kept: in the checkout that is tested, which need not be the one
/// that this was compiled in.
pub fn directory(target: &str) -> PathBuf {
    let tested = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = tested.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../../fuzz/corpus").join(target)
}

/// What every target supports; the proofs of both ways to run one say the same.
pub const CLAIM: &str = "no input makes a reader panic, hang, or take what was not written";

/// The name of a target's proof.
pub fn proof_name(target: &str) -> String {
    format!("fuzz-{}", target.replace('_', "-"))
}

/// Runs `body` over the corpus of a target and over inputs made of it, and writes a shard of its
/// proof where one is asked for.
///
/// # Panics
/// When the body does, with the input; and when there is no corpus.
pub fn replay(target: &str, body: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "fuzz/corpus/{target} holds no input");
    let made = number(RUNS).unwrap_or(RUNS_DEFAULT);
    let mut dice = Dice::new(seed(1));
    for input in &corpus {
        run(target, body, input);
    }
    for _ in 0..made {
        run(target, body, &mutate::made_of(&corpus, &mut dice));
    }
    let command = format!("{RUNS}={made} cargo nextest run --workspace --lib fuzzing");
    let mut proof = Proof::new(&proof_name(target), CLAIM, &["P26"], &command);
    let kept = u64::try_from(corpus.len()).unwrap_or(u64::MAX);
    proof.count("inputs of the corpus", kept);
    proof.count("inputs made of the corpus from a seed", made);
    proof.violation("inputs that failed", 0);
    if let Err(error) = proof.write() {
        panic!("{target}: {error}");
    }
}

/// The inputs of a target, in the order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory(target)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

fn run(target: &str, body: fn(&[u8]), input: &[u8]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| body(input)));
    assert!(outcome.is_ok(), "{target} fails for these bytes: {input:?}");
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.trim().parse().ok()
}
