//! Many runs on all processors, until one finds something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anchorhold_sim::duo::{Run, Tally, Violation};
use anchorhold_sim::world::Layer;

/// Callers of one run, who come one after the other.
const PAIRS: usize = 20;
/// Steps of a caller.
const STEPS: usize = 10;

/// What was done, and what was found.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    pub(crate) found: Option<Box<Violation>>,
}

/// The run of a seed.
pub(crate) fn run_of(seed: u64, layer: Layer) -> Run {
    Run::new(seed, PAIRS, STEPS, layer)
}

/// Runs seeds from `first` on until so many callers were compared, or something was found.
pub(crate) fn search(
    first: u64,
    pairs: u64,
    layer: Layer,
    run: impl Fn(Run) -> Result<Tally, Box<Violation>> + Sync,
) -> Outcome {
    let next = AtomicU64::new(first);
    let done = Mutex::new(Outcome::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            {
                let done = done.lock().unwrap();
                if done.tally.pairs >= pairs || done.found.is_some() {
                    return;
                }
            }
            let ran = run(run_of(seed, layer));
            let mut done = done.lock().unwrap();
            match ran {
                Ok(tally) => done.tally.add(tally),
                Err(found) => done.found = Some(found),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    done.into_inner().unwrap()
}
