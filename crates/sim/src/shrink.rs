//! From a run that found something to the few steps that are needed to find it.

use crate::duo::{Run, Violation};

/// Leaves out whatever is not needed for a violation, and answers what is left with what it shows.
pub fn shrink(run: &Run, found: &Violation) -> (Run, Violation) {
    let mut best = (run.clone(), found.clone());
    let mut alone = run.clone();
    alone.mask.only = Some(found.pair);
    alone.steps = run.steps.min(found.step + 1);
    attempt(&mut best, alone);
    for step in (0..best.0.steps).rev() {
        let mut shorter = best.0.clone();
        shorter.mask.steps.insert(step);
        attempt(&mut best, shorter);
        for side in 0..2 {
            let mut quieter = best.0.clone();
            quieter.mask.rounds.insert((side, step));
            attempt(&mut best, quieter);
        }
    }
    best
}

fn attempt(best: &mut (Run, Violation), run: Run) {
    if let Err(violation) = run.run() {
        *best = (run, *violation);
    }
}
