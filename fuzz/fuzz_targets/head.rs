//! The head of a request: path, query, identity headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_http::fuzzing::head(data));
