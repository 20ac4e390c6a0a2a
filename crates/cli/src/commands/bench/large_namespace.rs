//! One large namespace: recall in 300,000 memories.

use super::Size;
use super::corpus::words;
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::result::Measured;
use crate::exit::Error;

/// Recall without embedding, on one thread and on two.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let memories = size.pick(300_000, 30_000);
    let field = Field::new(size, Ground::default())?;
    field.fill(0, memories)?;
    let mut results = Vec::new();
    for (threads, plural) in [(1, ""), (2, "s")] {
        let ask = |number: usize| field.recall(0, &words(u64::try_from(number).unwrap_or(0), 12));
        let count = size.pick(2_000, 200);
        let reading = meter::run(field.clock(), threads, Until::Count(count), &ask)?;
        let name =
            format!("recall in {memories} memories, {threads} thread{plural}, without embedding");
        results.push(Measured::new(name, &reading).at_most_cpu_ms(2.0));
    }
    Ok(results)
}
