//! A filter and a memory, as two lines of JSON: what the filter lets through is what a slow reading
//! of its JSON says, and what has no meaning is refused.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::{Facets, Filter, Importance, MemoryType, Metadata, RecordId, Timestamp};

/// A line with a filter, and a line with the attributes of a memory.
pub fn filter(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let mut json = || {
        let line = lines.next().unwrap_or_default();
        serde_json::from_slice::<Value>(line).unwrap_or(Value::Null)
    };
    let (wanted, memory) = (json(), json());
    let Ok(filter) = Filter::parse(&wanted) else {
        return;
    };
    let facets = facets(&memory);
    let shown = shown(&facets);
    assert_eq!(
        filter.matches(&facets),
        holds(&wanted, &shown),
        "{wanted} for {shown}"
    );
    let opposite = json!({ "not": wanted });
    if let Ok(opposite) = Filter::parse(&opposite) {
        assert!(opposite.matches(&facets) != filter.matches(&facets));
    }
}

fn facets(memory: &Value) -> Facets {
    let text = |name: &str| memory.get(name)?.as_str().map(str::to_owned);
    let time = |name: &str| Timestamp::parse(&text(name)?);
    let tags = memory.get("tags").and_then(Value::as_array);
    let tags = tags.into_iter().flatten().filter_map(Value::as_str);
    let metadata = memory.get("metadata").and_then(Value::as_object);
    let metadata = Metadata::new(metadata.cloned().unwrap_or_default());
    let epoch = Timestamp::from_milliseconds(0);
    Facets {
        id: text("id")
            .and_then(|id| RecordId::parse(&id))
            .unwrap_or(RecordId::from_bytes([1; 16])),
        version: 1,
        ordinal: 1,
        memory_type: text("type")
            .and_then(|word| MemoryType::parse(&word))
            .unwrap_or_default(),
        importance: memory
            .get("importance")
            .and_then(Value::as_f64)
            .and_then(Importance::new)
            .unwrap_or_default(),
        tags: tags.map(str::to_owned).collect(),
        metadata: metadata.unwrap_or_default(),
        speaker: text("speaker"),
        conversation: text("conversation"),
        event_time: time("event_time"),
        created_at: time("created_at").unwrap_or(epoch),
        updated_at: time("updated_at").unwrap_or(epoch),
        expires_at: time("expires_at"),
    }
}

/// The attributes as JSON; times as milliseconds, what is absent as null.
fn shown(facets: &Facets) -> Value {
    let time = |time: Option<Timestamp>| time.map(Timestamp::milliseconds);
    let tags = (!facets.tags.is_empty()).then_some(&facets.tags);
    json!({
        "id": facets.id.to_string(),
        "type": facets.memory_type.as_str(),
        "importance": facets.importance.value(),
        "tags": tags,
        "speaker": facets.speaker,
        "conversation": facets.conversation,
        "event_time": time(facets.event_time),
        "created_at": time(Some(facets.created_at)),
        "updated_at": time(Some(facets.updated_at)),
        "expires_at": time(facets.expires_at),
        "metadata": facets.metadata.to_object(),
    })
}

/// Whether a filter, read as JSON, holds for attributes as JSON.
fn holds(filter: &Value, shown: &Value) -> bool {
    let conditions = filter.as_object().unwrap();
    conditions.iter().all(|(key, value)| match key.as_str() {
        "and" => value
            .as_array()
            .unwrap()
            .iter()
            .all(|one| holds(one, shown)),
        "or" => value
            .as_array()
            .unwrap()
            .iter()
            .any(|one| holds(one, shown)),
        "not" => !holds(value, shown),
        name => {
            let found = name.split('.').try_fold(shown, |value, key| value.get(key));
            let found = found.filter(|value| !value.is_null());
            field_holds(name, found, value.as_object().unwrap())
        }
    })
}

fn field_holds(name: &str, found: Option<&Value>, tests: &Map<String, Value>) -> bool {
    let has = |wanted: &Value| {
        let wanted = brought(name, wanted);
        match found {
            Some(Value::Array(items)) => items.iter().any(|item| same(item, &wanted)),
            Some(value) => same(value, &wanted),
            None => false,
        }
    };
    let one_of = |list: &Value| list.as_array().unwrap().iter().any(has);
    let stands = |bound: &Value, allowed: [Ordering; 2]| {
        let order = found.and_then(|found| order(found, &brought(name, bound)));
        order.is_some_and(|order| allowed.contains(&order))
    };
    tests
        .iter()
        .all(|(operator, value)| match operator.as_str() {
            "eq" => has(value),
            "ne" => !has(value),
            "in" | "any" => one_of(value),
            "all" => value.as_array().unwrap().iter().all(has),
            "gte" => stands(value, [Ordering::Greater, Ordering::Equal]),
            "lte" => stands(value, [Ordering::Less, Ordering::Equal]),
            "exists" => Some(found.is_some()) == value.as_bool(),
            other => panic!("no operator {other}"),
        })
}

/// Times as milliseconds, ids in small letters.
fn brought(name: &str, wanted: &Value) -> Value {
    match (name, wanted.as_str()) {
        ("event_time" | "created_at" | "updated_at" | "expires_at", Some(text)) => {
            json!(Timestamp::parse(text).unwrap().milliseconds())
        }
        ("id", Some(text)) => json!(text.to_lowercase()),
        _ => wanted.clone(),
    }
}

fn same(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(_), Value::Number(_)) => order(found, wanted) == Some(Ordering::Equal),
        _ => found == wanted,
    }
}

/// Whole numbers exactly, others as 64 bits hold them.
fn order(found: &Value, bound: &Value) -> Option<Ordering> {
    match (found, bound) {
        (Value::String(found), Value::String(bound)) => {
            Some(found.as_bytes().cmp(bound.as_bytes()))
        }
        (Value::Number(one), Value::Number(other)) => match (one.as_i128(), other.as_i128()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
        },
        _ => None,
    }
}
