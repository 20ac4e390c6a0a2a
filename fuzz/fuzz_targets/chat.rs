//! Bodies of chats, and the prompts that are made of them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| anchorhold_proxy::fuzzing::chat(data));
