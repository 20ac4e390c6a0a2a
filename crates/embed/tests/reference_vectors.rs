//! On every path, int8 vectors point where the float vectors of an independent implementation do.

use anchorhold_embed::Embedder;

use crate::support::{assert_finite_unit, cosine, encoders, texts, vectors};

#[test]
fn every_path_agrees_with_the_independent_float_reference() {
    let (texts, vectors) = (texts(), vectors());
    assert_eq!((texts.len(), vectors.len()), (200, 200));
    for (position, (path, encoder)) in encoders().into_iter().enumerate() {
        // Every text on the fastest path; the others give the same bytes, and have another test
        // for that.
        let step = if position == 0 { 1 } else { 10 };
        let mut cosines = Vec::new();
        for (text, reference) in texts.iter().zip(&vectors).step_by(step) {
            let embedding = encoder.embed(text).expect("embeds");
            assert_finite_unit(&embedding.vector, text);
            cosines.push((cosine(&embedding.vector, reference), text));
        }
        let mean = cosines.iter().map(|(cosine, _)| cosine).sum::<f64>() / cosines.len() as f64;
        cosines.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (least, text) = cosines[0];
        println!("{path}: cosine mean {mean:.5}, least {least:.5} ({text:?})");
        assert!(mean >= 0.998, "{path}: mean cosine {mean}");
        assert!(least >= 0.995, "{path}: least cosine {least} for {text:?}");
    }
}
