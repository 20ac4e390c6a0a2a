//! The filter language against a slow reading of its JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_model::fuzzing::filter(data));
