//! Columns and sets of bits let through what the filter says of each entry by itself.

use anchorhold_index::{Index, Language};
use anchorhold_model::filter::{Field, Test, Values};
use anchorhold_model::{Filter, Importance, MemoryType, Metadata, RecordId, Timestamp};
use proptest::prelude::*;
use proptest::{collection, option, sample};
use serde_json::{Value, json};

use crate::support::{Memory, id, question, settings, small_stage};

/// Attributes of one memory, as filters see them.
#[derive(Clone, Debug)]
struct Attributes {
    memory_type: MemoryType,
    importance: f64,
    tags: Vec<&'static str>,
    speaker: Option<&'static str>,
    event_time: Option<i64>,
    updated_at: i64,
    metadata: Value,
}

/// Values that look alike and are not, and such as only look different.
fn value() -> impl Strategy<Value = Value> {
    sample::select(vec![
        json!(1),
        json!(1.0),
        json!(2),
        json!(-3.5),
        json!(9_007_199_254_740_993_i64),
        json!("1"),
        json!("b"),
        json!(""),
        json!(true),
        json!("semantic"),
        json!("[\"b\"]"),
        json!("01010101-0101-0101-0101-010101010101"),
    ])
}

fn stored() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => value(),
        1 => Just(Value::Null),
        1 => collection::vec(value(), 0..3).prop_map(Value::from),
        1 => value().prop_map(|value| json!({ "in": value })),
    ]
}

fn attributes() -> impl Strategy<Value = Attributes> {
    (
        sample::select(&MemoryType::ALL[..]),
        sample::select(&[0.0, 0.5, 1.0][..]),
        collection::vec(sample::select(&["b", "c", "[\"b\"]"][..]), 0..3),
        option::of(sample::select(&["b", "1", ""][..])),
        option::of(-2_i64..3),
        -2_i64..3,
        option::of(stored()),
    )
        .prop_map(|fields| {
            let (memory_type, importance, tags, speaker, event_time, updated_at, a) = fields;
            Attributes {
                memory_type,
                importance,
                tags,
                speaker,
                event_time,
                updated_at,
                metadata: a.map_or(json!({}), |a| json!({ "a": a, "z": 1 })),
            }
        })
}

fn field() -> impl Strategy<Value = Field> {
    let named = Field::NAMED.map(|(_, field)| field).to_vec();
    let path = |path: &[&str]| Field::Metadata(path.iter().map(|&key| key.to_owned()).collect());
    let within = vec![path(&["a"]), path(&["a", "in"]), path(&["none"])];
    prop_oneof![3 => sample::select(named), 2 => sample::select(within)]
}

fn test() -> impl Strategy<Value = Test> {
    let values = || collection::vec(value(), 1..4).prop_map(|values| Values::new(&values));
    prop_oneof![
        value().prop_map(Test::Eq),
        value().prop_map(Test::Ne),
        values().prop_map(Test::In),
        value().prop_map(Test::Gte),
        value().prop_map(Test::Lte),
        values().prop_map(Test::Any),
        values().prop_map(Test::All),
        any::<bool>().prop_map(Test::Exists),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = (field(), test()).prop_map(|(field, test)| Filter::Field(field, test));
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 1..4).prop_map(Filter::And),
            collection::vec(inner.clone(), 1..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn insert(index: &mut Index<String>, number: u8, attributes: &Attributes) {
    let mut memory = Memory::new(number, "a lantern");
    memory.speaker = attributes.speaker;
    let mut entry = memory.entry(Language::English);
    let facets = &mut entry.facets;
    facets.memory_type = attributes.memory_type;
    facets.importance = Importance::new(attributes.importance).unwrap();
    facets.tags = attributes.tags.iter().map(|&tag| tag.to_owned()).collect();
    facets.event_time = attributes.event_time.map(Timestamp::from_milliseconds);
    facets.updated_at = Timestamp::from_milliseconds(attributes.updated_at);
    let metadata = attributes.metadata.as_object().unwrap().clone();
    facets.metadata = Metadata::new(metadata).unwrap();
    index.insert(entry).unwrap();
}

fn found(index: &Index<String>, filter: &Filter) -> Vec<RecordId> {
    let mut question = question("lantern");
    (question.filter, question.limit) = (Some(filter), 200);
    let hits = question.ask(index).into_iter();
    let mut ids: Vec<_> = hits.map(|hit| hit.entry.facets.id).collect();
    ids.sort_unstable();
    ids
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_filter_lets_through_what_it_says_of_each_entry_by_itself(
        memories in collection::vec((0_u8..20, option::weighted(0.8, attributes())), 0..50),
        filters in collection::vec(filter(), 1..4),
    ) {
        // Above two entries by columns; the second stage is out of the way.
        let mut stage = small_stage(1_000);
        stage.filtered = 2;
        let mut index = Index::with_stage(settings(Language::English), stage);
        for (place, (number, attributes)) in memories.iter().enumerate() {
            match attributes {
                Some(attributes) => insert(&mut index, *number, attributes),
                None => drop(index.remove(&id(*number))),
            }
            // Columns that were made early have followed every change.
            if place % 7 != 0 && place + 1 != memories.len() {
                continue;
            }
            for filter in &filters {
                let passes = index.entries().filter(|entry| filter.matches(&entry.facets));
                let mut expected: Vec<_> = passes.map(|entry| entry.facets.id).collect();
                expected.sort_unstable();
                prop_assert_eq!(found(&index, filter), expected, "{:?}", filter);
            }
        }
    }
}

#[test]
fn more_values_than_have_sets_of_their_own_and_more_fields_than_have_columns() {
    let mut index = Index::with_stage(settings(Language::English), small_stage(1_000));
    for number in 0..150 {
        let mut entry = Memory::new(number, "a lantern").entry(Language::English);
        let object = json!({ "n": number, "even": number % 2 == 0 });
        entry.facets.metadata = Metadata::new(object.as_object().unwrap().clone()).unwrap();
        index.insert(entry).unwrap();
        let filter = json!({"metadata.n": {"gte": 10}, "metadata.even": {"eq": true}});
        let expected = (10..=number).filter(|number| number % 2 == 0).count();
        assert_eq!(
            found(&index, &Filter::parse(&filter).unwrap()).len(),
            expected
        );
    }
    for unknown in 0..40 {
        let filter = json!({ format!("metadata.k{unknown}"): {"exists": false} });
        let filter = Filter::parse(&filter).unwrap();
        assert_eq!(found(&index, &filter).len(), 150);
    }
}
