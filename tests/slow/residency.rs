//! Many more users than fit into memory at once: every answer right, and memory bounded.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::house::{House, Plot};

const USERS: usize = 10_000;
const OPEN_MAX: usize = 64;
const THREADS: usize = 8;

/// What the process may hold, encoder and SQLite included; measured 75.
const RESIDENT_MIB_MAX: u64 = 120;

fn facts(user: usize) -> [String; 2] {
    [
        format!("My locker at the station has the number {}.", user * 7 + 13),
        format!("On Sundays I visit aunt number {user} and bring her tulips."),
    ]
}

/// What the process holds in memory.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.expect("the kernel tells what a process holds") / 1_024
}

/// Does something for every user, on some threads.
fn for_all(house: &House, what: &str, run: impl Fn(&House, usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                loop {
                    let user = next.fetch_add(1, Ordering::Relaxed);
                    if user >= USERS {
                        break;
                    }
                    run(house, user);
                }
            });
        }
    });
    eprintln!("{what}: {} MiB resident", resident_mib());
}

/// Set for the process that does nothing else: what other tests leave in memory is not counted.
const ALONE: &str = "ANCHORHOLD_ALONE";

#[test]
fn ten_thousand_users_get_right_answers_from_sixty_four_places() {
    #[expect(clippy::disallowed_methods, reason = "which process this is")]
    let is_alone = std::env::var_os(ALONE).is_some();
    if is_alone {
        return ten_thousand_users();
    }
    let name = "residency::ten_thousand_users_get_right_answers_from_sixty_four_places";
    let status = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

fn ten_thousand_users() {
    let plot = Plot::new();
    let house = plot.open(OPEN_MAX).unwrap();
    eprintln!("before: {} MiB resident", resident_mib());
    let name = |user: usize| format!("user {user}");
    for_all(&house, "first facts kept", |house, user| {
        house.keep(&name(user), &facts(user)[0]);
    });
    // By now everybody but the last few was put out of memory once.
    for_all(&house, "second facts kept", |house, user| {
        house.keep(&name(user), &facts(user)[1]);
    });
    let check = |house: &House, user: usize| {
        let [locker, aunt] = facts(user);
        let found = house
            .recall(&name(user), "which number does my locker have")
            .unwrap();
        assert_eq!(found, [locker.clone(), aunt.clone()], "user {user}");
        assert_eq!(
            house.list(&name(user)).unwrap(),
            [aunt, locker],
            "user {user}"
        );
    };
    for_all(&house, "all asked", check);
    house.close();
    let house = plot.open(OPEN_MAX).unwrap();
    for_all(&house, "all asked after a restart", check);
    let resident = resident_mib();
    assert!(
        resident <= RESIDENT_MIB_MAX,
        "{resident} MiB resident, expected {RESIDENT_MIB_MAX}"
    );
}
