//! Recall without embedding: gate, search, fusion, and opening the best ten.

use super::Size;
use super::corpus::words;
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::result::Measured;
use crate::exit::Error;

/// In namespaces of 1,000 and of 10,000 memories.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let field = Field::new(size, Ground::default())?;
    let mut results = Vec::new();
    for (memories, target) in [(1_000, 0.15), (10_000, 1.0)] {
        field.fill(memories, memories)?;
        let ask = |number: usize| {
            let seed = u64::try_from(number).unwrap_or(0);
            field.recall(memories, &words(seed, 12))
        };
        meter::run(field.clock(), 1, Until::Count(50), &ask)?;
        let count = size.pick(5_000, 500);
        let reading = meter::run(field.clock(), 1, Until::Count(count), &ask)?;
        let name = format!("recall in {memories} memories, without embedding");
        results.push(Measured::new(name, &reading).at_most_cpu_ms(target));
    }
    Ok(results)
}
