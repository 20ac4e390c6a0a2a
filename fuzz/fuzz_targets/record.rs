//! The summary of a record.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_memory::fuzzing::record(data));
