//! The head of a backup.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_store::fuzzing::backup_head(data));
