//! Times operations on one or several threads, and the CPU that the whole process spent on them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_model::Clock;
use rustix::time::{ClockId, clock_gettime};

use super::times::Times;
use crate::exit::Error;

/// What was read off.
pub(super) struct Reading {
    pub(super) operations: usize,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) cpu_ms: f64,
}

/// When to stop.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// After so many operations.
    Count(usize),
    /// After so much time.
    Time(Duration),
}

/// Runs `operation` on `threads` threads; it is told a number that no other call is told.
pub(super) fn run(
    clock: &dyn Clock,
    threads: usize,
    until: Until,
    operation: &(dyn Fn(usize) -> Result<(), Error> + Sync),
) -> Result<Reading, Error> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let (began, cpu_began) = (clock.monotonic(), cpu());
    let worker = || {
        let mut times = Times::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let before = clock.monotonic();
            let over = match until {
                Until::Count(count) => number >= count,
                Until::Time(time) => before.saturating_sub(began) >= time,
            };
            if over || failed.load(Ordering::Relaxed) {
                return Ok(times);
            }
            if let Err(error) = operation(number) {
                failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
            times.add(clock.monotonic().saturating_sub(before));
        }
    };
    let times = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut all = Times::default();
        for worker in workers {
            let panicked = |_| Error::Failed("a measuring thread panicked".to_owned());
            all.merge(&worker.join().map_err(panicked)??);
        }
        Ok::<_, Error>(all)
    })?;
    let (wall, cpu) = (
        clock.monotonic().saturating_sub(began),
        cpu().saturating_sub(cpu_began),
    );
    Ok(reading(&times, wall, cpu))
}

/// From single times, the time of the whole and the CPU of the whole.
pub(super) fn reading(times: &Times, wall: Duration, cpu: Duration) -> Reading {
    let operations = times.count();
    let count = f64::from(u32::try_from(operations).unwrap_or(u32::MAX)).max(1.0);
    Reading {
        operations,
        per_second: count / wall.as_secs_f64().max(1e-9),
        p50_ms: milliseconds(times.at(50)),
        p99_ms: milliseconds(times.at(99)),
        cpu_ms: milliseconds(cpu) / count,
    }
}

/// The CPU that this process has spent so far, on all its threads.
pub(super) fn cpu() -> Duration {
    time_of(ClockId::ProcessCPUTime)
}

/// The CPU that this thread has spent so far.
pub(super) fn cpu_of_thread() -> Duration {
    time_of(ClockId::ThreadCPUTime)
}

fn time_of(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
