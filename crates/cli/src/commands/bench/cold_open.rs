//! Cold open: the first recall of a namespace that is neither in memory nor an open file. Its
//! log is no longer than the chores let one be (64 KiB); that of a user who was away for a minute is
//! empty.

use std::time::Duration;

use anchorhold_model::Clock;

use super::Size;
use super::corpus::words;
use super::field::{Field, Ground};
use super::meter;
use super::process;
use super::result::Measured;
use super::times::Times;
use crate::exit::Error;

/// The user whose namespace drives the other one out.
const OTHER: usize = 0;
/// The user whose namespace is opened.
const USER: usize = 1;

/// With 1,000 and with 10,000 memories.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let sizes = [(1_000, 2.0), (size.pick(10_000, 2_000), 20.0)];
    sizes
        .into_iter()
        .map(|(memories, target)| {
            // Room for one namespace alone, so that asking another one closes this one.
            let ground = Ground {
                handles_max: 1,
                residents_max: 1,
                ..Ground::default()
            };
            let field = Field::new(size, ground)?;
            field.fill(OTHER, 1)?;
            field.fill(USER, memories)?;
            field.wait_for_chores()?;
            let reading = open_again(&field, size.pick(60, 20))?;
            let name = format!("cold open of {memories} memories, with one recall");
            let largest = process::largest_file_bytes(field.path())?;
            let per_memory = largest / u64::try_from(memories).unwrap_or(1);
            let per_memory = f64::from(u32::try_from(per_memory).unwrap_or(u32::MAX));
            Ok(Measured::new(name, &reading)
                .at_most_cpu_ms(target)
                .figure("file per memory, bytes", per_memory))
        })
        .collect()
}

fn open_again(field: &Field, times: usize) -> Result<meter::Reading, Error> {
    let clock: &dyn Clock = field.clock();
    let question = words(3, 12);
    let (mut walls, mut wall, mut cpu) = (Times::default(), Duration::ZERO, Duration::ZERO);
    for _ in 0..times {
        field.recall(OTHER, &question)?;
        let (before, cpu_before) = (clock.monotonic(), meter::cpu());
        field.recall(USER, &question)?;
        let took = clock.monotonic().saturating_sub(before);
        cpu += meter::cpu().saturating_sub(cpu_before);
        wall += took;
        walls.add(took);
    }
    Ok(meter::reading(&walls, wall, cpu))
}
