//! A text has one vector: on every run, in every thread, on every path of the processor.

use anchorhold_embed::weights::checksum;
use anchorhold_embed::{BuiltinEncoder, Dispatch, Embedder};

use crate::support::{encoders, texts};

#[test]
fn every_path_gives_the_same_vector_byte_for_byte() {
    let texts = texts();
    let paths = encoders();
    let (first, encoder) = &paths[0];
    // Every third, and plain code every twelfth: it is slow, and the kernels have exact tests of
    // their own.
    for (number, text) in texts.iter().step_by(3).enumerate() {
        let expected = encoder.embed(text).expect("embeds");
        for (path, encoder) in &paths[1..] {
            if *path == Dispatch::Portable && !number.is_multiple_of(4) {
                continue;
            }
            assert_eq!(
                encoder.embed(text).expect("embeds"),
                expected,
                "{first} and {path}: {text:?}"
            );
        }
    }
}

#[test]
fn threads_that_share_an_encoder_get_the_vectors_of_one_thread() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let texts = texts();
    let alone: Vec<_> = texts
        .iter()
        .map(|text| encoder.embed(text).expect("embeds"))
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (encoder, texts, alone) = (&encoder, &texts, &alone);
            scope.spawn(move || {
                for index in (0..texts.len()).map(|index| (index * 7 + thread * 31) % texts.len()) {
                    assert_eq!(encoder.embed(&texts[index]).as_ref(), Ok(&alone[index]));
                }
            });
        }
    });
}

/// Stored vectors are compared with those of newer builds: tuning must not move a bit of them.
#[test]
fn vectors_are_those_of_the_build_that_first_stored_some() {
    let encoder = BuiltinEncoder::new().expect("loads");
    let long = texts().join(" ");
    let bytes: Vec<u8> = texts()
        .iter()
        .chain([&long])
        .flat_map(|text| encoder.embed(text).expect("embeds").vector)
        .flat_map(f32::to_le_bytes)
        .collect();
    assert_eq!(checksum(&bytes), 17_255_603_592_089_169_914);
}
