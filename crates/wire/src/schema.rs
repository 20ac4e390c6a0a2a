//! OpenAPI schemas of model types, which know nothing of OpenAPI.

use anchorhold_model::{AccessSet, Isolation, MemoryType, TrustMode};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// A text that is one of `words`.
pub(crate) fn words(words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let words: Vec<&str> = words.into_iter().collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

/// A text that is what one of `values` serialises to.
fn values(values: &[impl Serialize]) -> RefOr<Schema> {
    let values: Vec<serde_json::Value> = values
        .iter()
        .filter_map(|value| serde_json::to_value(value).ok())
        .collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(values))
        .into()
}

pub(crate) fn memory_type() -> RefOr<Schema> {
    words(MemoryType::ALL.map(MemoryType::as_str))
}

pub(crate) fn trust_mode() -> RefOr<Schema> {
    values(&[
        TrustMode::Strict,
        TrustMode::Required,
        TrustMode::Quarantine,
        TrustMode::Legacy,
    ])
}

pub(crate) fn isolation() -> RefOr<Schema> {
    values(&[
        Isolation::User,
        Isolation::Session,
        Isolation::Custom,
        Isolation::None,
    ])
}

pub(crate) fn access() -> RefOr<Schema> {
    values(&[
        AccessSet::Read,
        AccessSet::Write,
        AccessSet::Erase,
        AccessSet::Admin,
    ])
}

/// `true` or `"read"`.
pub(crate) fn act_as() -> RefOr<Schema> {
    let yes = ObjectBuilder::new().schema_type(Type::Boolean);
    utoipa::openapi::OneOfBuilder::new()
        .item(yes)
        .item(words(["read"]))
        .into()
}
