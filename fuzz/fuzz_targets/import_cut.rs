//! The lines of a body that comes in pieces.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_http::fuzzing::import_cut(data));
