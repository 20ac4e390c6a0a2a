//! Streams of events as model servers send them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_proxy::fuzzing::stream_events(data));
