//! What one run of a proof found, written as JSON, so that `docs/evidence.md` is generated and
//! never typed. Tests alone use this crate.
//!
//! A proof is accumulated in shards: `docs/evidence/proofs/<name>/<shard>.json`. Counts and
//! violations of the shards are added up; figures stand beside each other. A test makes a
//! [`Proof`], counts into it and calls [`Proof::write`], which does nothing unless
//! `ANCHORHOLD_EVIDENCE` names the directory.
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests alone use it, and their environment says where proofs go"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde::{Deserialize, Serialize};

/// The directory of the proofs, usually `docs/evidence/proofs`.
pub const DIRECTORY: &str = "ANCHORHOLD_EVIDENCE";
/// The shard to run: a whole number, which is also the seed. Without it tests use their own.
pub const SHARD: &str = "ANCHORHOLD_SHARD";

/// One shard of one proof.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The name: lower-case words joined by `-`.
    pub name: String,
    /// Which shard it is.
    pub shard: u64,
    /// The sentence that it supports.
    pub claim: String,
    /// The promises of SECURITY.md that it supports, such as `P13`.
    pub promises: Vec<String>,
    /// The command that makes it, from the repository's root.
    pub command: String,
    /// The commit it ran on.
    pub commit: String,
    /// What was done, such as `kills: 50`.
    pub counts: BTreeMap<String, u64>,
    /// What must not have happened, each with how often it did.
    pub violations: BTreeMap<String, u64>,
    /// Measured values; the name ends with the unit.
    pub figures: BTreeMap<String, f64>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// The seed of this run: that of the shard which was asked for, else the one given.
pub fn seed(otherwise: u64) -> u64 {
    shard().unwrap_or(otherwise)
}

/// The shard that was asked for.
pub fn shard() -> Option<u64> {
    env::var(SHARD).ok()?.trim().parse().ok()
}

impl Proof {
    /// A shard of a proof with nothing counted yet.
    pub fn new(name: &str, claim: &str, promises: &[&str], command: &str) -> Self {
        Self {
            name: name.to_owned(),
            shard: shard().unwrap_or_default(),
            claim: claim.to_owned(),
            promises: promises
                .iter()
                .map(|promise| (*promise).to_owned())
                .collect(),
            command: command.to_owned(),
            commit: String::new(),
            ..Self::default()
        }
    }

    /// Adds to what was done.
    pub fn count(&mut self, what: &str, more: u64) {
        *self.counts.entry(what.to_owned()).or_default() += more;
    }

    /// Adds to what must not have happened; name it also when it did not.
    pub fn violation(&mut self, what: &str, more: u64) {
        *self.violations.entry(what.to_owned()).or_default() += more;
    }

    /// Sets a measured value; its name ends with the unit.
    pub fn figure(&mut self, what: &str, value: f64) {
        self.figures.insert(what.to_owned(), value);
    }

    /// Adds what a reader has to know.
    pub fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// Writes the shard if a directory is named, and says where.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&self) -> io::Result<Option<PathBuf>> {
        match env::var_os(DIRECTORY) {
            Some(directory) => self.write_below(Path::new(&directory)).map(Some),
            None => Ok(None),
        }
    }

    /// Writes the shard below a directory, whole or not at all.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_below(&self, directory: &Path) -> io::Result<PathBuf> {
        let mut proof = self.clone();
        if proof.commit.is_empty() {
            proof.commit = commit();
        }
        let directory = directory.join(&proof.name);
        fs::create_dir_all(&directory)?;
        let path = directory.join(format!("{}.json", proof.shard));
        let part = path.with_extension("json.part");
        fs::write(&part, serde_json::to_string_pretty(&proof)? + "\n")?;
        fs::rename(&part, &path)?;
        Ok(path)
    }
}

/// The commit of the checkout, with a mark when files were changed since.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match git(&["status", "--porcelain", "--", "*.rs", "*.toml"]) {
        Some(changes) if changes.is_empty() => commit,
        _ => commit + " with changes",
    }
}

#[cfg(test)]
mod tests;
