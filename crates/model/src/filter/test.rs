//! One comparison: a field of the facets against values of the request.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::Values;
use crate::{Facets, RecordId, Timestamp};

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

    /// The value of a named field; times as milliseconds. Metadata is read by the caller.
    pub fn value<'a>(&self, facets: &'a Facets) -> Seen<'a> {
        let text = |text: &'a Option<String>| text.as_deref().map_or(Seen::Absent, Seen::Text);
        let time = |time: Option<Timestamp>| {
            time.map_or(Seen::Absent, |time| {
                Seen::Number(Number::from(time.milliseconds()))
            })
        };
        match self {
            Self::Id => Seen::Id(facets.id),
            Self::Type => Seen::Text(facets.memory_type.as_str()),
            Self::Importance => {
                Number::from_f64(facets.importance.value()).map_or(Seen::Absent, Seen::Number)
            }
            Self::Tags if facets.tags.is_empty() => Seen::Absent,
            Self::Tags => Seen::Texts(&facets.tags),
            Self::Speaker => text(&facets.speaker),
            Self::Conversation => text(&facets.conversation),
            Self::EventTime => time(facets.event_time),
            Self::CreatedAt => time(Some(facets.created_at)),
            Self::UpdatedAt => time(Some(facets.updated_at)),
            Self::ExpiresAt => time(facets.expires_at),
            Self::Metadata(_) => Seen::Absent,
        }
    }
}

/// What a field holds, borrowed: a filter looks at every memory of a namespace.
#[derive(Clone, Debug)]
pub enum Seen<'a> {
    /// Nothing.
    Absent,
    /// An id.
    Id(RecordId),
    /// A text.
    Text(&'a str),
    /// Texts, of which each counts.
    Texts(&'a [String]),
    /// A number; times as milliseconds.
    Number(Number),
    /// A list inside the metadata, put in order.
    List(&'a Values),
    /// A value inside the metadata.
    Json(&'a Value),
}

impl Seen<'_> {
    /// The value at a path inside the metadata.
    pub fn within<'a>(object: &'a Map<String, Value>, path: &[String]) -> Seen<'a> {
        let mut keys = path.iter();
        let first = keys.next().and_then(|key| object.get(key));
        let found = keys.try_fold(first, |value, key| Some(value?.get(key)));
        Seen::json(found.flatten())
    }

    /// A value inside the metadata; null is absent.
    fn json(value: Option<&Value>) -> Seen<'_> {
        value
            .filter(|value| !value.is_null())
            .map_or(Seen::Absent, Seen::Json)
    }

    /// Whether it is, or as a list holds, the wanted value.
    fn has(&self, wanted: &Value) -> bool {
        match self {
            Self::Absent => false,
            Self::Id(id) => wanted.as_str().and_then(RecordId::parse) == Some(*id),
            Self::Text(text) => wanted.as_str() == Some(text),
            Self::Texts(texts) => wanted
                .as_str()
                .is_some_and(|wanted| texts.iter().any(|text| text == wanted)),
            Self::Number(number) => match wanted {
                Value::Number(wanted) => order_numbers(number, wanted) == Some(Ordering::Equal),
                _ => false,
            },
            Self::List(values) => values.has(wanted),
            Self::Json(Value::Array(items)) => items.iter().any(|item| same(item, wanted)),
            Self::Json(value) => same(value, wanted),
        }
    }

    /// Whether it is, or as a list holds, one of the wanted values.
    fn has_any(&self, wanted: &Values) -> bool {
        match self {
            Self::Absent => false,
            Self::Id(id) => wanted.has_id(*id),
            Self::Text(text) => wanted.has_text(text),
            Self::Texts(texts) => texts.iter().any(|text| wanted.has_text(text)),
            Self::Number(number) => wanted.has_number(number),
            Self::List(values) => values.meets(wanted),
            Self::Json(Value::Array(items)) => items.iter().any(|item| wanted.has(item)),
            Self::Json(value) => wanted.has(value),
        }
    }

    /// Whether it is, or as a list holds, all wanted values.
    fn has_all(&self, wanted: &Values) -> bool {
        match self {
            Self::Absent => wanted.len() == 0,
            Self::Id(id) => wanted.len() == wanted.ids().len() && wanted.ids() == [*id],
            Self::Text(text) => wanted.len() == 1 && wanted.has_text(text),
            Self::Texts(texts) => wanted.is_within(texts),
            Self::Number(number) => Values::new([&Value::Number(number.clone())]).includes(wanted),
            Self::List(values) => values.includes(wanted),
            Self::Json(Value::Array(items)) => Values::new(items).includes(wanted),
            Self::Json(value) => Values::new([*value]).includes(wanted),
        }
    }

    /// How it stands to a bound: numbers to numbers, texts to texts; anything else has no order.
    fn order(&self, bound: &Value) -> Option<Ordering> {
        match (self, bound) {
            (Self::Number(number), Value::Number(bound)) => order_numbers(number, bound),
            (Self::Text(text), Value::String(bound)) => Some((*text).cmp(bound.as_str())),
            (Self::Id(id), Value::String(bound)) => Some(id.cmp(&RecordId::parse(bound)?)),
            (Self::Json(value), bound) => order(value, bound),
            _ => None,
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
    In(Values),
    /// At least; numbers, times and texts.
    Gte(Value),
    /// At most.
    Lte(Value),
    /// A list that holds at least one of them.
    Any(Values),
    /// A list that holds all of them.
    All(Values),
    /// Present (`true`) or absent (`false`).
    Exists(bool),
}

impl Test {
    /// Whether the comparison holds for what a field holds.
    pub fn holds(&self, found: &Seen<'_>) -> bool {
        match self {
            Self::Eq(wanted) => found.has(wanted),
            Self::Ne(wanted) => !found.has(wanted),
            Self::In(wanted) | Self::Any(wanted) => found.has_any(wanted),
            Self::All(wanted) => found.has_all(wanted),
            Self::Gte(bound) => found.order(bound).is_some_and(Ordering::is_ge),
            Self::Lte(bound) => found.order(bound).is_some_and(Ordering::is_le),
            Self::Exists(wanted) => !matches!(found, Seen::Absent) == *wanted,
        }
    }
}

fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.is_number() && order(a, b) == Some(Ordering::Equal))
}

/// Numbers with numbers, texts with texts; anything else has no order.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => order_numbers(a, b),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whole numbers exactly, others as 64 bits hold them.
fn order_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
