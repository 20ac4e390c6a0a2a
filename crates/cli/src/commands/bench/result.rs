//! One measurement as it is reported.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::meter::Reading;
use crate::exit::Error;
use crate::output::Output;

/// One measured thing.
#[derive(Deserialize, Serialize)]
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) operations: usize,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Time of all cores that one operation took.
    pub(super) cpu_ms: f64,
    /// How fast the machine was: see [`super::machine::fixed_work_ms`], the mean of before and after.
    pub(super) fixed_work_ms: f64,
    /// What is aimed at, in words; whether it was reached.
    pub(super) target: Option<(String, bool)>,
    /// What else was read; the name says the unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) figures: BTreeMap<String, f64>,
    /// What was read again and again, by what it was read at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) series: BTreeMap<String, Vec<(f64, f64)>>,
}

impl Measured {
    /// A reading under a name.
    pub(super) fn new(name: impl Into<String>, reading: &Reading) -> Self {
        Self {
            name: name.into(),
            operations: reading.operations,
            per_second: reading.per_second,
            p50_ms: reading.p50_ms,
            p99_ms: reading.p99_ms,
            cpu_ms: reading.cpu_ms,
            fixed_work_ms: 0.0,
            target: None,
            figures: BTreeMap::new(),
            series: BTreeMap::new(),
        }
    }

    /// Another figure; its name says the unit.
    pub(super) fn figure(mut self, name: &str, value: f64) -> Self {
        self.figures.insert(name.to_owned(), value);
        self
    }

    /// Another row of figures.
    pub(super) fn series(mut self, name: &str, points: Vec<(f64, f64)>) -> Self {
        self.series.insert(name.to_owned(), points);
        self
    }

    /// The rate that is aimed at.
    pub(super) fn at_least_per_second(mut self, rate: f64) -> Self {
        self.target = Some((format!(">= {rate:.0}/s"), self.per_second >= rate));
        self
    }

    /// The time of one core that is aimed at.
    pub(super) fn at_most_cpu_ms(mut self, milliseconds: f64) -> Self {
        self.target = Some((
            format!("<= {milliseconds} ms CPU"),
            self.cpu_ms <= milliseconds,
        ));
        self
    }

    /// The 99th percentile that is aimed at.
    pub(super) fn at_most_p99_ms(mut self, milliseconds: f64) -> Self {
        self.target = Some((
            format!("p99 <= {milliseconds} ms"),
            self.p99_ms <= milliseconds,
        ));
        self
    }

    /// The median that is aimed at.
    pub(super) fn at_most_p50_ms(mut self, milliseconds: f64) -> Self {
        self.target = Some((
            format!("p50 <= {milliseconds} ms"),
            self.p50_ms <= milliseconds,
        ));
        self
    }
}

/// The table for people.
pub(super) fn show(results: &[Measured], output: Output) -> Result<(), Error> {
    let row = |measured: &Measured| {
        let (target, reached) = match &measured.target {
            None => (String::new(), ""),
            Some((target, true)) => (target.clone(), "yes"),
            Some((target, false)) => (target.clone(), "no"),
        };
        vec![
            measured.name.clone(),
            measured.operations.to_string(),
            format!("{:.0}", measured.per_second),
            format!("{:.3}", measured.p50_ms),
            format!("{:.3}", measured.p99_ms),
            format!("{:.3}", measured.cpu_ms),
            format!("{:.1}", measured.fixed_work_ms),
            target,
            reached.to_owned(),
        ]
    };
    let headings = [
        "measurement",
        "n",
        "per s",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "fixed work ms",
        "target",
        "reached",
    ];
    output.table(&headings, &results.iter().map(row).collect::<Vec<_>>())?;
    for measured in results {
        for (figure, value) in &measured.figures {
            output.line(&format!("{}: {figure}: {value:.1}", measured.name))?;
        }
    }
    Ok(())
}
