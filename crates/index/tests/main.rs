//! The promises of the index, seen from outside; one file per promise.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its input has to fail"
)]

#[path = "main/bytes_are_counted.rs"]
mod bytes_are_counted;
#[path = "main/filters_apply_before_ranking.rs"]
mod filters_apply_before_ranking;
#[path = "main/filters_are_sets.rs"]
mod filters_are_sets;
#[path = "main/history_is_forgotten.rs"]
mod history_is_forgotten;
#[path = "main/hostile_text_is_text.rs"]
mod hostile_text_is_text;
#[path = "main/names_are_taken_out.rs"]
mod names_are_taken_out;
#[path = "main/second_stage.rs"]
mod second_stage;
#[path = "main/steps_rank.rs"]
mod steps_rank;
#[path = "main/support.rs"]
mod support;
#[path = "main/thresholds_hold.rs"]
mod thresholds_hold;
