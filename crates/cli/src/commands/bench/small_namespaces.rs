//! Many small namespaces, as an application with many users has them: loaded, then asked.

use super::Size;
use super::corpus::{Numbers, words};
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::result::Measured;
use crate::exit::Error;

/// 1,000 namespaces of 1,000 memories.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let namespaces = size.pick(1_000, 50);
    let memories = size.pick(1_000, 200);
    let field = Field::new(size, Ground::default())?;
    let fill = |user: usize| field.fill(user, memories);
    let reading = meter::run(field.clock(), 4, Until::Count(namespaces), &fill)?;
    let loaded = format!("fill one of {namespaces} namespaces with {memories} memories");
    let mut results = vec![Measured::new(loaded, &reading)];
    for (threads, plural) in [(1, ""), (2, "s")] {
        let ask = |number: usize| {
            let seed = u64::try_from(number).unwrap_or(0);
            let user = Numbers::new(seed).below(namespaces);
            field.recall(user, &words(seed, 12))
        };
        let count = size.pick(20_000, 2_000);
        let reading = meter::run(field.clock(), threads, Until::Count(count), &ask)?;
        let name = format!(
            "recall over {namespaces} x {memories}, {threads} thread{plural}, without embedding"
        );
        results.push(Measured::new(name, &reading));
    }
    Ok(results)
}
