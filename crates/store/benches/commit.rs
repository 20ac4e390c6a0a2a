//! Durable commits per second: one namespace, many hot ones, and many more than there are handles.
//!
//! `cargo bench -p anchorhold-store --bench commit` runs on a temporary directory (`TMPDIR` says
//! on which disk). Every commit is one record of 900 bytes, acknowledged after its fsync.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench measures with the system's clock and may stop at the first surprise"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anchorhold_identity::{Scope, Write};
use anchorhold_store::{Act, AuditMode, Outcome};
use support::{World, plain, world_with};

struct Case {
    name: &'static str,
    namespaces: usize,
    handles: usize,
    writers: usize,
    commits: usize,
    audit: AuditMode,
}

fn main() {
    let case = |name, namespaces, handles, writers, commits, audit| Case {
        name,
        namespaces,
        handles,
        writers,
        commits,
        audit,
    };
    let (off, on) = (AuditMode::Off, AuditMode::Required);
    for case in [
        case("1 writer, 1 namespace", 1, 2_048, 1, 3_000, off),
        case("16 writers, 1 namespace", 1, 2_048, 16, 20_000, off),
        case(
            "16 writers, 1,000 namespaces",
            1_000,
            2_048,
            16,
            40_000,
            off,
        ),
        case(
            "16 writers, 1,000 namespaces, audit",
            1_000,
            2_048,
            16,
            40_000,
            on,
        ),
        case(
            "16 writers, 20,000 namespaces",
            20_000,
            2_048,
            16,
            30_000,
            off,
        ),
        case(
            "16 writers, 20,000 namespaces, audit",
            20_000,
            2_048,
            16,
            30_000,
            on,
        ),
    ] {
        // A word behind `--` chooses the cases whose names hold it.
        let mut words = std::env::args()
            .skip(1)
            .filter(|word| !word.starts_with('-'));
        if words.all(|word| case.name.contains(&word)) {
            run(&case);
        }
    }
}

/// What the disk itself gives: as many files as threads, 4 KiB appended and synced each time.
fn bare(threads: usize) -> usize {
    let start = Instant::now();
    let count = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut file = tempfile::tempfile().unwrap();
                while start.elapsed() < Duration::from_secs(1) {
                    file.write_all(&[7; 4_096]).unwrap();
                    file.sync_data().unwrap();
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    count.into_inner()
}

fn run(case: &Case) {
    let disk = bare(case.writers);
    let world = world_with(case.handles, case.audit);
    let scopes: Vec<Scope<Write>> = (0..case.namespaces)
        .map(|number| world.scope(&format!("user-{number}")))
        .collect();
    let start = Instant::now();
    each(case.writers, case.namespaces, |index| {
        commit(&world, &scopes[index], index, 0);
    });
    let made = start.elapsed();
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let (elapsed, checkpoints) = std::thread::scope(|threads| {
        let background = threads.spawn(|| {
            let mut checkpoints = 0;
            while !stop.load(Ordering::Relaxed) {
                checkpoints += world.store().vault().checkpoint_due().unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
            checkpoints
        });
        each(case.writers, case.commits, |index| {
            // A full-period stride visits the namespaces in an order without locality.
            let target = index.wrapping_mul(7_919) % case.namespaces;
            commit(&world, &scopes[target], target, index + 1);
        });
        let elapsed = start.elapsed();
        stop.store(true, Ordering::Relaxed);
        (elapsed, background.join().unwrap())
    });
    println!(
        "{:<38} {:>7.0} commits/s (disk alone {disk}/s; {} checkpoints; first writes {:.0}/s)",
        case.name,
        case.commits as f64 / elapsed.as_secs_f64(),
        checkpoints,
        case.namespaces as f64 / made.as_secs_f64(),
    );
}

/// Runs `count` jobs on some threads.
fn each(threads: usize, count: usize, job: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    job(index);
                }
            });
        }
    });
}

fn commit(world: &World, scope: &Scope<Write>, namespace: usize, number: usize) {
    let store = world.store();
    let text = "a memory of some length. ".repeat(36);
    let id = (namespace as u128) << 64 | number as u128;
    let act = Act {
        actor: scope.actor(),
        verb: "remember",
        namespace: Some(scope.namespace()),
        records: 1,
    };
    let intent = store.audit().intent(&act).unwrap();
    store
        .vault()
        .commit(scope, vec![plain(id, 1, &text)])
        .unwrap();
    store.audit().outcome(intent, Outcome::Done).unwrap();
}
