//! The lines of an import.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_wire::fuzzing::import_line(data));
