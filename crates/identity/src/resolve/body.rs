//! What a body says of the user: a claim, whoever sends it. At the place that the tenant configured it
//! counts beside the headers; the fields that clients of OpenAI's API fill in count where nothing else does.

use anchorhold_model::{Issuer, JsonPointer, User, UserId};
use serde::Deserialize;
use serde_json::Value;

use super::Piece;
use crate::{Denial, Reason, Source, Standing, Strength};

/// The fields in which clients of OpenAI's API name their users, the first one first.
#[derive(Deserialize)]
struct Fields {
    safety_identifier: Option<Value>,
    user: Option<Value>,
}

/// The user at the configured place, if there is one.
pub(super) fn pointed(pointer: &JsonPointer, body: &[u8]) -> Result<Option<Piece>, Denial> {
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        return Ok(None);
    };
    named(pointer.as_str(), pointer.find(&document), Source::Metadata)
}

/// The user in the fields of OpenAI's API.
pub(super) fn fallback(body: &[u8]) -> Result<Option<Piece>, Denial> {
    let Ok(fields) = serde_json::from_slice::<Fields>(body) else {
        return Ok(None);
    };
    let said = named("user", fields.user.as_ref(), Source::Body)?;
    let safety = fields.safety_identifier.as_ref();
    Ok(named("safety_identifier", safety, Source::Body)?.or(said))
}

fn named(field: &str, value: Option<&Value>, source: Source) -> Result<Option<Piece>, Denial> {
    let invalid = |problem| {
        Denial::of_stranger(Reason::IdentityHeaderInvalid {
            header: field.to_owned().into(),
            problem,
        })
    };
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid("is not a text")),
    };
    if text.contains("{{") {
        return Err(invalid("holds a template that was not filled in"));
    }
    let of_name = |error| {
        Denial::of_stranger(Reason::NameInvalid {
            field: field.to_owned().into(),
            error,
        })
    };
    let id = UserId::parse(text).map_err(of_name)?;
    let issuer = Issuer::parse(Issuer::BODY).map_err(of_name)?;
    Ok(Some(Piece {
        subject: User { issuer, id },
        said: None,
        standing: Standing::default(),
        strength: Strength::Claimed,
        source,
    }))
}
