//! The cursors of lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_memory::fuzzing::cursor(data));
