//! What was measured on: the processor, the memory, and what one fsync costs right now.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anchorhold_model::Clock as _;
use serde::Serialize;

use super::times::Times;
use crate::exit::Error;
use anchorhold::system::SystemClock;

/// Blocks that the probe of the disk writes.
const PROBES: usize = 200;

/// The machine, as far as figures depend on it.
#[derive(Serialize)]
pub(super) struct Machine {
    processor: String,
    cores: usize,
    memory: String,
    system: &'static str,
    /// Median of writing 4 KiB and waiting for the disk.
    fsync_ms: f64,
}

impl Machine {
    /// Looks at it, and probes the disk of `directory`.
    pub(super) fn look(directory: Option<&Path>) -> Result<Self, Error> {
        let field = |file: &str, name: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(':'));
            value.map_or("unknown".to_owned(), |(_, value)| value.trim().to_owned())
        };
        Ok(Self {
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory: field("/proc/meminfo", "MemTotal"),
            system: std::env::consts::OS,
            fsync_ms: probe(directory)?,
        })
    }

    /// In one line.
    pub(super) fn in_words(&self) -> String {
        format!(
            "{}, {} cores, {}, {}; writing 4 KiB and waiting for the disk takes {:.3} ms \
             ({:.0}/s)\n",
            self.processor,
            self.cores,
            self.memory,
            self.system,
            self.fsync_ms,
            1_000.0 / self.fsync_ms.max(1e-6)
        )
    }
}

/// CPU milliseconds of a fixed piece of arithmetic over 4 MiB: how fast the machine is right now.
pub(super) fn fixed_work_ms() -> f64 {
    let mut numbers = vec![0x9e37_79b9_7f4a_7c15_u64; 1 << 19];
    let before = super::meter::cpu();
    for round in 0..16 {
        for number in &mut numbers {
            // Marsaglia's xorshift; each number its own chain.
            *number ^= *number << 13;
            *number ^= *number >> 7;
            *number ^= (*number << 17).wrapping_add(round);
        }
    }
    std::hint::black_box(&numbers);
    let took = super::meter::cpu().saturating_sub(before);
    took.as_secs_f64() * 1e3
}

fn probe(directory: Option<&Path>) -> Result<f64, Error> {
    let mut file = match directory {
        Some(directory) => tempfile::tempfile_in(directory),
        None => tempfile::tempfile(),
    }?;
    let clock = SystemClock::new();
    let mut times = Times::default();
    for _ in 0..PROBES {
        let before = clock.monotonic();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        times.add(clock.monotonic().saturating_sub(before));
    }
    Ok(times.at(50).as_secs_f64() * 1_000.0)
}
