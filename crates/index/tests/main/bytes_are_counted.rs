//! What an index says of its bytes is what the allocator gave it.

use anchorhold_index::{Entry, Index, Language, Quantized, Settings, Stage};
use anchorhold_model::RecordId;

use crate::support::Memory;

const DIMENSION: usize = 384;

/// An entry of a text of 12 to 24 words out of 3,000, the lower numbers more often.
fn entry(number: u64) -> Entry<()> {
    let mut state = number;
    let mut next = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let words = 12 + next(13);
    let words: Vec<String> = (0..words)
        .map(|_| {
            let bound = 1 + next(3_000);
            format!("word{}", next(bound))
        })
        .collect();
    let mut memory = Memory::new(0, words.join(" "));
    memory.speaker = Some(if number.is_multiple_of(2) {
        "Orlin"
    } else {
        "Maretta"
    });
    let numbers = (0..DIMENSION).map(|_| f32::from(u8::try_from(next(256)).unwrap()) - 127.5);
    let vector = Quantized::from_f32(&numbers.collect::<Vec<f32>>());
    let Entry {
        mut facets,
        features,
        ..
    } = memory.entry(Language::English);
    facets.id = RecordId::from_bytes(u128::from(number).to_be_bytes());
    facets.ordinal = number;
    facets.conversation = Some(format!("conversation {}", number / 20));
    Entry {
        facets,
        vector,
        features,
        payload: (),
    }
}

/// What an index says, and what the allocator counts, for each that is counted.
fn counted(entries: u64, stage: Stage) -> (f64, f64) {
    let settings = Settings {
        dimension: DIMENSION,
        language: Language::English,
    };
    let mut index = Index::with_stage(settings, stage);
    let counted = allocation_counter::measure(|| {
        index.reserve(usize::try_from(entries).unwrap());
        for number in 0..entries {
            index.insert(entry(number)).unwrap();
        }
    });
    let said = u32::try_from(index.bytes() - size_of_val(&index)).unwrap();
    (
        f64::from(said),
        f64::from(u32::try_from(counted.bytes_current).unwrap()),
    )
}

#[test]
fn an_index_says_within_a_tenth_how_many_bytes_it_takes() {
    let large = Stage {
        above: 1_000,
        ..Stage::default()
    };
    for (entries, stage) in [
        (1_000, Stage::default()),
        (7_000, Stage::default()),
        (7_000, large),
        (12_000, large),
    ] {
        let (said, counted) = counted(entries, stage);
        let share = said / counted;
        assert!(
            (0.9..=1.1).contains(&share),
            "{entries} entries: {said} said, {counted} counted"
        );
    }
}
