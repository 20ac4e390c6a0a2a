//! Signed requests.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_identity::fuzzing::signed_request(data));
