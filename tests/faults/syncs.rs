//! The n-th sync, write, cut or removal fails, for every n; and all of them until it is over.

use anchorhold_evidence::{Proof, shard};

use super::house::House;
use super::injection::Fault;
use crate::process::Home;

const SYNCS: &str = "fsync,fdatasync";

/// Every call that changes files, except those that sockets and wakers use too.
const CHANGES: &str = "pwrite64,ftruncate,unlink,unlinkat,rename";

/// Without a shard, every so many positions are tried. The seventh once left a file that nobody
/// could open.
const STRIDE: u64 = 7;

fn proof(name: &str, claim: &str) -> Proof {
    Proof::new(
        name,
        claim,
        &["P16", "P17"],
        "cargo test --package anchorhold-cli --test suite faults::syncs; with ANCHORHOLD_SHARD at \
         every position",
    )
}

/// Lets the n-th of `calls` of every thread fail, for every n until there is no n-th any more.
fn every(calls: &str, error: &str, first: u64, stride: u64, proof: &mut Proof) {
    let mut house = House::new(Home::new());
    let mut position = first;
    loop {
        let fault = Fault {
            calls,
            error,
            when: position.to_string(),
            path: None,
        };
        eprintln!("number {position} of {calls} fails with {error}");
        // A thread counts its own calls, and requests change threads: so more than one cycle.
        let hits = house.suffer(&fault, 3);
        if hits.injected == 0 {
            break;
        }
        proof.count("calls that failed", hits.injected);
        proof.count("positions", 1);
        position += stride;
        if position.is_multiple_of(10) {
            house = house.restart();
        }
    }
    assert!(
        position > 8,
        "the cycles make more than {position} of {calls}"
    );
    house.end(proof);
}

#[test]
fn no_write_is_acknowledged_after_a_sync_that_failed_and_everything_goes_on_by_itself() {
    let mut proof = proof("faults-sync", "the n-th sync fails, for every n");
    every(SYNCS, "EIO", 1, 1, &mut proof);
}

#[test]
fn a_write_a_cut_or_a_removal_that_fails_costs_nothing_that_was_acknowledged() {
    let mut proof = proof(
        "faults-write",
        "the n-th change of a file fails, for every n",
    );
    match shard() {
        Some(shard) => {
            let error = ["EIO", "ENOSPC", "EDQUOT"][usize::try_from(shard % 3).unwrap()];
            proof.note(&format!("the error is {error}"));
            every(CHANGES, error, 1, 1, &mut proof);
        }
        None => every(CHANGES, "EIO", STRIDE, STRIDE, &mut proof),
    }
}

#[test]
fn while_nothing_can_be_synced_or_written_reads_go_on_and_nothing_is_acknowledged() {
    let mut proof = proof(
        "faults-persistent",
        "every change fails until the fault is over",
    );
    let mut house = House::new(Home::new());
    let everything = format!("{SYNCS},{CHANGES}");
    for (calls, error) in [
        (SYNCS, "EIO"),
        (CHANGES, "EIO"),
        (CHANGES, "ENOSPC"),
        (&everything, "EROFS"),
    ] {
        let before = house.client.writes();
        let fault = Fault {
            calls,
            error,
            when: "1+".to_owned(),
            path: None,
        };
        let injection = super::injection::Injection::begin(&house.home, &house.server, &fault);
        let refused: u64 = (0..3).map(|_| house.client.cycle()).sum();
        assert_eq!(
            house.client.writes(),
            before,
            "acknowledged while {calls} fail"
        );
        let hits = injection.end();
        assert!(hits.believed.is_empty(), "{:?}", hits.believed);
        assert!(refused > 0 && hits.injected > 0);
        proof.count("calls that failed", hits.injected);
        house.client.recover();
        house = house.restart();
    }
    house.end(&mut proof);
}

/// The log of the audit and the logs of namespaces, each on its own: `sync` fails, then `write`.
#[test]
fn a_file_that_fails_alone_stops_what_needs_it_and_goes_on_by_itself() {
    let mut proof = proof("faults-one-file", "one file after the other fails");
    let mut house = House::new(Home::new());
    let data = house.home.data();
    let mut files = crate::process::files_below(&data.join("audit"));
    files.extend(house.home.namespace_files("db-wal"));
    files.extend(house.home.namespace_files("db"));
    for name in [
        "keyring.db",
        "keyring.db-wal",
        "catalogue.db",
        "catalogue.db-wal",
    ] {
        files.push(data.join(name));
    }
    for path in &files {
        for (calls, when) in [
            (SYNCS, "1"),
            (SYNCS, "1+"),
            ("write,pwrite64", "1"),
            ("write,pwrite64", "1+"),
        ] {
            let fault = Fault {
                calls,
                error: "EIO",
                when: when.to_owned(),
                path: Some(path),
            };
            let hits = house.suffer(&fault, 2);
            proof.count("calls that failed", hits.injected);
            proof.count("faults", 1);
        }
    }
    house.end(&mut proof);
}
