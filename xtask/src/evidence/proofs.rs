//! The proofs: the shards of each are added up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anchorhold_evidence::Proof;

use super::read;
use crate::Outcome;

/// A table of all proofs, then a section for each.
pub(super) fn render(directory: &Path, page: &mut String) -> Outcome {
    let mut sums = Vec::new();
    for name in names(directory)? {
        let mut shards = Vec::new();
        for file in names(&directory.join(&name))? {
            let path = directory.join(&name).join(&file);
            // What a run that was cut off left behind ends in `part`.
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            shards.extend(read::<Proof>(&path)?);
        }
        shards.sort_by_key(|proof| proof.shard);
        sums.extend(Sum::of(shards));
    }
    page.push_str("| proof | promises | done | violations |\n|---|---|---|---|\n");
    for sum in &sums {
        writeln!(
            page,
            "| [{name}](#{name}) | {promises} | {counts} | {violations} |",
            name = sum.last.name,
            promises = sum.last.promises.join(", "),
            counts = list(&sum.counts),
            violations = list(&sum.violations),
        )?;
    }
    for sum in &sums {
        sum.section(page)?;
    }
    Ok(())
}

/// The entries of a directory, sorted; none when it does not exist.
fn names(directory: &Path) -> Outcome<Vec<String>> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// All shards of one proof.
struct Sum {
    /// The newest words: claim and promises of the last shard.
    last: Proof,
    shards: usize,
    commands: BTreeSet<String>,
    commits: BTreeSet<String>,
    counts: BTreeMap<String, u64>,
    violations: BTreeMap<String, u64>,
    figures: BTreeMap<String, Vec<f64>>,
    notes: BTreeSet<String>,
}

impl Sum {
    fn of(shards: Vec<Proof>) -> Option<Self> {
        let mut sum = Self {
            last: shards.last()?.clone(),
            shards: shards.len(),
            commands: BTreeSet::new(),
            commits: BTreeSet::new(),
            counts: BTreeMap::new(),
            violations: BTreeMap::new(),
            figures: BTreeMap::new(),
            notes: BTreeSet::new(),
        };
        for shard in shards {
            sum.commits.insert(shard.commit);
            sum.commands.insert(shard.command);
            sum.notes.extend(shard.notes);
            for (what, count) in shard.counts {
                *sum.counts.entry(what).or_default() += count;
            }
            for (what, count) in shard.violations {
                *sum.violations.entry(what).or_default() += count;
            }
            for (what, value) in shard.figures {
                sum.figures.entry(what).or_default().push(value);
            }
        }
        Some(sum)
    }

    fn section(&self, page: &mut String) -> Outcome {
        let Proof { name, claim, .. } = &self.last;
        writeln!(page, "\n## {name}\n\n{claim}\n")?;
        for command in &self.commands {
            writeln!(page, "- command: `{command}`")?;
        }
        let commits: Vec<&str> = self.commits.iter().map(String::as_str).collect();
        let (shards, commits) = (self.shards, commits.join(", "));
        writeln!(page, "- shards: {shards}, on commit {commits}")?;
        writeln!(page, "- done: {}", list(&self.counts))?;
        writeln!(page, "- violations: {}", list(&self.violations))?;
        for (what, values) in &self.figures {
            writeln!(page, "- {what}: {}", spread(values))?;
        }
        for note in &self.notes {
            writeln!(page, "- note: {note}")?;
        }
        Ok(())
    }
}

/// `what: number, ...`, thousands set apart.
fn list(counts: &BTreeMap<String, u64>) -> String {
    let one = |(what, count): (&String, &u64)| format!("{what}: {}", grouped(*count));
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One value, or the least, the middle and the greatest of several.
fn spread(values: &[f64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2);
    match (sorted.first(), middle, sorted.last()) {
        (Some(only), _, _) if sorted.len() == 1 => short(*only),
        (Some(least), Some(middle), Some(greatest)) => format!(
            "{} (from {} to {})",
            short(*middle),
            short(*least),
            short(*greatest)
        ),
        _ => String::new(),
    }
}

/// Three significant decimals, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
