//! A shard is written whole, and reads back as it was.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use super::Proof;

#[test]
fn a_shard_reads_back_as_it_was_written() {
    let directory = tempfile::tempdir().unwrap();
    let mut proof = Proof::new("a-proof", "nothing is lost", &["P13"], "make test");
    proof.count("kills", 2);
    proof.count("kills", 3);
    proof.violation("writes lost", 0);
    proof.figure("p99 ms", 1.5);
    proof.note("a note");
    let path = proof.write_below(directory.path()).unwrap();
    let read: Proof = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(!read.commit.is_empty());
    assert_eq!(read.counts.get("kills"), Some(&5));
    proof.commit.clone_from(&read.commit);
    assert_eq!(read, proof);
    assert!(path.ends_with(format!("a-proof/{}.json", read.shard)));
}
