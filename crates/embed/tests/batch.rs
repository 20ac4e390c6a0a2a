//! A batch is only a faster way to ask for single texts.

use anchorhold_embed::{BuiltinEncoder, Embedder};

use crate::support::texts;

#[test]
fn a_batch_equals_its_texts_one_by_one() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let batch = encoder.embed_batch(&texts, &|| true).expect("embeds");
    assert_eq!(batch.len(), texts.len());
    for (text, embedding) in texts.iter().zip(&batch) {
        assert_eq!(embedding, &encoder.embed(text).expect("embeds"), "{text:?}");
    }
    assert_eq!(encoder.embed_batch(&[], &|| true), Ok(Vec::new()));
}
