//! The text of an API key.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_crypto::fuzzing::key_text(data));
