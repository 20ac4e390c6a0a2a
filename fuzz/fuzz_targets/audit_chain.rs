//! The audit log of a tenant.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_store::fuzzing::audit_chain(data));
