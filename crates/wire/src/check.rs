//! The checks that several bodies share; each names the field it refuses.

use std::fmt;
use std::ops::RangeInclusive;

use anchorhold_model::limits::{
    LABEL_BYTES_MAX, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, TAG_BYTES_MAX, TAGS_MAX, TTL_SECONDS_MAX,
};
use anchorhold_model::{
    Content, Filter, Importance, Metadata, NamespaceName, RecordId, TextError, UserId, Vector,
};
use serde_json::{Map, Value};

use crate::{Code, Rejection};

fn invalid(field: &str, rule: impl fmt::Display) -> Rejection {
    Rejection::of_field(Code::RequestInvalid, field, rule)
}

/// The text of a memory.
pub(crate) fn content(text: String) -> Result<Content, Rejection> {
    let code = if text.is_empty() {
        Code::RequestInvalid
    } else {
        Code::ContentTooLarge
    };
    Content::new(text).map_err(|error| Rejection {
        code,
        message: error.to_string(),
        field: Some("content".to_owned()),
    })
}

/// 0 to 1.
pub(crate) fn importance(value: f64) -> Result<Importance, Rejection> {
    Importance::new(value).ok_or_else(|| invalid("importance", "must be a number from 0 to 1"))
}

/// Few enough, short enough, none empty.
pub(crate) fn tags(tags: Vec<String>) -> Result<Vec<String>, Rejection> {
    if tags.len() > TAGS_MAX {
        return Err(invalid("tags", format!("must be at most {TAGS_MAX} tags")));
    }
    for (position, tag) in tags.iter().enumerate() {
        text(&format!("tags[{position}]"), tag, TAG_BYTES_MAX)?;
    }
    Ok(tags)
}

/// One object within its limits.
pub(crate) fn metadata(object: Map<String, Value>) -> Result<Metadata, Rejection> {
    Metadata::new(object).map_err(|error| Rejection {
        code: Code::RequestInvalid,
        message: error.to_string(),
        field: Some("metadata".to_owned()),
    })
}

/// A speaker or a conversation.
pub(crate) fn label(field: &str, label: Option<String>) -> Result<Option<String>, Rejection> {
    match label {
        None => Ok(None),
        Some(label) => text(field, &label, LABEL_BYTES_MAX).map(|()| Some(label)),
    }
}

/// 1 to `bytes_max` bytes.
pub(crate) fn text(field: &str, text: &str, bytes_max: usize) -> Result<(), Rejection> {
    match text.len() {
        0 => Err(invalid(field, "must not be empty")),
        length if length > bytes_max => {
            let rule = format!("must be at most {bytes_max} bytes of UTF-8");
            Err(invalid(field, rule))
        }
        _ => Ok(()),
    }
}

/// A vector that the application made.
pub(crate) fn vector(numbers: Vec<f32>) -> Result<Vector, Rejection> {
    Vector::new(numbers).map_err(|error| invalid("vector", error))
}

/// A time to live.
pub(crate) fn ttl_seconds(seconds: u64) -> Result<u64, Rejection> {
    within("ttl_seconds", seconds, 1..=TTL_SECONDS_MAX)
}

/// A whole number within a range.
pub(crate) fn within(
    field: &str,
    number: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, Rejection> {
    if range.contains(&number) {
        return Ok(number);
    }
    let rule = format!(
        "must be a whole number from {} to {}",
        range.start(),
        range.end()
    );
    Err(invalid(field, rule))
}

/// The memories or namespaces of one page; `None` takes the default.
pub fn page_limit(limit: Option<u64>) -> Result<usize, Rejection> {
    limit_within(limit, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX)
}

/// `limit` from 1 to `maximum`.
pub(crate) fn limit_within(
    limit: Option<u64>,
    default: usize,
    maximum: usize,
) -> Result<usize, Rejection> {
    let Some(limit) = limit else {
        return Ok(default);
    };
    let highest = u64::try_from(maximum).unwrap_or(u64::MAX);
    let limit = within("limit", limit, 1..=highest)?;
    // Within `maximum`, so it fits.
    Ok(usize::try_from(limit).unwrap_or(maximum))
}

/// A UUID.
pub(crate) fn record_id(field: &str, text: &str) -> Result<RecordId, Rejection> {
    RecordId::parse(text).ok_or_else(|| {
        let rule = "must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057";
        invalid(field, rule)
    })
}

/// A condition on memories.
pub(crate) fn filter(value: &Value) -> Result<Filter, Rejection> {
    Filter::parse(value).map_err(|error| Rejection {
        code: Code::FilterInvalid,
        message: error.to_string(),
        field: Some("filter".to_owned()),
    })
}

/// A named namespace, if one is named.
pub(crate) fn namespace(name: Option<&str>) -> Result<Option<NamespaceName>, Rejection> {
    name.map(|name| namespace_name("namespace", name))
        .transpose()
}

/// The name of a named namespace.
pub(crate) fn namespace_name(field: &str, name: &str) -> Result<NamespaceName, Rejection> {
    NamespaceName::parse(name).map_err(|error| name_invalid(field, error))
}

/// The id of a user.
pub(crate) fn user_id(field: &str, id: &str) -> Result<UserId, Rejection> {
    UserId::parse(id).map_err(|error| name_invalid(field, error))
}

pub(crate) fn name_invalid(field: &str, error: TextError) -> Rejection {
    Rejection::of_field(Code::NameInvalid, field, error)
}
