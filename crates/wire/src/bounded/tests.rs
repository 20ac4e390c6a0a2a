//! What is within the limits is read whole; what is above is refused in the same words, and never
//! held whole.

use anchorhold_model::limits::{BATCH_MAX, FORGET_IDS_MAX, TAGS_MAX};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::batch::BatchRequest;
use crate::forget::ForgetRequest;
use crate::memory::{BatchMemories, CreateMemory};
use crate::patch::PatchMemory;
use crate::recall::RecallRequest;
use crate::{Code, check, parse};

const MANY: usize = 300_000;

fn zeros(count: usize) -> String {
    let mut text = "0,".repeat(count);
    text.pop();
    format!("[{text}]")
}

/// Values of a tree, itself included.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(object) => 1 + object.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

#[test]
fn metadata_that_is_too_large_is_refused_as_ever_and_never_held_whole() {
    let keys: Vec<String> = (0..MANY / 10)
        .map(|key| format!("\"k{key}\":[0]"))
        .collect();
    let cases = [
        format!("{{\"a\":{}}}", zeros(MANY)),
        format!("{{\"a\":[[{}]]}}", zeros(MANY)),
        format!("{{\"a\":{{\"b\":{}}},\"c\":1}}", zeros(MANY)),
        format!("{{\"a\":{{{}}}}}", keys.join(",")),
        format!("{{{}}}", keys.join(",")),
        format!("{{\"z\":{},{}}}", zeros(MANY), keys.join(",")),
        format!("{{\"a\":{}}}", zeros(METADATA_BYTES_MAX / 2)),
    ];
    for metadata in cases {
        let whole: Map<String, Value> = serde_json::from_str(&metadata).unwrap();
        let expected = check::metadata(whole).err();
        assert!(expected.is_some());
        let body = format!("{{\"content\":\"a\",\"metadata\":{metadata}}}");
        let read = parse::<CreateMemory>(body.as_bytes())
            .unwrap()
            .metadata
            .unwrap();
        assert!(
            read.values().map(count).sum::<usize>() <= METADATA_VALUES_KEPT + METADATA_KEYS_MAX
        );
        assert_eq!(check::metadata(read).err(), expected);
        let patch = format!("{{\"metadata\":{metadata}}}");
        let read = parse::<PatchMemory>(patch.as_bytes())
            .unwrap()
            .metadata
            .unwrap();
        assert_eq!(check::metadata(read).err(), expected);
    }
}

#[test]
fn a_filter_that_is_too_large_is_refused_and_never_held_whole() {
    let many: Vec<&str> = vec!["{\"type\":{\"eq\":\"semantic\"}}"; MANY / 10];
    let cases = [
        format!("{{\"metadata.a\":{{\"in\":{}}}}}", zeros(MANY)),
        format!("{{\"or\":[{}]}}", many.join(",")),
        zeros(MANY),
    ];
    for filter in cases {
        let body = format!("{{\"query\":\"a\",\"filter\":{filter}}}");
        let read = parse::<RecallRequest>(body.as_bytes())
            .unwrap()
            .filter
            .unwrap();
        assert!(count(&read) <= FILTER_VALUES_KEPT);
        let refused = check::filter(&read).unwrap_err();
        assert_eq!(refused.code, Code::FilterInvalid);
        let whole: Value = serde_json::from_str(&filter).unwrap();
        assert_eq!(check::filter(&whole), Err(refused));
    }
}

#[test]
fn of_a_list_that_is_too_long_one_item_too_many_is_kept() {
    let texts = vec!["a"; MANY];
    let body = json!({"content": "a", "tags": texts}).to_string();
    let read: CreateMemory = parse(body.as_bytes()).unwrap();
    assert_eq!(read.tags.unwrap().len(), TAGS_MAX + 1);
    let read: ForgetRequest = parse(json!({"ids": texts}).to_string().as_bytes()).unwrap();
    assert_eq!(read.ids.unwrap().len(), FORGET_IDS_MAX + 1);
    let read: BatchMemories = parse(json!({"memories": texts}).to_string().as_bytes()).unwrap();
    assert_eq!(read.memories.len(), BATCH_MAX + 1);
    let read: BatchRequest = parse(json!({"operations": texts}).to_string().as_bytes()).unwrap();
    assert_eq!(read.operations.len(), BATCH_MAX + 1);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(".{0,3}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_within_the_limits_is_read_as_any_value_would_be(value in value()) {
        let text = value.to_string();
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let whole: Value = serde_json::from_str(&text).unwrap();
        let read = filter(&mut deserializer).unwrap();
        prop_assert_eq!(read, Some(whole).filter(|value| !value.is_null()));
    }
}
