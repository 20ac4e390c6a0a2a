//! OpenAPI schemas of model types, which know nothing of OpenAPI.

use anchorhold_model::{
    AccessSet, ClientIds, HeaderKind, Isolation, MemoryType, Role, SessionCookie, Trust, TrustMode,
};
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

/// A text that is what one of `values` serialises to. A field with a schema of its own takes its
/// description from here.
fn values(description: &str, values: &[impl Serialize]) -> RefOr<Schema> {
    let values: Vec<serde_json::Value> = values
        .iter()
        .filter_map(|value| serde_json::to_value(value).ok())
        .collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(values))
        .into()
}

pub(crate) fn memory_type() -> RefOr<Schema> {
    values(
        "What sort of memory it is; `semantic` when none was named.",
        &MemoryType::ALL,
    )
}

pub(crate) fn trust_mode() -> RefOr<Schema> {
    values(
        "What the tenant demands of identities; `required` when none was named.",
        &[
            TrustMode::Strict,
            TrustMode::Required,
            TrustMode::Quarantine,
            TrustMode::Legacy,
        ],
    )
}

pub(crate) fn header_kind() -> RefOr<Schema> {
    values(
        "Whose header it is.",
        &[
            HeaderKind::User,
            HeaderKind::IsolationKey,
            HeaderKind::OpenWebui,
            HeaderKind::SillyTavern,
            HeaderKind::Named,
        ],
    )
}

pub(crate) fn trust() -> RefOr<Schema> {
    values(
        "`always`: as far as its sender is; `auto`: the same, and not read from a sender who could only claim; `claimed`: a claim, whoever sends it; `never`: not read.",
        &[Trust::Always, Trust::Auto, Trust::Claimed, Trust::Never],
    )
}

pub(crate) fn role() -> RefOr<Schema> {
    values(
        "`user`: everything in their own namespaces; `viewer`: to read them; `admin`: what a user may, and to manage the tenant in requests that prove who they are.",
        &[Role::User, Role::Viewer, Role::Admin],
    )
}

pub(crate) fn client_ids() -> RefOr<Schema> {
    values(
        "`reissue`: an unknown id is answered with another one; `adopt`: an unknown UUID of version 4 becomes a session at first use, for clients that draw their ids themselves.",
        &[ClientIds::Reissue, ClientIds::Adopt],
    )
}

pub(crate) fn session_cookie() -> RefOr<Schema> {
    values(
        "`off`: the id travels in the header alone; `lax`: in a cookie for pages of the same site too; `none`: in one for pages of every site; over TLS alone.",
        &[SessionCookie::Off, SessionCookie::Lax, SessionCookie::None],
    )
}

pub(crate) fn memory_to() -> RefOr<Schema> {
    words(["inside", "anywhere", "nowhere"])
}

pub(crate) fn isolation() -> RefOr<Schema> {
    values(
        "How requests that name no namespace find one; `user` when none was named.",
        &[
            Isolation::User,
            Isolation::Session,
            Isolation::Custom,
            Isolation::None,
        ],
    )
}

pub(crate) fn access() -> RefOr<Schema> {
    values(
        "What is allowed there; each holds the ones before it.",
        &[
            AccessSet::Read,
            AccessSet::Write,
            AccessSet::Erase,
            AccessSet::Admin,
        ],
    )
}

/// A text or a number.
pub(crate) fn message_id() -> RefOr<Schema> {
    utoipa::openapi::OneOfBuilder::new()
        .description(Some("Names a request, and the answer to it."))
        .item(ObjectBuilder::new().schema_type(Type::String))
        .item(ObjectBuilder::new().schema_type(Type::Integer))
        .into()
}

/// `true` or `"read"`.
pub(crate) fn act_as() -> RefOr<Schema> {
    let yes = ObjectBuilder::new().schema_type(Type::Boolean);
    utoipa::openapi::OneOfBuilder::new()
        .description(Some(
            "Whether the key may name any user of the tenant: `true`, or `\"read\"` to read alone.",
        ))
        .item(yes)
        .item(words(["read"]))
        .into()
}
