//! Bodies of fuzz targets: addresses and the filter language.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

mod address;
mod filter;

pub use address::address;
pub use filter::filter;

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_meet_when_they_are_equal_and_parts_are_what_was_written() {
        anchorhold_fuzzing::replay("address", super::address);
    }

    #[test]
    fn a_filter_says_what_its_json_says() {
        anchorhold_fuzzing::replay("filter", super::filter);
    }
}
