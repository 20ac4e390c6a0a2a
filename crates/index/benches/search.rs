//! How long a search and a cold build take over conversations of short turns; one thread.
//!
//! `cargo bench -p anchorhold-index`. Texts are words of a made-up vocabulary whose frequencies
//! fall as those of a natural one do; vectors are random, which costs the same as real ones.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "inputs are made here"
)]

use anchorhold_index::{Document, Entry, Features, Index, Language, Quantized, Recipe, Settings};
use anchorhold_index::{Query, analyse};
use anchorhold_model::{Facets, Filter, Importance, MemoryType, Metadata, RecordId, Timestamp};
use divan::Bencher;
use serde_json::json;

const DIMENSION: usize = 384;
const SIZES: [usize; 2] = [1_000, 10_000];
const ALL_SIZES: [usize; 3] = [1_000, 10_000, 300_000];
const NOW: Timestamp = Timestamp::from_milliseconds(1_700_000_000_000);

fn main() {
    divan::main();
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 32
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn text(&mut self, words: usize) -> String {
        let word = |numbers: &mut Self| {
            // Every other word is a stopword; rank r of 8,000 has a probability near 1 / r.
            let rank = 8_000_f64.powf(numbers.unit()).floor();
            if numbers.next().is_multiple_of(2) {
                "the".to_owned()
            } else {
                format!("wo{rank:.0}rd")
            }
        };
        let words: Vec<_> = (0..words).map(|_| word(self)).collect();
        words.join(" ")
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..DIMENSION)
            .map(|_| f32::from(self.next().to_le_bytes()[3]) - 127.5)
            .collect()
    }
}

fn entry(numbers: &mut Numbers, ordinal: u64) -> Entry<()> {
    let speaker = if ordinal.is_multiple_of(2) {
        "Orlin"
    } else {
        "Maretta"
    };
    let text = numbers.text(25);
    let document = Document {
        text: &text,
        speaker: Some(speaker),
        date: Some(NOW),
    };
    let place = match ordinal % 4 {
        0 => "harbour",
        1 => "market",
        2 => "kitchen",
        _ => "bridge",
    };
    let minutes = i64::try_from(ordinal).unwrap();
    let metadata = json!({ "place": place });
    let metadata = metadata.as_object().unwrap().clone();
    let facets = Facets {
        id: RecordId::version_7(NOW, ordinal, numbers.next().to_be_bytes()),
        version: 1,
        ordinal,
        memory_type: MemoryType::Episodic,
        importance: Importance::default(),
        tags: Vec::new(),
        metadata: Metadata::new(metadata).unwrap(),
        speaker: Some(speaker.to_owned()),
        conversation: Some(format!("conversation {}", ordinal / 20)),
        event_time: Some(Timestamp::from_milliseconds(
            NOW.milliseconds() - minutes * 60_000,
        )),
        created_at: NOW,
        updated_at: NOW,
        expires_at: None,
    };
    let vector = Quantized::from_f32(&numbers.vector());
    let features: Features = analyse(&document, Language::English);
    Entry {
        facets,
        vector,
        features,
        payload: (),
    }
}

fn entries(count: usize) -> Vec<Entry<()>> {
    let mut numbers = Numbers(7);
    (0_u64..)
        .take(count)
        .map(|ordinal| entry(&mut numbers, ordinal))
        .collect()
}

fn build(entries: Vec<Entry<()>>) -> Index<()> {
    let mut index = Index::new(Settings {
        dimension: DIMENSION,
        language: Language::English,
    });
    index.reserve(entries.len());
    for entry in entries {
        index.insert(entry).unwrap();
    }
    index
}

fn search(bencher: Bencher<'_, '_>, count: usize, filter: Option<&Filter>) {
    let index = build(entries(count));
    let mut numbers = Numbers(11);
    let (text, vector) = (numbers.text(10), numbers.vector());
    let text = format!("When did Orlin {text}?");
    let recipe = Recipe::default();
    let query = Query {
        text: &text,
        vector: &vector,
        limit: 10,
        threshold: None,
        filter,
        now: NOW,
        recipe: &recipe,
        explain: false,
    };
    bencher.bench_local(|| index.search(divan::black_box(&query)).unwrap().len());
}

#[divan::bench(args = ALL_SIZES)]
fn recall(bencher: Bencher<'_, '_>, count: usize) {
    search(bencher, count, None);
}

#[divan::bench(args = ALL_SIZES)]
fn recall_with_a_filter(bencher: Bencher<'_, '_>, count: usize) {
    let filter = Filter::parse(&json!({"speaker": {"eq": "Orlin"}})).unwrap();
    search(bencher, count, Some(&filter));
}

#[divan::bench(args = ALL_SIZES)]
fn recall_with_a_filter_on_metadata_and_time(bencher: Bencher<'_, '_>, count: usize) {
    let filter = json!({
        "metadata.place": {"in": ["harbour", "market"]},
        "event_time": {"gte": "2023-11-01T00:00:00Z"},
    });
    search(bencher, count, Some(&Filter::parse(&filter).unwrap()));
}

#[divan::bench(args = ALL_SIZES)]
fn recall_in_one_conversation(bencher: Bencher<'_, '_>, count: usize) {
    let filter = Filter::parse(&json!({"conversation": {"eq": "conversation 7"}}));
    search(bencher, count, Some(&filter.unwrap()));
}

#[divan::bench(args = SIZES)]
fn embedding_query(bencher: Bencher<'_, '_>, count: usize) {
    let index = build(entries(count));
    let recipe = Recipe::default();
    let query = "What did Orlin's sister say about the boat?";
    bencher.bench_local(|| index.embedding_query(divan::black_box(query), NOW, &recipe));
}

#[divan::bench(args = SIZES)]
fn cold_build(bencher: Bencher<'_, '_>, count: usize) {
    let entries = entries(count);
    bencher
        .with_inputs(|| entries.clone())
        .bench_local_values(build);
}

#[divan::bench(args = SIZES)]
fn remove_half(bencher: Bencher<'_, '_>, count: usize) {
    let entries = entries(count);
    let ids: Vec<_> = entries.iter().map(|entry| entry.facets.id).collect();
    bencher
        .with_inputs(|| build(entries.clone()))
        .bench_local_values(|mut index| {
            for id in ids.iter().step_by(2) {
                index.remove(id);
            }
            index
        });
}

#[divan::bench(args = SIZES)]
fn remove_and_insert(bencher: Bencher<'_, '_>, count: usize) {
    let mut index = build(entries(count));
    let id = index.entries().nth(count / 2).unwrap().facets.id;
    bencher.bench_local(move || {
        let entry = index.remove(&id).unwrap();
        index.insert(entry).unwrap();
    });
}

#[divan::bench]
fn analyse_25_words(bencher: Bencher<'_, '_>) {
    let text = Numbers(3).text(25);
    let document = Document {
        text: &text,
        speaker: Some("Orlin"),
        date: Some(NOW),
    };
    bencher.bench_local(|| analyse(divan::black_box(&document), Language::English));
}
