//! The summary of a record reads back exactly, and anything else is refused.

use anchorhold_index::{Document, Language, analyse};
use proptest::prelude::*;

use super::*;

fn stored(content: &str, tags: Vec<String>, speaker: Option<String>, numbers: [i64; 3]) -> Stored {
    let document = Document {
        text: content,
        speaker: speaker.as_deref(),
        date: None,
    };
    let features = analyse(&document, Language::default());
    let [ordinal, event_time, created_at] = numbers;
    Stored {
        facets: Facets {
            id: RecordId::from_bytes([7; 16]),
            version: 3,
            ordinal: ordinal.unsigned_abs(),
            memory_type: MemoryType::Procedural,
            importance: Importance::new(0.25).unwrap(),
            tags,
            metadata: Metadata::from_stored("{\"a\":1}").unwrap(),
            speaker,
            conversation: Some("c".to_owned()),
            event_time: Some(Timestamp::from_milliseconds(event_time)),
            created_at: Timestamp::from_milliseconds(created_at),
            updated_at: Timestamp::from_milliseconds(created_at),
            expires_at: None,
        },
        content: Content::new(content).unwrap(),
        vector: Quantized::from_f32(&[0.5, -0.25, 1.0]),
        features,
        model: 9,
    }
}

proptest! {
    #[test]
    fn a_summary_reads_back_what_was_written(
        content in ".{1,200}", tags in proptest::collection::vec(".{0,20}", 0..4),
        speaker in proptest::option::of(".{1,20}"), numbers: [i64; 3],
    ) {
        let before = stored(&content, tags, speaker, numbers);
        let plain = encode(&before);
        prop_assert_eq!((plain.id, plain.version), (before.facets.id, 3));
        prop_assert_eq!(plain.content.as_slice(), before.content.as_str().as_bytes());
        let after = decode_summary(&plain.summary, before.facets.id, 3).unwrap();
        prop_assert!(before.facets == after.facets);
        prop_assert_eq!(&before.vector, &after.vector);
        prop_assert_eq!(before.model, after.model);
        prop_assert_eq!(&before.features.terms, &after.features.terms);
        prop_assert_eq!(&before.features.traits, &after.features.traits);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_summary(&bytes, RecordId::from_bytes([0; 16]), 1);
    }
}

#[test]
fn a_cut_or_foreign_summary_is_refused() {
    let before = stored("hello", Vec::new(), None, [1, 2, 3]);
    let body = encode(&before).summary;
    let is_refused = |body: &[u8]| decode_summary(body, before.facets.id, 3).is_err();
    for length in 0..body.len() {
        assert!(is_refused(&body[..length]), "{length}");
    }
    let mut newer = body.clone();
    newer[0] = 2;
    assert!(is_refused(&newer), "another format");
    let mut unknown = body;
    unknown.extend_from_slice(&[200, 0, 0, 0, 0]);
    assert!(is_refused(&unknown), "an unknown field");
}
