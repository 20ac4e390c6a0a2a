//! Must not compile: debug an api key.

use anchorhold_crypto::Token;

fn show(token: &Token) -> String {
    format!("{token:?}")
}

fn main() {}
