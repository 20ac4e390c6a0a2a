//! Headers that say who the user is, as a set.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_identity::fuzzing::identity_headers(data));
