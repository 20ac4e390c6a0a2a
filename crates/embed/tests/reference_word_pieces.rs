//! Word pieces are those of an independent tokenizer.

use anchorhold_embed::{BuiltinEncoder, Embedder};

use crate::support::{texts, word_pieces};

#[test]
fn word_pieces_are_those_of_the_independent_tokenizer() {
    let encoder = BuiltinEncoder::new().expect("loads");
    for (text, expected) in texts().iter().zip(word_pieces()) {
        assert_eq!(encoder.word_pieces(text), expected, "{text:?}");
        assert_eq!(
            encoder.embed(text).expect("embeds").tokens,
            expected.len(),
            "{text:?}"
        );
    }
}
