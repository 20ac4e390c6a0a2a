//! Runs one fuzz target for a while and writes what it did as a shard of its proof.
//!
//! `cargo xtask fuzz TARGET`, or with the log of a run that was made otherwise; ANCHORHOLD_FUZZ_RUNS and ANCHORHOLD_FUZZ_SECONDS bound the run, and
//! ANCHORHOLD_SHARD is its seed. Needs cargo-fuzz, and no nightly compiler: what is tried is safe
//! Rust, so that no sanitizer is used but the assertions and the overflow checks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anchorhold_evidence::Proof;
use anchorhold_fuzzing::{CLAIM, proof_name};

use crate::Outcome;

const RUNS_DEFAULT: u64 = 10_000_000;
const INPUT_BYTES_MAX: u64 = 512;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (target, log) = match arguments {
        [target] => (target, None),
        [target, log] => (
            target,
            Some(String::from_utf8_lossy(&fs::read(log)?).into_owned()),
        ),
        _ => return Err("usage: cargo xtask fuzz TARGET [LOG]".into()),
    };
    let kept = Path::new("fuzz/corpus").join(target);
    if !kept.is_dir() {
        return Err(format!("there is no {}", kept.display()).into());
    }
    // What the fuzzer finds goes here; the inputs of the repository are only read.
    let found = PathBuf::from("target/fuzz-corpus").join(target);
    fs::create_dir_all(&found)?;
    let (log, is_sound) = match log {
        Some(log) => {
            let is_sound = !log.contains("ERROR: libFuzzer");
            (log, is_sound)
        }
        None => fuzzed(target, &found, &kept)?,
    };
    let Some(figures) = Figures::read(&log) else {
        return Err(format!("the fuzzer ended without figures:\n{log}").into());
    };
    let proof = proof(target, &figures, &found, is_sound)?;
    if let Some(path) = proof.write()? {
        println!("{}: {} executions", path.display(), figures.executions);
    } else {
        println!("{target}: {} executions", figures.executions);
    }
    if is_sound {
        Ok(())
    } else {
        Err(format!("{target} found something:\n{log}").into())
    }
}

/// What a run said, and whether nothing was found.
fn fuzzed(target: &str, found: &Path, kept: &Path) -> Outcome<(String, bool)> {
    #[expect(clippy::disallowed_methods, reason = "a chore is told its bounds")]
    let setting = |name: &str| env::var(name).ok()?.trim().parse::<u64>().ok();
    let runs = setting("ANCHORHOLD_FUZZ_RUNS").unwrap_or(RUNS_DEFAULT);
    let seconds = setting("ANCHORHOLD_FUZZ_SECONDS").unwrap_or(0);
    // The fuzzer takes 0 for chance.
    let seed = anchorhold_evidence::shard().unwrap_or(0) + 1;
    let output = Command::new("cargo")
        .args(["fuzz", "run", "--sanitizer", "none", target])
        .args([found, kept])
        .arg("--")
        .arg(format!("-runs={runs}"))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-seed={seed}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .args(["-len_control=0", "-timeout=10", "-print_final_stats=1"])
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((log, output.status.success()))
}

/// What the fuzzer says at its end.
struct Figures {
    executions: u64,
    edges: u64,
}

impl Figures {
    fn read(log: &str) -> Option<Self> {
        let executions = log
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
        let edges = log.lines().rev().find_map(|line| {
            let rest = line.split_once("cov: ")?.1;
            rest.split(' ').next()?.parse().ok()
        });
        Some(Self {
            executions: executions.trim().parse().ok()?,
            edges: edges.unwrap_or(0),
        })
    }
}

fn proof(target: &str, figures: &Figures, found: &Path, is_sound: bool) -> Outcome<Proof> {
    let name = proof_name(target);
    let command = format!("cargo xtask fuzz {target}");
    let mut proof = Proof::new(&name, CLAIM, &["P26"], &command);
    proof.count("executions of the fuzzer", figures.executions);
    proof.violation("inputs that failed", u64::from(!is_sound));
    let (inputs, bytes) = size(found)?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    for (what, value) in [
        ("edges of the program that were reached", figures.edges),
        ("inputs of the corpus that was found", inputs),
        ("size of the corpus that was found, bytes", bytes),
    ] {
        proof.figure(what, value as f64);
    }
    proof.note(
        "the fuzzer is libFuzzer, led by coverage, with debug assertions and overflow checks",
    );
    Ok(proof)
}

/// Files of a directory and their bytes.
fn size(directory: &Path) -> Outcome<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(directory)? {
        files += 1;
        bytes += entry?.metadata()?.len();
    }
    Ok((files, bytes))
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn the_last_words_of_a_fuzzer_are_understood() {
        let log = "#2 INITED cov: 1 ft: 1\n#9 DONE   cov: 312 ft: 900 corp: 7/9b\n\
                   stat::number_of_executed_units: 10000000\n";
        let figures = Figures::read(log).expect("figures");
        assert_eq!((figures.executions, figures.edges), (10_000_000, 312));
        assert!(Figures::read("killed").is_none());
    }
}
