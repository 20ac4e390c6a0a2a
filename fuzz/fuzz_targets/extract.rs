//! The extracts of a namespace file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_store::fuzzing::extract(data));
