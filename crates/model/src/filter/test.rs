//! One comparison: a field of the facets against values of the request.

use std::cmp::Ordering;

use serde_json::Value;

use crate::{Facets, Timestamp};

/// What may be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The id.
    Id,
    /// The type.
    Type,
    /// The importance.
    Importance,
    /// The tags.
    Tags,
    /// Who said it.
    Speaker,
    /// The conversation.
    Conversation,
    /// When it happened.
    EventTime,
    /// When it was stored.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// When it ends.
    ExpiresAt,
    /// A value inside the metadata, by its path.
    Metadata(Vec<String>),
}

impl Field {
    /// The fields that have a name of their own.
    pub const NAMED: [(&'static str, Self); 10] = [
        ("id", Self::Id),
        ("type", Self::Type),
        ("importance", Self::Importance),
        ("tags", Self::Tags),
        ("speaker", Self::Speaker),
        ("conversation", Self::Conversation),
        ("event_time", Self::EventTime),
        ("created_at", Self::CreatedAt),
        ("updated_at", Self::UpdatedAt),
        ("expires_at", Self::ExpiresAt),
    ];

    /// Whether values of this field are times.
    pub const fn is_time(&self) -> bool {
        matches!(
            self,
            Self::EventTime | Self::CreatedAt | Self::UpdatedAt | Self::ExpiresAt
        )
    }

    /// The value of a named field as JSON; times as milliseconds. Metadata is read by the caller.
    pub(super) fn value(&self, facets: &Facets) -> Option<Value> {
        let text = |text: &str| Some(Value::from(text));
        let time = |time: Timestamp| Some(Value::from(time.milliseconds()));
        match self {
            Self::Id => text(&facets.id.to_string()),
            Self::Type => text(facets.memory_type.as_str()),
            Self::Importance => Some(Value::from(facets.importance.value())),
            Self::Tags => (!facets.tags.is_empty()).then(|| Value::from(facets.tags.clone())),
            Self::Speaker => facets.speaker.as_deref().and_then(text),
            Self::Conversation => facets.conversation.as_deref().and_then(text),
            Self::EventTime => facets.event_time.and_then(time),
            Self::CreatedAt => time(facets.created_at),
            Self::UpdatedAt => time(facets.updated_at),
            Self::ExpiresAt => facets.expires_at.and_then(time),
            Self::Metadata(_) => None,
        }
    }
}

/// How it is compared. Times of the request are milliseconds here.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Equal; for a list, one item is equal.
    Eq(Value),
    /// Not equal, or absent.
    Ne(Value),
    /// Equal to one of them.
    In(Vec<Value>),
    /// At least; numbers, times and texts.
    Gte(Value),
    /// At most.
    Lte(Value),
    /// A list that holds at least one of them.
    Any(Vec<Value>),
    /// A list that holds all of them.
    All(Vec<Value>),
    /// Present (`true`) or absent (`false`).
    Exists(bool),
}

impl Test {
    /// Whether the comparison holds for the value of the field; `None` is an absent one.
    pub(super) fn holds(&self, found: Option<&Value>) -> bool {
        let found = found.filter(|value| !value.is_null());
        let holds_item = |wanted: &Value| found.is_some_and(|value| has(value, wanted));
        match self {
            Self::Eq(wanted) => holds_item(wanted),
            Self::Ne(wanted) => !holds_item(wanted),
            Self::In(wanted) | Self::Any(wanted) => wanted.iter().any(holds_item),
            Self::All(wanted) => wanted.iter().all(holds_item),
            Self::Gte(bound) => found
                .and_then(|value| order(value, bound))
                .is_some_and(Ordering::is_ge),
            Self::Lte(bound) => found
                .and_then(|value| order(value, bound))
                .is_some_and(Ordering::is_le),
            Self::Exists(wanted) => found.is_some() == *wanted,
        }
    }
}

fn has(value: &Value, wanted: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| same(item, wanted)),
        value => same(value, wanted),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.is_number() && order(a, b) == Some(Ordering::Equal))
}

/// Numbers with numbers, texts with texts; anything else has no order.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
