//! The rows of the catalogue.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_store::fuzzing::catalogue_row(data));
