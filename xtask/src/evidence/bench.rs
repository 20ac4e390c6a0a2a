//! The table of `anchorhold bench --json`, and the memory of its long run as a drawing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::plot::{self, Line, number};
use super::{Page, read};
use crate::Outcome;

#[derive(Deserialize)]
struct Report {
    machine: BTreeMap<String, serde_json::Value>,
    results: Vec<Measured>,
}

#[derive(Deserialize)]
struct Measured {
    name: String,
    operations: u64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_ms: f64,
    /// Absent in reports of before it was measured.
    fixed_work_ms: Option<f64>,
    target: Option<(String, bool)>,
    #[serde(default)]
    figures: BTreeMap<String, f64>,
    #[serde(default)]
    series: BTreeMap<String, Vec<(f64, f64)>>,
}

/// One section, when the file is there.
pub(super) fn render(directory: &Path, page: &mut Page) -> Outcome {
    let Some(report) = read::<Report>(&directory.join("bench.json"))? else {
        return Ok(());
    };
    let text = &mut page.text;
    let machine: Vec<String> = (report.machine.iter())
        .map(|(name, value)| format!("{name} {}", value.to_string().trim_matches('"')))
        .collect();
    writeln!(
        text,
        "\n## Bench\n\n- command: `anchorhold bench --json`\n- machine: {}\n\n\
         | measurement | n | per s | p50 ms | p99 ms | CPU ms | fixed work ms | target | reached |\n\
         |---|---|---|---|---|---|---|---|---|",
        machine.join(", ")
    )?;
    for one in &report.results {
        let (target, reached) = match &one.target {
            None => ("", ""),
            Some((target, true)) => (target.as_str(), "yes"),
            Some((target, false)) => (target.as_str(), "no"),
        };
        writeln!(
            text,
            "| {} | {} | {} | {:.3} | {:.3} | {:.3} | {} | {target} | {reached} |",
            one.name,
            one.operations,
            number(one.per_second),
            one.p50_ms,
            one.p99_ms,
            one.cpu_ms,
            one.fixed_work_ms.map(number).unwrap_or_default()
        )?;
    }
    text.push('\n');
    let mut drawn = Vec::new();
    for one in report.results {
        for (figure, value) in &one.figures {
            writeln!(text, "- {}: {figure}: {}", one.name, number(*value))?;
        }
        for (name, points) in one.series {
            drawn.push((one.name.clone(), Line { name, points }));
        }
    }
    for (name, line) in drawn {
        let axes = ("seconds", line.name.clone());
        let svg = plot::lines(&name, (axes.0, &axes.1), &[line])?;
        page.plot("memory-over-time.svg", &name, svg)?;
    }
    Ok(())
}
