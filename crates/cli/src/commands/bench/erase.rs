//! Erasing a user, from the key to the receipt: as fast for many memories as for few.

use std::time::Duration;

use super::Size;
use super::field::{Field, Ground};
use super::meter;
use super::result::Measured;
use super::times::Times;
use crate::exit::Error;

/// Users with 10 memories, and users with 100,000.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let field = Field::new(size, Ground::default())?;
    let sizes = [
        (10, size.pick(500, 50)),
        (size.pick(100_000, 1_000), size.pick(30, 10)),
    ];
    let mut first = 0;
    let mut results = Vec::new();
    for (memories, users) in sizes {
        let (mut walls, mut wall, mut cpu) = (Times::default(), Duration::ZERO, Duration::ZERO);
        for user in first..first + users {
            field.fill(user, memories)?;
            field.wait_for_chores()?;
            let (before, cpu_before) = (field.clock().monotonic(), meter::cpu());
            field.erase(user)?;
            let took = field.clock().monotonic().saturating_sub(before);
            cpu += meter::cpu().saturating_sub(cpu_before);
            wall += took;
            walls.add(took);
        }
        first += users;
        let reading = meter::reading(&walls, wall, cpu);
        let name = format!("erase of a user with {memories} memories");
        results.push(Measured::new(name, &reading).at_most_p99_ms(20.0));
    }
    Ok(results)
}
