//! In a large namespace the entries that are chosen hold nearly all that ranking every entry finds.
#![expect(clippy::cast_precision_loss, reason = "numbers of a test are small")]

use std::collections::BTreeSet;

use anchorhold_embed::{BuiltinEncoder, Embedder as _};
use anchorhold_evidence::{Proof, seed};
use anchorhold_index::{
    Document, Entry, Index, Language, Quantized, Query, Recipe, Settings, Stage, analyse,
};
use anchorhold_model::{Facets, Importance, MemoryType, Metadata, RecordId, Timestamp};
use serde_json::Value;

const NOW: Timestamp = Timestamp::from_milliseconds(1_700_000_000_000);
/// Entries of `cargo test`; a shard of the proof says more.
const ENTRIES: usize = 1_200;
const LIMIT: usize = 10;
/// Searches that are timed.
const TIMED: usize = 1_000;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % bound as u64).unwrap()
    }
}

/// The sentences and the questions of the committed conversations.
fn conversations() -> (Vec<String>, Vec<String>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/harbor.json");
    let samples: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut sentences, mut questions) = (Vec::new(), Vec::new());
    for sample in samples.as_array().unwrap() {
        for (_, session) in sample["conversation"].as_object().unwrap() {
            for turn in session.as_array().into_iter().flatten() {
                let text = turn["text"].as_str().unwrap();
                sentences.extend(text.split_inclusive(['.', '?', '!']).map(str::to_owned));
            }
        }
        for question in sample["qa"].as_array().unwrap() {
            questions.push(question["question"].as_str().unwrap().to_owned());
        }
    }
    sentences.retain(|sentence| sentence.len() > 15);
    (sentences, questions)
}

/// Distinct texts of one to three sentences that were never said together.
fn texts(sentences: &[String], count: usize) -> Vec<String> {
    let mut numbers = Numbers(seed(7));
    let mut texts = BTreeSet::new();
    while texts.len() < count {
        let parts = (0..=numbers.below(3)).map(|_| {
            let sentence = sentences.get(numbers.below(sentences.len()));
            sentence.unwrap().trim()
        });
        texts.insert(parts.collect::<Vec<_>>().join(" "));
    }
    // The order of the alphabet would put what begins alike into one conversation.
    let mut texts: Vec<String> = texts.into_iter().collect();
    for place in (1..texts.len()).rev() {
        texts.swap(place, numbers.below(place + 1));
    }
    texts
}

fn entry(number: usize, text: &str, vector: &[f32]) -> Entry<()> {
    let ordinal = u64::try_from(number).unwrap();
    let document = Document {
        text,
        speaker: None,
        date: None,
    };
    Entry {
        facets: Facets {
            id: RecordId::from_bytes(u128::from(ordinal).to_be_bytes()),
            version: 1,
            ordinal,
            memory_type: MemoryType::Episodic,
            importance: Importance::default(),
            tags: Vec::new(),
            metadata: Metadata::default(),
            speaker: None,
            conversation: Some(format!("conversation {}", number / 20)),
            event_time: None,
            created_at: NOW,
            updated_at: NOW,
            expires_at: None,
        },
        vector: Quantized::from_f32(vector),
        features: analyse(&document, Language::English),
        payload: (),
    }
}

/// The same entries, chosen from and ranked one by one.
fn indexes(encoder: &BuiltinEncoder, texts: &[String], staged: Stage) -> [Index<()>; 2] {
    let one_by_one = Stage {
        above: usize::MAX,
        ..staged
    };
    let settings = Settings {
        dimension: encoder.dimension(),
        language: Language::English,
    };
    let mut indexes = [staged, one_by_one].map(|stage| Index::with_stage(settings, stage));
    for (first, batch) in (0..).step_by(64).zip(texts.chunks(64)) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let vectors = encoder.embed_batch(&batch, &|| true).unwrap();
        for (number, (text, embedded)) in (first..).zip(batch.iter().zip(vectors)) {
            for index in &mut indexes {
                let entry = entry(number, text, &embedded.vector);
                assert!(index.insert(entry).unwrap().is_none());
            }
        }
    }
    indexes
}

fn best(index: &Index<()>, text: &str, vector: &[f32], recipe: &Recipe) -> BTreeSet<u64> {
    let hits = index.search(&Query {
        text,
        vector,
        limit: LIMIT,
        threshold: None,
        filter: None,
        now: NOW,
        recipe,
        explain: false,
    });
    let ordinals = hits
        .unwrap()
        .into_iter()
        .map(|hit| hit.entry.facets.ordinal);
    ordinals.collect()
}

/// What this thread has used of the processor; 0 where the system does not tell.
fn processor_milliseconds() -> f64 {
    let read = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = read
        .split(' ')
        .next()
        .and_then(|first| first.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1_000_000.0
}

fn entries() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the size of a proof")]
    let named = std::env::var("ANCHORHOLD_MEMORIES").ok();
    named.map_or(ENTRIES, |count| count.parse().unwrap())
}

#[test]
fn what_is_chosen_from_many_holds_what_ranking_all_of_them_finds() {
    let count = entries();
    // Of few entries as small a share is chosen as of many.
    let stage = Stage::default();
    let stage = if count > stage.above {
        stage
    } else {
        Stage {
            above: count / 10,
            at_first: count / 3,
            nearest: count / 6,
            ranked: count / 40,
            conversations: 6,
            ..stage
        }
    };
    let (sentences, questions) = conversations();
    let encoder = BuiltinEncoder::new().unwrap();
    let [staged, exact] = indexes(&encoder, &texts(&sentences, count), stage);
    let mut dense = Recipe::default();
    for (_, switch_off) in Recipe::STEPS.iter().filter(|(name, _)| *name != "dense") {
        switch_off(&mut dense);
    }
    let mut kept = [0_u32; 2];
    let mut vectors = Vec::new();
    for question in &questions {
        let vector = encoder.embed(question).unwrap().vector;
        for (kept, recipe) in kept.iter_mut().zip([&dense, &Recipe::default()]) {
            let expected = best(&exact, question, &vector, recipe);
            let found = best(&staged, question, &vector, recipe);
            assert_eq!((expected.len(), found.len()), (LIMIT, LIMIT));
            *kept += u32::try_from(found.intersection(&expected).count()).unwrap();
        }
        vectors.push(vector);
    }
    let before = processor_milliseconds();
    for (question, vector) in questions.iter().zip(&vectors).cycle().take(TIMED) {
        best(&staged, question, vector, &Recipe::default());
    }
    let spent = (processor_milliseconds() - before) / TIMED as f64;
    let asked = u32::try_from(questions.len() * LIMIT).unwrap();
    let [dense, fused] = kept.map(|kept| f64::from(kept) / f64::from(asked));
    let mut proof = Proof::new(
        "choice",
        "Of the ten best by meaning at least 95 of 100 are among those that a large namespace chooses",
        &[],
        "ANCHORHOLD_MEMORIES=300000 cargo test --release --package anchorhold-memory --test main choosing",
    );
    proof.count("memories", count as u64);
    proof.count("questions", questions.len() as u64);
    proof.figure("the ten best by meaning that are kept, share", dense);
    proof.figure(
        "the ten best of the whole ranking that are kept, share",
        fused,
    );
    proof.figure("processor time of one search, milliseconds", spent);
    proof.violation("fewer than 95 of 100 by meaning", u64::from(dense < 0.95));
    proof.write().unwrap();
    assert!(dense >= 0.95, "{dense}");
    assert!(fused >= 0.75, "{fused}");
}
