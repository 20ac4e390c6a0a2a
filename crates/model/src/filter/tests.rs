//! The filter language: what it means, and that it never means everything by accident.

use serde_json::json;

use super::*;
use crate::{Importance, MemoryType, Metadata, RecordId, Timestamp};

fn facets() -> Facets {
    let metadata = json!({"topic": "x", "deep": {"n": 3}, "list": ["a", "b"], "none": null});
    Facets {
        id: RecordId::from_bytes([1; 16]),
        version: 1,
        ordinal: 1,
        memory_type: MemoryType::Episodic,
        importance: Importance::new(0.7).unwrap(),
        tags: vec!["a".into(), "b".into()],
        metadata: Metadata::new(metadata.as_object().unwrap().clone()).unwrap(),
        speaker: Some("Ada".into()),
        conversation: None,
        event_time: Timestamp::parse("2026-01-02T00:00:00Z"),
        created_at: Timestamp::from_milliseconds(0),
        updated_at: Timestamp::from_milliseconds(0),
        expires_at: None,
    }
}

#[test]
fn every_operator_means_what_it_says() {
    let cases = [
        (json!({"type": {"eq": "episodic"}}), true),
        (json!({"type": {"ne": "episodic"}}), false),
        (json!({"type": {"in": ["semantic", "episodic"]}}), true),
        (json!({"importance": {"gte": 0.7}}), true),
        (json!({"importance": {"gte": 0.71}}), false),
        (json!({"importance": {"gte": 0.1, "lte": 0.6}}), false),
        (json!({"tags": {"any": ["z", "b"]}}), true),
        (json!({"tags": {"all": ["a", "b"]}}), true),
        (json!({"tags": {"all": ["a", "z"]}}), false),
        (json!({"tags": {"eq": "a"}}), true),
        (
            json!({"event_time": {"gte": "2026-01-01T23:00:00-01:00"}}),
            true,
        ),
        (
            json!({"event_time": {"lte": "2026-01-01T00:00:00Z"}}),
            false,
        ),
        (json!({"expires_at": {"exists": false}}), true),
        (json!({"conversation": {"exists": true}}), false),
        (json!({"conversation": {"ne": "c"}}), true),
        (json!({"speaker": {"eq": "Ada"}}), true),
        (json!({"speaker": {"eq": "ada"}}), false),
        (json!({"metadata.topic": {"eq": "x"}}), true),
        (json!({"metadata.deep.n": {"gte": 3, "lte": 3.0}}), true),
        (json!({"metadata.deep.n": {"eq": 3.0}}), true),
        (json!({"metadata.deep.n": {"gte": "3"}}), false),
        (json!({"metadata.list": {"any": ["b"]}}), true),
        (json!({"metadata.none": {"exists": true}}), false),
        (json!({"metadata.absent.n": {"exists": false}}), true),
        (json!({"not": {"type": {"eq": "episodic"}}}), false),
        (
            json!({"or": [{"type": {"eq": "semantic"}}, {"tags": {"any": ["a"]}}]}),
            true,
        ),
        (
            json!({"and": [{"type": {"eq": "episodic"}}, {"tags": {"any": ["z"]}}]}),
            false,
        ),
        (
            json!({"type": {"eq": "episodic"}, "tags": {"any": ["a"]}}),
            true,
        ),
        (
            json!({"id": {"eq": "01010101-0101-0101-0101-010101010101"}}),
            true,
        ),
    ];
    for (value, expected) in cases {
        let filter = Filter::parse(&value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(filter.matches(&facets()), expected, "{value}");
    }
}

#[test]
fn whole_numbers_are_compared_exactly_however_large() {
    let largest = u64::MAX;
    let mut facets = facets();
    let metadata = json!({"n": largest, "least": i64::MIN});
    facets.metadata = Metadata::new(metadata.as_object().unwrap().clone()).unwrap();
    let holds = |filter| Filter::parse(&filter).unwrap().matches(&facets);
    assert!(holds(
        json!({"metadata.n": {"eq": largest, "gte": largest, "lte": largest}})
    ));
    assert!(!holds(json!({"metadata.n": {"eq": largest - 1}})));
    assert!(!holds(json!({"metadata.n": {"lte": largest - 1}})));
    assert!(holds(
        json!({"metadata.least": {"eq": i64::MIN, "lte": i64::MIN + 1}})
    ));
    assert!(!holds(json!({"metadata.least": {"eq": i64::MIN + 1}})));
}

#[test]
fn what_is_unclear_is_refused_and_explained() {
    let mut deep = json!({"type": {"eq": "semantic"}});
    for _ in 0..40 {
        deep = json!({"not": deep});
    }
    let cases = [
        (json!({}), "must not be empty"),
        (json!([]), "is an object"),
        (json!({"and": []}), "at least one"),
        (json!({"or": [{}]}), "must not be empty"),
        (json!({"not": {}}), "must not be empty"),
        (json!({"type": {}}), "needs an operator"),
        (json!({"type": "semantic"}), "takes an object"),
        (json!({"type": {"eq": "semantc"}}), "one of semantic"),
        (json!({"tpye": {"eq": "semantic"}}), "did you mean \"type\""),
        (json!({"type": {"eqq": "semantic"}}), "did you mean \"eq\""),
        (json!({"type": {"in": []}}), "list of 1 to"),
        (json!({"event_time": {"gte": "yesterday"}}), "RFC 3339"),
        (json!({"metadata.": {"eq": 1}}), "metadata.key"),
        (json!({"metadata.x": {"eq": {"a": 1}}}), "a text, a number"),
        (json!({"tags": {"exists": "yes"}}), "true or false"),
        (json!({"metadata.x": {"gte": true}}), "compares numbers"),
        (deep, "nested at most"),
    ];
    for (value, expected) in cases {
        let error = Filter::parse(&value).expect_err("refused").to_string();
        assert!(error.contains(expected), "{value}: {error}");
    }
}
