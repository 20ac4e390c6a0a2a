//! Changes identity and crypto in every way that cargo-mutants knows, and writes which changes no
//! test noticed, as a shard of a proof.
//!
//! `cargo xtask mutants`; ANCHORHOLD_SHARD is the number of the shard. A run that is there already
//! below `target/mutants` is only read. Survivors that are known stand in docs/evidence/mutants.toml
//! with the reason why they stay.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anchorhold_evidence::Proof;
use serde::Deserialize;

use crate::Outcome;

/// All changes fall into as many shards; one takes a quarter of an hour on two cores.
const SHARDS: u64 = 12;
const REASONS: &str = "docs/evidence/mutants.toml";

pub(crate) fn run(_: &[String]) -> Outcome {
    let shard = anchorhold_evidence::shard().unwrap_or(0);
    let directory = PathBuf::from("target/mutants").join(shard.to_string());
    let outcomes = directory.join("mutants.out/outcomes.json");
    if !Outcomes::is_finished(&outcomes) {
        fs::create_dir_all(&directory)?;
        // It ends with failure when a change survives; what it writes tells that apart.
        Command::new("cargo")
            .args([
                "mutants",
                "-p",
                "anchorhold-identity",
                "-p",
                "anchorhold-crypto",
            ])
            .args(["--sharding", "round-robin", "--shard"])
            .arg(format!("{shard}/{SHARDS}"))
            .arg("--output")
            .arg(&directory)
            .status()?;
    }
    let outcomes: Outcomes = serde_json::from_slice(&fs::read(&outcomes)?)?;
    let reasons: BTreeMap<String, String> = toml::from_str(&fs::read_to_string(REASONS)?)?;
    let proof = proof(&outcomes, &reasons);
    let unexplained = proof.violations.values().sum::<u64>();
    match proof.write()? {
        Some(path) => println!("{}", path.display()),
        None => println!("{}", serde_json::to_string_pretty(&proof)?),
    }
    if unexplained == 0 {
        Ok(())
    } else {
        Err(format!("{unexplained} survive without a reason in {REASONS}").into())
    }
}

/// What cargo-mutants wrote, as far as it is read here.
#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<One>,
    end_time: Option<String>,
}

#[derive(Deserialize)]
struct One {
    summary: String,
    scenario: serde_json::Value,
}

impl Outcomes {
    fn is_finished(path: &Path) -> bool {
        let bytes = fs::read(path).unwrap_or_default();
        serde_json::from_slice::<Self>(&bytes).is_ok_and(|read| read.end_time.is_some())
    }

    fn count(&self, summary: &str) -> u64 {
        let found = self.outcomes.iter().filter(|one| one.summary == summary);
        u64::try_from(found.count()).unwrap_or(u64::MAX)
    }
}

fn proof(outcomes: &Outcomes, reasons: &BTreeMap<String, String>) -> Proof {
    let claim = "a change of identity or crypto that alters what they do fails a test";
    let command = "cargo xtask mutants";
    let mut proof = Proof::new("mutants", claim, &["P7", "P9"], command);
    let caught = outcomes.count("CaughtMutant") + outcomes.count("Timeout");
    let missed = outcomes.count("MissedMutant");
    proof.count("changes that compile", caught + missed);
    proof.count("noticed by a test", caught);
    proof.count("of these, by running for ever", outcomes.count("Timeout"));
    proof.count("survived", missed);
    proof.count("that do not compile", outcomes.count("Unviable"));
    proof.violation("survived without a reason", 0);
    for one in outcomes
        .outcomes
        .iter()
        .filter(|one| one.summary == "MissedMutant")
    {
        let name = one.scenario.pointer("/Mutant/name");
        let name = name.and_then(serde_json::Value::as_str).unwrap_or_default();
        match reasons.get(&without_place(name)) {
            Some(reason) => proof.note(&format!("{name}: {reason}")),
            None => {
                proof.violation("survived without a reason", 1);
                proof.note(&format!("{name}: no reason"));
            }
        }
    }
    proof
}

/// `file:line:column: change` without line and column, which move.
fn without_place(name: &str) -> String {
    let (place, change) = name.split_once(": ").unwrap_or((name, ""));
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {change}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_are_told_with_their_reasons_and_the_others_are_violations() {
        let one = |summary: &str, name: &str| One {
            summary: summary.to_owned(),
            scenario: serde_json::json!({"Mutant": {"name": name}}),
        };
        let outcomes = Outcomes {
            outcomes: vec![
                one("Success", "Baseline"),
                one("CaughtMutant", "a.rs:1:1: replace a"),
                one("Timeout", "a.rs:1:2: replace b"),
                one("Unviable", "a.rs:1:3: replace c"),
                one("MissedMutant", "a.rs:1:4: replace d"),
                one("MissedMutant", "a.rs:1:5: replace e"),
            ],
            end_time: None,
        };
        let reasons = BTreeMap::from([("a.rs: replace d".to_owned(), "the same".to_owned())]);
        let proof = proof(&outcomes, &reasons);
        assert_eq!(proof.counts.get("changes that compile"), Some(&4));
        assert_eq!(proof.counts.get("noticed by a test"), Some(&2));
        assert_eq!(proof.violations.get("survived without a reason"), Some(&1));
        assert_eq!(proof.notes.len(), 2);
    }
}
