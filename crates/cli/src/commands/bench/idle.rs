//! Users who are not there: what they cost on the disk, at a start, and in memory.

use std::path::Path;

use super::Size;
use super::corpus::words;
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::process;
use super::result::Measured;
use crate::exit::Error;

/// Writers that make the users.
const WRITERS: usize = 16;
/// Namespaces that may be open, so that nearly all are idle.
const OPEN_MAX: usize = 64;
/// First recalls after the restart.
const RECALLS: usize = 500;

/// One memory each, then a restart, then the first recall of some.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let users = size.pick(100_000, 1_000);
    let ground = Ground {
        handles_max: OPEN_MAX,
        residents_max: OPEN_MAX,
        ..Ground::default()
    };
    let field = Field::new(size, ground)?;
    let empty = process::resident_mebibytes();
    let write = |user| field.remember(user, u64::try_from(user).unwrap_or(0));
    let first = meter::run(field.clock(), WRITERS, Until::Count(users), &write)?;
    let written = process::resident_mebibytes();
    let (field, start) = field.reopened()?;
    let started = process::resident_mebibytes();
    let (files, threads) = (process::open_files(), process::threads());
    let (stored, logs) = bytes_below(field.path())?;
    let question = words(3, 12);
    let ask = |number: usize| field.recall(number * 89 % users, &question);
    let cold = meter::run(field.clock(), 1, Until::Count(RECALLS), &ask)?;
    let per_user = |bytes: u64| kibibytes(bytes) / f64::from(u32::try_from(users).unwrap_or(1));
    let idle = Measured::new(format!("first recall of one of {users} idle users"), &cold)
        .figure("start, s", start.as_secs_f64())
        .figure("memory before the users, MiB", empty)
        .figure("memory after their first writes, MiB", written)
        .figure("memory after the restart, MiB", started)
        .figure("open files after the restart", small(files))
        .figure("threads after the restart", small(threads))
        .figure("disk per user, KiB", per_user(stored))
        .figure("logs per user until they are emptied, KiB", per_user(logs));
    let name = format!("first write of {users} users, {WRITERS} writers");
    Ok(vec![Measured::new(name, &first), idle])
}

fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a figure of few digits is printed"
)]
fn kibibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// Bytes of all files, and of the write-ahead logs, which are counted apart.
fn bytes_below(directory: &Path) -> Result<(u64, u64), Error> {
    let (mut stored, mut logs) = (0, 0);
    process::files_below(directory, &mut |path, bytes| {
        if path.to_string_lossy().ends_with("-wal") {
            logs += bytes;
        } else {
            stored += bytes;
        }
    })?;
    Ok((stored, logs))
}
