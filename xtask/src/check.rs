//! What runs before every commit: format, lints, rule book, unit tests. Needs the toolchain alone.

use std::process::Command;

use crate::{Outcome, tidy};

/// Runs every step and stops at the first that fails.
pub(crate) fn run(_: &[String]) -> Outcome {
    let steps: [&[&str]; 3] = [
        &["fmt", "--all", "--check"],
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            // Without it the long runs would be compiled for the first time by CI.
            "--features",
            "anchorhold-cli/slow",
            "--",
            "-D",
            "warnings",
        ],
        &["test", "--quiet", "--workspace", "--lib", "--bins"],
    ];
    tidy::run(&[])?;
    for step in steps {
        let status = Command::new("cargo").args(step).status()?;
        if !status.success() {
            return Err(format!("`cargo {}` failed", step.join(" ")).into());
        }
    }
    Ok(())
}
