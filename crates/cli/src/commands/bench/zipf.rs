//! Ten minutes of an application's day: recalls and writes over 10,000 namespaces of which few are
//! busy and most are quiet (Zipf's law with exponent 1.1), with room in memory for a tenth of them.
//! A user who has enough new memories loses the oldest of them at the next write, so what is stored
//! grows little and memory may not grow either. Every answer is searched for what belongs to
//! somebody else.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anchorhold_model::{Clock, RecordId};

use super::Size;
use super::corpus::{Numbers, seed, words};
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::process;
use super::result::Measured;
use crate::exit::Error;

const EXPONENT: f64 = 1.1;
/// Threads that fill and that ask.
const THREADS: usize = 4;
/// One operation in so many is a write.
const WRITES: usize = 10;
/// The new memories that a user keeps; with more, a write is a removal.
const NEW_MAX: usize = 8;

/// What each user was given in the run, the oldest first.
type New = BTreeMap<usize, VecDeque<RecordId>>;

/// What was seen during the run.
#[derive(Default)]
struct Watched {
    cross_reads: AtomicU64,
    /// Seconds since the start, and MiB in memory.
    memory: Mutex<Vec<(f64, f64)>>,
}

/// Recalls and one write in ten, for ten minutes.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let namespaces = size.pick(10_000, 300);
    let memories = 100;
    let time = size
        .time
        .unwrap_or_else(|| Duration::from_secs(size.pick(600, 5)));
    let ground = Ground {
        handles_max: size.pick(512, 32),
        residents_max: size.pick(1_000, 30),
        ..Ground::default()
    };
    let field = Field::new(size, ground)?;
    let fill = |user: usize| field.fill(user, memories);
    meter::run(field.clock(), THREADS, Until::Count(namespaces), &fill)?;
    let steps = cumulated(namespaces);
    let watched = Watched::default();
    let new = Mutex::default();
    let operation = |number: usize| {
        let mut numbers = Numbers::new(u64::try_from(number).unwrap_or(0) ^ 0x5eed);
        let user = drawn(&steps, numbers.below(1 << 52));
        if number.is_multiple_of(WRITES) {
            // A seed of the same user: its number modulo the namespaces stays the owner's.
            let seed = own_seed(user, namespaces, memories, number);
            return write(&field, user, seed, &new);
        }
        let found = field.recall_texts(user, &words(numbers.next(), 12))?;
        let foreign = found
            .iter()
            .filter(|text| owner(text, namespaces, memories) != Some(user));
        let foreign = u64::try_from(foreign.count()).unwrap_or(u64::MAX);
        watched.cross_reads.fetch_add(foreign, Ordering::Relaxed);
        Ok(())
    };
    let is_over = AtomicBool::new(false);
    let reading = std::thread::scope(|scope| {
        scope.spawn(|| watch(field.clock(), &watched, &is_over));
        let reading = meter::run(field.clock(), THREADS, Until::Time(time), &operation);
        is_over.store(true, Ordering::Relaxed);
        reading
    })?;
    let cross_reads = watched.cross_reads.load(Ordering::Relaxed);
    if cross_reads > 0 {
        return Err(Error::Failed(format!(
            "{cross_reads} answers held what is another's"
        )));
    }
    let name = format!(
        "Zipf {EXPONENT} over {namespaces} x {memories}, {} s, one write in {WRITES}, {THREADS} threads",
        time.as_secs()
    );
    let memory = watched.memory.into_inner().unwrap_or_default();
    Ok(vec![
        with_memory(Measured::new(name, &reading), memory).figure("cross-reads", 0.0),
    ])
}

/// Keeps a memory, or removes the oldest new one of a user who has enough of them.
fn write(field: &Field, user: usize, seed: u64, new: &Mutex<New>) -> Result<(), Error> {
    let lock = || new.lock().unwrap_or_else(PoisonError::into_inner);
    let oldest = {
        let mut new = lock();
        let own = new.entry(user).or_default();
        (own.len() >= NEW_MAX).then(|| own.pop_front()).flatten()
    };
    if let Some(oldest) = oldest {
        return field.forget(user, oldest);
    }
    let kept = field.remember_batch(user, &[seed])?;
    lock().entry(user).or_default().extend(kept);
    Ok(())
}

/// Memory in the middle and at the end: a leak shows as a difference.
fn with_memory(measured: Measured, memory: Vec<(f64, f64)>) -> Measured {
    let at = |share: usize| memory.get(memory.len().saturating_sub(1) * share / 4);
    let middle = at(2).map_or(0.0, |(_, mebibytes)| *mebibytes);
    let end = at(4).map_or(0.0, |(_, mebibytes)| *mebibytes);
    measured
        .figure("MiB at half time", middle)
        .figure("MiB at the end", end)
        .series("MiB by second", memory)
}

/// Notes memory once a second until the run is over.
fn watch(clock: &dyn Clock, watched: &Watched, is_over: &AtomicBool) {
    let began = clock.monotonic();
    while !is_over.load(Ordering::Relaxed) {
        let seconds = clock.monotonic().saturating_sub(began).as_secs_f64();
        if let Ok(mut memory) = watched.memory.lock() {
            memory.push((seconds, process::resident_mebibytes()));
        }
        std::thread::park_timeout(Duration::from_secs(1));
    }
}

/// A seed that the user's own memories alone have.
fn own_seed(user: usize, namespaces: usize, memories: usize, number: usize) -> u64 {
    let later = (number + 1) * namespaces * memories;
    u64::try_from(later + user * memories).unwrap_or(0)
}

/// Whose memory a text is: its seed says so.
fn owner(text: &str, namespaces: usize, memories: usize) -> Option<usize> {
    Some(seed(text)? % (namespaces * memories) / memories)
}

/// The cumulated shares of the ranks, the last one 1.
#[expect(clippy::cast_precision_loss, reason = "ranks are small")]
fn cumulated(count: usize) -> Vec<f64> {
    let shares = (1..=count).map(|rank| (rank as f64).powf(-EXPONENT));
    let mut sum = 0.0;
    let mut steps: Vec<f64> = shares
        .map(|share| {
            sum += share;
            sum
        })
        .collect();
    for step in &mut steps {
        *step /= sum;
    }
    steps
}

/// The rank that a number below 2^52 falls on.
#[expect(clippy::cast_precision_loss, reason = "a number below 2^52 is exact")]
fn drawn(steps: &[f64], number: usize) -> usize {
    let share = number as f64 / (1_u64 << 52) as f64;
    steps
        .partition_point(|step| *step <= share)
        .min(steps.len().saturating_sub(1))
}
