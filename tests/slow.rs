//! The long runs, on the release binary: `make test-slow`. Every promise at large size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that finds something else fails, and says where"
)]

#[path = "slow/browser.rs"]
mod browser;
#[allow(dead_code, reason = "the suite uses all of it")]
mod crash;
#[path = "slow/flips.rs"]
mod flips;
#[path = "slow/house.rs"]
mod house;
#[path = "slow/porting.rs"]
mod porting;
#[allow(dead_code, reason = "the suite uses all of it")]
mod process;
mod recall;
#[path = "slow/residency.rs"]
mod residency;
#[allow(dead_code, unused_imports, reason = "the suite uses all of it")]
mod support;

#[test]
fn three_hundred_kills_lose_no_acknowledged_write_and_leave_no_half_of_another() {
    crash::survive(300);
}

#[test]
fn two_hundred_kills_inside_erasures_leave_all_of_a_user_or_nothing() {
    crash::phases::erase(200);
}

#[test]
fn two_hundred_kills_inside_checkpoints_lose_nothing() {
    crash::phases::checkpoint(200);
}

#[test]
fn two_hundred_kills_inside_backups_change_nothing() {
    crash::moves::backup(200);
}

#[test]
fn two_hundred_kills_inside_restores_leave_the_old_state_or_the_new_one() {
    crash::moves::restore(200);
}

#[test]
fn two_hundred_kills_inside_imports_leave_whole_commits() {
    crash::moves::import(200);
}

#[test]
fn a_hundred_kills_inside_moves_leave_each_memory_in_one_place() {
    crash::moves::relocation(100);
}
