//! Files that may not grow beyond a size (`ulimit -f`): the system would end the process, which
//! must get an error instead.

use anchorhold_evidence::Proof;
use rustix::process::{Resource, Rlimit, prlimit};

use super::house::House;
use crate::process::Home;

#[test]
fn files_that_may_not_grow_refuse_writes_and_do_not_end_the_server() {
    let mut house = House::new(Home::new());
    let mut proof = Proof::new(
        "faults-file-size",
        "no file may grow beyond a limit",
        &["P16"],
        "cargo test --package anchorhold-cli --test suite faults::file_size",
    );
    for limit in [0, 1, 4_096, 9_000, 20_000, 40_000, 80_000] {
        let pid = Some(house.server.pid());
        let little = Rlimit {
            current: Some(limit),
            maximum: None,
        };
        let before = prlimit(pid, Resource::Fsize, little).unwrap();
        let refused: u64 = (0..3).map(|_| house.client.cycle()).sum();
        assert!(
            house.server.is_alive(),
            "the limit of {limit} ended the server"
        );
        assert!(
            refused > 0 || limit > 4_096,
            "{limit} is enough for everything"
        );
        proof.count("limits", 1);
        prlimit(pid, Resource::Fsize, before).unwrap();
        house.client.recover();
    }
    house.end(&mut proof);
}
