//! Names, ids, addresses and grants.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_model::fuzzing::address(data));
