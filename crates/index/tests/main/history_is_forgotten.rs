//! An answer is a function of the live entries, never of how they came to be there.

use std::collections::BTreeMap;

use anchorhold_index::{Index, Language, Recipe, Stage};
use anchorhold_model::{Filter, Timestamp};
use proptest::prelude::*;
use proptest::{collection, option, sample};
use serde_json::json;

use crate::support::{Memory, NOW, id, index, question, settings, small_stage, staged};

const WORDS: [&str; 12] = [
    "harbour",
    "lantern",
    "when",
    "the",
    "yesterday",
    "tea",
    "teas?",
    "Orlin",
    "x7-4410",
    "茶を飲む",
    "sails",
    "2023",
];
const LATER: Timestamp = Timestamp::from_milliseconds(1_700_000_100_000);

#[derive(Clone, Debug)]
enum Change {
    Insert(Memory),
    Remove(u8),
}

fn text() -> impl Strategy<Value = String> {
    collection::vec(sample::select(&WORDS[..]), 1..9).prop_map(|words| words.join(" "))
}

fn memory() -> impl Strategy<Value = Memory> {
    let labels = (
        option::of(sample::select(&["Orlin", "Maretta", "user"][..])),
        option::of(sample::select(&["morning", "noon", "night"][..])),
        option::of(Just(NOW)),
        option::weighted(0.3, sample::select(&[NOW, LATER][..])),
    );
    let vector = collection::vec(-1.0_f32..1.0, 4);
    (0_u8..12, 0_u64..8, text(), vector, labels).prop_map(|(id, ordinal, text, vector, labels)| {
        let (speaker, conversation, event_time, expires_at) = labels;
        Memory {
            id,
            ordinal,
            text,
            vector,
            speaker,
            conversation,
            event_time,
            expires_at,
        }
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => memory().prop_map(Change::Insert),
        1 => (0_u8..12).prop_map(Change::Remove),
    ]
}

/// Every answer by the second stage, by either as histories cross its threshold, or by none.
fn stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        Just(small_stage(0)),
        (1_usize..8).prop_map(small_stage),
        Just(Stage::default()),
    ]
}

/// Everything that an index answers, with every bit of every number.
fn answers(index: &Index<String>, query: &str, vector: &[f32], now: Timestamp) -> Vec<String> {
    let filter = Filter::parse(&json!({"speaker": {"eq": "Orlin"}})).unwrap();
    let mut answers = vec![index.embedding_query(query, now, &Recipe::default())];
    for filter in [None, Some(&filter)] {
        for (threshold, limit) in [(None, 3), (None, 200), (Some(0.4), 200)] {
            let mut question = question(query);
            question.vector = vector.to_vec();
            (question.filter, question.threshold) = (filter, threshold);
            (question.limit, question.now) = (limit, now);
            answers.extend(question.ask(index).iter().map(|hit| {
                let numbers = (hit.score.to_bits(), hit.similarity.to_bits());
                let entry = (
                    hit.entry.facets.id,
                    hit.entry.facets.ordinal,
                    &hit.entry.payload,
                );
                format!("{entry:?} {numbers:?} {:?}", hit.why.unwrap())
            }));
        }
    }
    answers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn two_histories_of_one_set_answer_with_the_same_bits(
        changes in collection::vec(change(), 0..60),
        stage in stage(),
        query in text(),
        vector in collection::vec(-1.0_f32..1.0, 4),
    ) {
        let mut lived = Index::with_stage(settings(Language::English), stage);
        let mut live = BTreeMap::new();
        for change in changes {
            match change {
                Change::Insert(memory) => {
                    let replaced = lived.insert(memory.entry(Language::English)).unwrap();
                    prop_assert_eq!(replaced.is_some(), live.insert(memory.id, memory).is_some());
                }
                Change::Remove(byte) => {
                    let removed = lived.remove(&id(byte));
                    prop_assert_eq!(removed.is_some(), live.remove(&byte).is_some());
                }
            }
        }
        let memories: Vec<Memory> = live.into_values().collect();
        let fresh = staged(stage, &memories);
        prop_assert_eq!(lived.len(), fresh.len());
        prop_assert_eq!(lived.bytes(), fresh.bytes());
        for now in [NOW, LATER] {
            let expected = answers(&fresh, &query, &vector, now);
            prop_assert_eq!(answers(&lived, &query, &vector, now), expected);
        }
        let ids = |index: &Index<String>| {
            index.entries().map(|entry| entry.facets.id).collect::<Vec<_>>()
        };
        prop_assert_eq!(ids(&lived), ids(&fresh));
        for memory in &memories {
            let entry = lived.entry(&id(memory.id)).unwrap();
            prop_assert!(entry == memory.entry(Language::English));
        }
    }

    #[test]
    fn expired_entries_answer_as_if_they_had_never_been(
        memories in collection::btree_map(0_u8..12, memory(), 0..12),
        stage in stage(),
        query in text(),
        vector in collection::vec(-1.0_f32..1.0, 4),
    ) {
        let with_id = |(id, memory): (u8, Memory)| Memory { id, ..memory };
        let memories: Vec<Memory> = memories.into_iter().map(with_id).collect();
        let is_live = |memory: &&Memory| memory.expires_at.is_none_or(|time| time > NOW);
        let live: Vec<Memory> = memories.iter().filter(is_live).cloned().collect();
        let expected = answers(&staged(stage, &live), &query, &vector, NOW);
        prop_assert_eq!(answers(&staged(stage, &memories), &query, &vector, NOW), expected);
    }
}

#[test]
fn an_expired_entry_is_gone_at_its_very_millisecond() {
    let mut memory = Memory::new(1, "the lantern is green");
    memory.expires_at = Some(LATER);
    let index = index(&[memory]);
    let mut question = question("lantern");
    question.now = Timestamp::from_milliseconds(LATER.milliseconds() - 1);
    assert_eq!(question.ids(&index), [1]);
    question.now = LATER;
    assert_eq!(question.ids(&index), [0_u8; 0]);
}

#[test]
fn a_removed_entry_comes_back_whole() {
    let memory = Memory::new(3, "the lantern is green")
        .said_by("Orlin")
        .within("noon");
    let mut index = index(&[
        Memory::new(1, "a harbour"),
        memory.clone(),
        Memory::new(9, "sails"),
    ]);
    let removed = index.remove(&id(3)).unwrap();
    assert!(removed == memory.entry(Language::English));
    let kept = index.entry(&id(9)).unwrap();
    assert!(kept == Memory::new(9, "sails").entry(Language::English));
    assert!(index.get(&id(3)).is_none());
    assert_eq!(question("lantern").ask(&index).len(), 2);
    let oldest_first = index.entries().map(|entry| entry.facets.ordinal);
    assert_eq!(oldest_first.collect::<Vec<_>>(), [1, 9]);
}
