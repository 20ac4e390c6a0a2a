//! Messages of the Model Context Protocol, and the arguments of its tools.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_mcp::fuzzing::mcp_message(data));
