//! A disk that is full: for every number of pages that are still free, until a whole cycle of
//! writes fits.

use std::fs;

use anchorhold_evidence::Proof;

use super::house::House;
use super::small_disk::SmallDisk;
use crate::process::{Home, files_below};

#[test]
fn a_full_disk_refuses_writes_and_gives_reads_and_goes_on_when_there_is_room() {
    let mut home = Home::new();
    let disk = SmallDisk::mount(&home.data(), 8);
    home.within = disk.entrance();
    let mut house = House::new(home);
    let mut proof = Proof::new(
        "faults-full-disk",
        "on a disk of 8 MiB with so many free pages, for every number of pages",
        &["P16"],
        "cargo test --package anchorhold-cli --test suite faults::full_disk",
    );
    let mut refused = 0;
    for pages in 0.. {
        disk.fill(pages);
        let now: u64 = (0..2).map(|_| house.client.cycle()).sum();
        proof.count("disks filled", 1);
        refused += now;
        if pages % 8 == 3 {
            // Also a server that starts on a full disk reads.
            house.client.compare();
        }
        disk.free();
        house.client.recover();
        if now == 0 && pages > 16 {
            break;
        }
        if pages % 16 == 7 {
            house = house.restart();
        }
    }
    assert!(refused > 16, "a full disk refuses: {refused}");
    // The library looks where the disk is not mounted: there the files are copied to.
    let data = house.home.data();
    house.end_after(&mut proof, || {
        for path in files_below(disk.path()) {
            let name = path.strip_prefix(disk.path()).unwrap();
            fs::create_dir_all(data.join(name).parent().unwrap()).unwrap();
            fs::copy(&path, data.join(name)).unwrap();
        }
    });
}
