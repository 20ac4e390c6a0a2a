//! Body of a fuzz target: a summary that is read is written as what was read. Some inputs are made
//! into a whole summary first, so that what comes behind the fields is reached too.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use super::*;

const ID: RecordId = RecordId::from_bytes([7; 16]);

/// Bytes of a summary, or what one is made of and a change of it.
pub(crate) fn record(data: &[u8]) {
    let Some((&road, rest)) = data.split_first() else {
        return;
    };
    if road & 1 == 0 {
        both(rest);
        return;
    }
    let Some((numbers, texts)) = rest.split_first_chunk::<24>() else {
        return;
    };
    let mut bytes = encode_summary(&made(numbers, texts));
    assert!(both(&bytes), "what was written is not read");
    if road & 2 != 0 {
        let at = (usize::from(numbers[0]) << 8 | usize::from(numbers[1])) % bytes.len();
        match road & 0b1100 {
            0 => bytes.truncate(at),
            0b0100 => bytes[at] = numbers[2],
            0b1000 => drop(bytes.remove(at)),
            _ => bytes.insert(at, numbers[2]),
        }
        both(&bytes);
    }
}

/// Whether it is read; what is read, written and read again is the same.
fn both(bytes: &[u8]) -> bool {
    let Ok(read) = decode_summary(bytes, ID, 3) else {
        return false;
    };
    let stored = stored(read);
    let written = encode_summary(&stored);
    let Ok(again) = decode_summary(&written, ID, 3) else {
        return false;
    };
    assert!(again.facets == stored.facets);
    assert!(again.vector == stored.vector && again.features.terms == stored.features.terms);
    assert!(again.features.traits == stored.features.traits);
    assert_eq!(again.model, stored.model);
    assert!(encode_summary(&self::stored(again)) == written);
    true
}

fn stored(summary: Summary) -> Stored {
    Stored {
        facets: summary.facets,
        content: Content::new("content").unwrap(),
        vector: summary.vector,
        features: summary.features,
        model: summary.model,
    }
}

/// A memory out of an input: numbers, and texts that end at line ends.
fn made(numbers: &[u8; 24], texts: &[u8]) -> Stored {
    let number = |at: usize| i64::from_be_bytes(numbers[at..at + 8].try_into().unwrap());
    let time = |at: usize| Timestamp::from_milliseconds(number(at));
    let text = String::from_utf8_lossy(texts);
    let mut lines = text.lines().map(str::to_owned);
    let (speaker, conversation) = (lines.next(), lines.next());
    let mut hashes: Vec<u32> = texts
        .chunks(3)
        .map(|chunk| {
            chunk
                .iter()
                .fold(1, |hash, byte| hash << 8 | u32::from(*byte))
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    let counts: Box<[u8]> = hashes
        .iter()
        .map(|hash| hash.to_le_bytes()[0] & 0x7f | 1)
        .collect();
    let words = counts.iter().map(|count| u32::from(*count)).sum();
    Stored {
        facets: Facets {
            id: ID,
            version: 3,
            ordinal: number(0).unsigned_abs(),
            memory_type: MemoryType::ALL[usize::from(numbers[8] & 3)],
            importance: Importance::new(f64::from(numbers[9]) / 255.0).unwrap(),
            tags: lines.take(4).collect(),
            metadata: Metadata::default(),
            speaker,
            conversation,
            event_time: (numbers[10] & 1 == 0).then(|| time(8)),
            created_at: time(0),
            updated_at: time(16),
            expires_at: (numbers[11] & 1 == 0).then(|| time(1)),
        },
        content: Content::new("content").unwrap(),
        vector: Quantized::from_f32(
            &texts
                .iter()
                .map(|byte| f32::from(*byte))
                .collect::<Vec<_>>(),
        ),
        features: Features {
            terms: Terms::from_stored(hashes.into(), counts, words).unwrap(),
            traits: Traits {
                question: numbers[12] & 1 == 0,
                temporal: numbers[13] & 1 == 0,
                words: u16::from(numbers[14]),
            },
        },
        model: u32::from(numbers[15]),
    }
}
