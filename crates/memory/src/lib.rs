//! One verb, one file: remember, recall, forget, erase. Also the public Rust library.
