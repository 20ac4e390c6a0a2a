//! The table of `benches/peers/run.py`, and what a query costs in each store as a drawing.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::plot::{self, Bar, number};
use super::{Page, read};
use crate::Outcome;

/// A column: its heading, and where its value stands in a row.
const COLUMNS: [(&str, &str); 19] = [
    ("store", "/store"),
    ("version", "/version"),
    ("tenants", "/load/tenants"),
    ("rows", "/load/rows"),
    ("recall", "/ask/recall"),
    ("CPU us/query, 1 caller", "/ask/c1/cpu_us"),
    ("8 callers", "/ask/c8/cpu_us"),
    ("p50 ms, 1 caller", "/ask/c1/p50_ms"),
    ("p99 ms", "/ask/c1/p99_ms"),
    ("queries/s, 8 callers", "/ask/c8/per_s"),
    ("p99 ms, 8 callers", "/ask/c8/p99_ms"),
    ("bytes/row", "/load/disk_bytes_per_row"),
    ("memory MiB", "/load/pss_mib_after"),
    ("insert p50 ms", "/insert/c1/p50_ms"),
    ("inserts/s, 16 callers", "/insert/c16/per_s"),
    ("syncs/insert", "/insert/syncs_per_insert/all"),
    ("cold p50 ms", "/cold/p50_ms"),
    ("cold CPU ms", "/cold/cpu_ms"),
    ("fixed work ms", "/busy_ms"),
];

const WORKLOADS: [(&str, &str); 3] = [
    ("small", "Many tenants of 1,000 rows"),
    ("large", "One tenant of 300,000 rows"),
    ("tiny", "Many tenants of 50 rows"),
];

/// One section, when the file is there.
pub(super) fn render(directory: &Path, page: &mut Page) -> Outcome {
    let Some(report) = read::<Value>(&directory.join("peers.json"))? else {
        return Ok(());
    };
    let rows = report.get("rows").and_then(Value::as_array);
    let rows: Vec<&Value> = rows.into_iter().flatten().collect();
    page.text.push_str(
        "\n## Beside other stores\n\n- command: `python benches/peers/run.py --output docs/evidence/peers.json` \
         (see `benches/peers/README.md`)\n- compare within a table; CPU before latency; `fixed work` \
         says how fast the machine was just before the row\n",
    );
    for (workload, title) in WORKLOADS {
        let of_it = |row: &&&Value| row.get("workload").and_then(Value::as_str) == Some(workload);
        let rows: Vec<&Value> = rows.iter().filter(of_it).copied().collect();
        if rows.is_empty() {
            continue;
        }
        table(&mut page.text, title, &rows)?;
        let bars: Vec<Bar> = rows.iter().filter_map(|row| bar(row)).collect();
        let title = format!("{title}: CPU per query, 8 callers");
        let svg = plot::bars(&title, "us", &bars)?;
        page.plot(&format!("peers-{workload}.svg"), &title, svg)?;
    }
    Ok(())
}

fn bar(row: &Value) -> Option<Bar> {
    Some(Bar {
        name: row.get("store")?.as_str()?.to_owned(),
        value: row.pointer("/ask/c8/cpu_us")?.as_f64()?,
    })
}

fn table(text: &mut String, title: &str, rows: &[&Value]) -> Outcome {
    let headings: Vec<&str> = COLUMNS.iter().map(|(heading, _)| *heading).collect();
    let rule = "---|".repeat(COLUMNS.len());
    writeln!(
        text,
        "\n### {title}\n\n| {} |\n|{rule}",
        headings.join(" | ")
    )?;
    for row in rows {
        let cells = COLUMNS
            .iter()
            .map(|(_, pointer)| match row.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(value)) => value.as_f64().map_or(String::new(), cell),
                _ => String::new(),
            });
        writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
    }
    for row in rows {
        let word = |name| row.get(name).and_then(Value::as_str);
        if let (Some(store), Some(note)) = (word("store"), word("note").or(word("error"))) {
            writeln!(text, "\n- {store}: {note}")?;
        }
    }
    text.push('\n');
    Ok(())
}

fn cell(value: f64) -> String {
    if value.fract() == 0.0 || value >= 1_000.0 {
        format!("{value:.0}")
    } else {
        number(value)
    }
}
