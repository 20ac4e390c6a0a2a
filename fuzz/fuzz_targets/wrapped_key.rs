//! Keys that are wrapped, changed and taken elsewhere.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_crypto::fuzzing::wrapped_key(data));
