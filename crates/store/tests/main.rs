//! What the store promises, one file per group of promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod backup;
mod backup_under_load;
mod commit;
mod concurrent;
mod damage;
mod erase;
mod flips;
mod model;
mod plot;
mod splice;
mod start;
mod support;
mod survey;
mod survey_of_flips;
mod upkeep;
mod wal;
