//! What an evaluation found, as tables or as one JSON value.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figures::{Average, NAMES};
use super::through::Way;
use crate::exit::Error;
use crate::output::Output;

/// The groups of questions, in the order of the table, and what they are called.
pub(super) const GROUPS: [(&str, &str); 7] = [
    ("1", "multi-hop"),
    ("2", "temporal"),
    ("3", "open-domain"),
    ("4", "single-hop"),
    ("5", "adversarial"),
    ("overall", "overall (1-4)"),
    ("all5", "all5"),
];

/// What questions with keys of others brought to light.
#[derive(Default, Serialize)]
pub(super) struct Foreign {
    /// Questions that were asked with a key of another user.
    pub(super) asked: usize,
    /// Memories that were found then.
    pub(super) results: usize,
    /// Those among them that do not belong to the user of the key.
    pub(super) hits: usize,
}

/// The figures without one step of the ranking.
#[derive(Serialize)]
struct Without {
    step: &'static str,
    figures: BTreeMap<String, Average>,
}

/// Everything that was found.
#[derive(Serialize)]
pub(super) struct Report {
    through: String,
    figures: BTreeMap<String, Average>,
    foreign: Foreign,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ablation: Vec<Without>,
}

impl Report {
    pub(super) fn new(way: Way, figures: BTreeMap<String, Average>, foreign: Foreign) -> Self {
        Self {
            through: format!("{way:?}").to_lowercase(),
            figures,
            foreign,
            ablation: Vec::new(),
        }
    }

    /// Adds the figures without a step.
    pub(super) fn without(&mut self, step: &'static str, figures: BTreeMap<String, Average>) {
        self.ablation.push(Without { step, figures });
    }

    /// Prints it.
    pub(super) fn show(&self, output: Output) -> Result<(), Error> {
        output.either(self, || {
            let known = GROUPS
                .iter()
                .filter_map(|(group, name)| Some(row(name, self.figures.get(*group)?)));
            output.table(&headings("category"), &known.collect::<Vec<_>>())?;
            self.show_ablation(output)?;
            output.line(&format!(
                "\nasked with keys of others: {} questions, {} results, {} foreign hits",
                self.foreign.asked, self.foreign.results, self.foreign.hits
            ))
        })
    }

    fn show_ablation(&self, output: Output) -> Result<(), Error> {
        if self.ablation.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        rows.extend(self.figures.get("all5").map(|all| row("all steps", all)));
        for without in &self.ablation {
            let name = format!("without {}", without.step);
            rows.extend(without.figures.get("all5").map(|all| row(&name, all)));
        }
        output.line("")?;
        output.table(&headings("all5"), &rows)
    }
}

fn headings(first: &'static str) -> Vec<&'static str> {
    let mut headings = vec![first, "n"];
    headings.extend(NAMES);
    headings
}

fn row(name: &str, average: &Average) -> Vec<String> {
    let mut row = vec![name.to_owned(), average.n.to_string()];
    row.extend(NAMES.map(|figure| format!("{:.4}", average.value(figure))));
    row
}
