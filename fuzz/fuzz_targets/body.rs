//! The bodies of requests.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_wire::fuzzing::body(data));
