//! Every bit of every file: right data or a typed error, and damage to one namespace's file stays
//! with that namespace.

use anchorhold_evidence::{Proof, shard};

use crate::plot::{Files, Plot, Tally};

/// Without a shard, one bit of so many bytes of each file, another one each time.
const STRIDE: usize = 307;

/// A shard is one bit of every byte, so that eight of them are all.
#[test]
fn flipped_bits_of_every_file_give_right_data_or_an_error_and_stay_where_they_are() {
    let mut plot = Plot::new();
    let mut proof = Proof::new(
        "flips",
        "one bit of any file of a small store is flipped: shard n is bit n of every byte",
        &["P15"],
        "cargo test --package anchorhold-store --test main flips::",
    );
    let mut tally = Tally::new();
    for (path, bytes) in plot.whole().clone() {
        let name = path
            .strip_prefix(plot.world.data())
            .unwrap()
            .display()
            .to_string();
        let (step, bit) = match shard() {
            Some(shard) => (1, usize::try_from(shard % 8).unwrap()),
            None => (STRIDE, 0),
        };
        for position in (0..bytes.len()).step_by(step) {
            let bit = if step == 1 { bit } else { position % 8 };
            let mut changed = bytes.clone();
            changed[position] ^= 1 << bit;
            let changed = Files::from([(path.clone(), changed)]);
            plot.look(
                &changed,
                &format!("bit {bit} of byte {position} of {name}"),
                &mut tally,
            );
            proof.count("bits flipped", 1);
        }
        proof.count("bytes in files", u64::try_from(bytes.len()).unwrap());
    }
    for (seen, count) in tally {
        proof.count(&format!("seen {seen:?}"), count);
    }
    for violation in [
        "wrong data",
        "damage to another namespace",
        "namespaces lost",
    ] {
        proof.violation(violation, 0);
    }
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
}
