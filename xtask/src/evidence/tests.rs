//! The page is what the shards give.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use anchorhold_evidence::Proof;

use super::page;

#[test]
fn shards_of_a_proof_are_added_up_and_stand_with_their_command() {
    let directory = tempfile::tempdir().unwrap();
    for (shard, kills, milliseconds) in [(1, 700, 2.5), (2, 1300, 3.0), (10, 0, 9.0)] {
        let mut proof = Proof::new("kills", "nothing is lost", &["P13", "P14"], "make evidence");
        proof.shard = shard;
        proof.count("kills", kills);
        proof.violation("writes lost", 0);
        proof.figure("recovery ms", milliseconds);
        proof.write_below(&directory.path().join("proofs")).unwrap();
    }
    let page = page(directory.path()).unwrap().text;
    assert!(page.contains("| [kills](#kills) | P13, P14 | kills: 2,000 | writes lost: 0 |"));
    assert!(page.contains("- command: `make evidence`\n- shards: 3, on commit "));
    assert!(page.contains("- recovery ms: 3 (from 2.5 to 9)"));
}

#[test]
fn a_shard_that_does_not_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let proof = directory.path().join("proofs/broken");
    std::fs::create_dir_all(&proof).unwrap();
    std::fs::write(proof.join("1.json"), "{").unwrap();
    let error = page(directory.path()).err().unwrap().to_string();
    assert!(error.contains("1.json"), "{error}");
}
