//! Many runs on all processors, until one finds something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anchorhold_sim::duo::{Run, Tally};
use anchorhold_sim::shrink::shrink;

/// Callers of one run, who come one after the other.
const PAIRS: usize = 20;
/// Steps of a caller.
const STEPS: usize = 10;

/// The run of a seed.
pub(crate) fn run_of(seed: u64) -> Run {
    Run::new(seed, PAIRS, STEPS)
}

/// Runs seeds from `first` on until so many callers were compared; what is found ends it, with the
/// few steps that show it.
pub(crate) fn run(first: u64, pairs: u64) -> Tally {
    let next = AtomicU64::new(first);
    let done = Mutex::new((Tally::default(), None));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            {
                let done = done.lock().unwrap();
                if done.0.pairs >= pairs || done.1.is_some() {
                    return;
                }
            }
            let ran = run_of(seed).run();
            let mut done = done.lock().unwrap();
            match ran {
                Ok(tally) => done.0.add(tally),
                Err(found) => done.1 = Some((seed, found)),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let (tally, found) = done.into_inner().unwrap();
    if let Some((seed, found)) = found {
        let (run, shown) = shrink(&run_of(seed), &found);
        panic!("put seed {seed} into tests/seeds.txt.\nfound: {found}\nleast: {shown}\n{run:?}");
    }
    tally
}
