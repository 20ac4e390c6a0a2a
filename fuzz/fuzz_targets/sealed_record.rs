//! Records that are sealed, changed and moved.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_crypto::fuzzing::sealed_record(data));
