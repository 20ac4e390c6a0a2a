//! `bench`: how fast this machine is with this program. Every measurement runs in a process of
//! its own, so that none inherits the memory, the files or the chores of another.

mod chats;
mod client;
mod cold_open;
mod corpus;
mod end_to_end;
mod erase;
mod field;
mod idle;
mod large_namespace;
mod machine;
mod meter;
mod over_http;
mod process;
mod recall;
mod refusals;
mod result;
mod served;
mod small_namespaces;
mod times;
mod writes;
mod zipf;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::exit::Error;
use crate::output::Output;
use crate::system;
use machine::Machine;
use result::Measured;

/// Measure speed on this machine.
#[derive(Args)]
pub(crate) struct Bench {
    /// Small sizes, done within two minutes
    #[arg(long)]
    quick: bool,
    /// Only this measurement
    #[arg(long, value_name = "NAME", value_parser = NAMES)]
    only: Option<String>,
    /// A directory on the disk to measure [default: where temporary files go]
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// How long the measurements last that take a time of their own
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

/// Every measurement, in the order of the table.
const NAMES: [&str; 15] = [
    "writes-hot",
    "writes-hot-without-audit",
    "writes-spread",
    "writes-spread-without-audit",
    "small-namespaces",
    "cold-open",
    "recall",
    "end-to-end",
    "over-http",
    "large-namespace",
    "erase",
    "zipf",
    "idle",
    "refusals",
    "chats",
];

/// What every measurement is told.
pub(crate) struct Size {
    quick: bool,
    directory: Option<PathBuf>,
    time: Option<Duration>,
}

impl Size {
    /// The size in full, or the quick one.
    fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// Everything that was measured.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    results: Vec<Measured>,
}

impl Bench {
    /// Measures and reports.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        system::harden();
        let (results, failure) = match &self.only {
            Some(name) => (measure(name, &self.size())?, None),
            None => self.measure_all(),
        };
        let machine = Machine::look(self.directory.as_deref())?;
        let report = Report { machine, results };
        output.either(&report, || {
            output.line(&report.machine.in_words())?;
            result::show(&report.results, output)
        })?;
        // What was measured before is shown all the same.
        failure.map_or(Ok(()), Err)
    }

    fn size(&self) -> Size {
        Size {
            quick: self.quick,
            directory: self.directory.clone(),
            time: self.seconds.map(Duration::from_secs),
        }
    }

    /// Every measurement, until one fails.
    fn measure_all(&self) -> (Vec<Measured>, Option<Error>) {
        let mut results = Vec::new();
        for name in NAMES {
            eprintln!("{name} ...");
            match self.measure_apart(name) {
                Ok(mut measured) => results.append(&mut measured),
                Err(error) => return (results, Some(error)),
            }
        }
        (results, None)
    }

    /// Measures in another process of this program.
    fn measure_apart(&self, name: &str) -> Result<Vec<Measured>, Error> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--json", "bench", "--only", name]);
        if self.quick {
            command.arg("--quick");
        }
        if let Some(directory) = &self.directory {
            command.arg("--directory").arg(directory);
        }
        if let Some(seconds) = self.seconds {
            command.arg("--seconds").arg(seconds.to_string());
        }
        let ended = command.stderr(Stdio::inherit()).output()?;
        if !ended.status.success() {
            return Err(Error::Failed(format!("{name} failed: {}", ended.status)));
        }
        let unreadable = |error| Error::Failed(format!("{name} gave no figures: {error}"));
        let mut report: serde_json::Value =
            serde_json::from_slice(&ended.stdout).map_err(unreadable)?;
        let results = report.get_mut("results").map(serde_json::Value::take);
        serde_json::from_value(results.unwrap_or_default()).map_err(unreadable)
    }
}

fn measure(name: &str, size: &Size) -> Result<Vec<Measured>, Error> {
    // What was written before is not to wait for the disk while this is measured.
    rustix::fs::sync();
    let before = machine::fixed_work_ms();
    let mut measured = measure_by_name(name, size)?;
    let after = machine::fixed_work_ms();
    for one in &mut measured {
        one.fixed_work_ms = f64::midpoint(before, after);
    }
    Ok(measured)
}

fn measure_by_name(name: &str, size: &Size) -> Result<Vec<Measured>, Error> {
    use anchorhold_store::AuditMode::{Off, Required};
    match name {
        "writes-hot" => writes::hot(size, Required),
        "writes-hot-without-audit" => writes::hot(size, Off),
        "writes-spread" => writes::spread(size, Required),
        "writes-spread-without-audit" => writes::spread(size, Off),
        "small-namespaces" => small_namespaces::measure(size),
        "cold-open" => cold_open::measure(size),
        "recall" => recall::measure(size),
        "over-http" => over_http::measure(size),
        "large-namespace" => large_namespace::measure(size),
        "erase" => erase::measure(size),
        "zipf" => zipf::measure(size),
        "idle" => idle::measure(size),
        "refusals" => refusals::measure(size),
        "chats" => chats::measure(size),
        _ => end_to_end::measure(size),
    }
}
