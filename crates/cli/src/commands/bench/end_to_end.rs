//! Recall from end to end: a question of 12 words, embedded by the built-in encoder.

use super::Size;
use super::corpus::words;
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::result::Measured;
use crate::exit::Error;
use anchorhold::house::builtin_embedder;

/// In a namespace of 1,000 memories, one question at a time and two.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let memories = 1_000;
    let ground = Ground {
        real: Some(builtin_embedder()?),
        ..Ground::default()
    };
    let field = Field::new(size, ground)?;
    field.fill(0, memories)?;
    let ask = |number: usize| field.recall(0, &words(u64::try_from(number).unwrap_or(0), 12));
    meter::run(field.clock(), 1, Until::Count(20), &ask)?;
    let mut results = Vec::new();
    for (threads, plural) in [(1, ""), (2, "s")] {
        let count = size.pick(2_000, 200);
        let reading = meter::run(field.clock(), threads, Until::Count(count), &ask)?;
        let name = format!("recall in {memories} memories, 12 words, {threads} thread{plural}");
        let measured = Measured::new(name, &reading);
        results.push(match threads {
            1 => measured.at_most_p50_ms(5.0),
            _ => measured,
        });
    }
    Ok(results)
}
