//! Must not compile: debug the content of a memory.

use anchorhold_model::Content;

fn show(content: &Content) -> String {
    format!("{content:?}")
}

fn main() {}
