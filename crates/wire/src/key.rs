//! API keys: made, listed, revoked.

use std::fmt;

use anchorhold_model::limits::{GRANTS_MAX, KEY_EXPIRY_DAYS_MAX, KEY_NAME_BYTES_MAX, ORIGINS_MAX};
use anchorhold_model::{
    AccessSet, BearerToken, Grant, GrantPattern, KeyId, Origin, Timestamp, UserId,
};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, object, redacted_debug, schema, word};

/// Whether a key may name the user it works for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActAs {
    /// Absent or `false`.
    #[default]
    No,
    /// `"read"`: to read.
    Read,
    /// `true`: for everything.
    Full,
}

impl ActAs {
    /// Whether it may not.
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }
}

impl Serialize for ActAs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::No => serializer.serialize_bool(false),
            Self::Read => serializer.serialize_str("read"),
            Self::Full => serializer.serialize_bool(true),
        }
    }
}

impl<'de> Deserialize<'de> for ActAs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;

        impl Visitor<'_> for Word {
            type Value = ActAs;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true or \"read\"")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<ActAs, E> {
                Ok(if value { ActAs::Full } else { ActAs::No })
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<ActAs, E> {
                match value {
                    "read" => Ok(ActAs::Read),
                    _ => Err(E::custom("expected true or \"read\"")),
                }
            }
        }
        deserializer.deserialize_any(Word)
    }
}

/// A grant as bodies write it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantBody {
    /// An exact name `org/acme`, a subtree `org/acme/**`, or `**`.
    pub namespace: String,
    /// What is allowed there; each holds the ones before it.
    #[serde(deserialize_with = "word::required")]
    #[schema(schema_with = schema::access)]
    pub access: AccessSet,
}
redacted_debug!(GrantBody);

impl From<&Grant> for GrantBody {
    fn from(grant: &Grant) -> Self {
        Self {
            namespace: grant.pattern.to_string(),
            access: grant.access,
        }
    }
}

/// Makes a key that may stand in pages: it names the tenant and proves nobody. It leads into sessions, and
/// to the user of a signed token beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publishable {
    /// The origins of the pages that may use it, such as `https://app.example.org`; 1 to 32.
    pub origins: Vec<String>,
}

/// Makes an API key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// What it is called; need not be unique.
    pub name: String,
    /// The one user it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A token that clients of the tenant send already, to stand for `user`: 16 to 512 letters,
    /// digits and `- . _ ~ + / =`. What else a request with it says of its user is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token: Option<String>,
    /// Whether it only reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewer: Option<bool>,
    /// Whether it may name any user of the tenant: `true`, or `"read"` to read alone.
    #[serde(default, skip_serializing_if = "ActAs::is_no")]
    #[schema(schema_with = schema::act_as, required = false)]
    pub act_as: ActAs,
    /// Whether it manages the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<bool>,
    /// Makes a key for browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publishable: Option<Publishable>,
    /// The named namespaces it reaches; at most 100.
    #[serde(default, deserialize_with = "object::list")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantBody>>,
    /// Days until it ends, at most 3,650; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u64>,
}
redacted_debug!(CreateKey);

/// A key to make, checked: never both bound to a user and free to name one, and a viewer that can
/// be nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What it is called.
    pub name: String,
    /// The one user it speaks for.
    pub user: Option<UserId>,
    /// The token that is brought.
    pub bearer_token: Option<BearerToken>,
    /// Whether it only reads.
    pub viewer: bool,
    /// Whether it may name the user.
    pub act_as: ActAs,
    /// Whether it manages the tenant.
    pub admin: bool,
    /// The named namespaces it reaches.
    pub grants: Vec<Grant>,
    /// The pages that may use it, for a publishable key.
    pub origins: Option<Vec<Origin>>,
    /// Days until it ends.
    pub expires_in_days: Option<u32>,
}
redacted_debug!(NewKey);

impl Request for CreateKey {
    type Domain = NewKey;

    fn into_domain(self) -> Result<NewKey, Rejection> {
        let origins = self.publishable.as_ref().map(origins).transpose()?;
        let is_more = self.user.is_some()
            || self.bearer_token.is_some()
            || self.viewer.is_some()
            || self.admin.is_some()
            || !self.act_as.is_no()
            || self.grants.is_some();
        if origins.is_some() && is_more {
            let rule = "goes with a name and an expiry alone: everybody can read it in the page";
            return Err(Rejection::of_field(
                Code::RequestInvalid,
                "publishable",
                rule,
            ));
        }
        let (viewer, admin) = (self.viewer.unwrap_or(false), self.admin.unwrap_or(false));
        if self.user.is_some() && !self.act_as.is_no() {
            let rule = "goes with no \"user\": a key is bound to one user or names any";
            return Err(Rejection::of_field(Code::RequestInvalid, "act_as", rule));
        }
        if viewer && (admin || self.act_as == ActAs::Full) {
            let rule = "goes with neither \"admin\" nor \"act_as\": true; use \"act_as\": \"read\"";
            return Err(Rejection::of_field(Code::RequestInvalid, "viewer", rule));
        }
        check::text("name", &self.name, KEY_NAME_BYTES_MAX)?;
        let user = self.user.as_deref().map(|id| check::user_id("user", id));
        let bearer_token = self.bearer_token.as_deref().map(BearerToken::parse);
        let bearer_token = bearer_token.transpose().map_err(|error| {
            Rejection::of_field(Code::RequestInvalid, "bearer_token", error.to_string())
        })?;
        let may_more = admin || self.grants.is_some();
        if bearer_token.is_some() && (self.user.is_none() || may_more) {
            let rule = "goes with \"user\", and with neither \"admin\" nor \"grants\"";
            return Err(Rejection::of_field(
                Code::RequestInvalid,
                "bearer_token",
                rule,
            ));
        }
        Ok(NewKey {
            name: self.name,
            user: user.transpose()?,
            bearer_token,
            viewer,
            act_as: self.act_as,
            admin,
            grants: grants(&self.grants.unwrap_or_default())?,
            origins,
            expires_in_days: self.expires_in_days.map(expiry).transpose()?,
        })
    }
}

fn origins(publishable: &Publishable) -> Result<Vec<Origin>, Rejection> {
    let invalid =
        |field: &str, rule: String| Rejection::of_field(Code::RequestInvalid, field, rule);
    let texts = &publishable.origins;
    if !(1..=ORIGINS_MAX).contains(&texts.len()) {
        let rule = format!("must name 1 to {ORIGINS_MAX} origins");
        return Err(invalid("publishable.origins", rule));
    }
    let parse = |(position, text): (usize, &String)| {
        let field = format!("publishable.origins[{position}]");
        Origin::parse(text).map_err(|error| invalid(&field, error.to_string()))
    };
    let mut origins: Vec<Origin> = texts
        .iter()
        .enumerate()
        .map(parse)
        .collect::<Result<_, _>>()?;
    origins.sort_unstable();
    origins.dedup();
    Ok(origins)
}

fn grants(bodies: &[GrantBody]) -> Result<Vec<Grant>, Rejection> {
    if bodies.len() > GRANTS_MAX {
        let rule = format!("must be at most {GRANTS_MAX} grants");
        return Err(Rejection::of_field(Code::RequestInvalid, "grants", rule));
    }
    let items = bodies.iter().enumerate();
    items
        .map(
            |(position, body)| match GrantPattern::parse(&body.namespace) {
                Ok(pattern) => Ok(Grant {
                    pattern,
                    access: body.access,
                }),
                Err(error) => {
                    let field = format!("grants[{position}].namespace");
                    Err(Rejection::of_field(
                        Code::GrantPatternInvalid,
                        &field,
                        format!(
                            "{error}; grant an exact name, a subtree such as org/acme/**, or **"
                        ),
                    ))
                }
            },
        )
        .collect()
}

fn expiry(days: u64) -> Result<u32, Rejection> {
    let days = check::within("expires_in_days", days, 1..=u64::from(KEY_EXPIRY_DAYS_MAX))?;
    // Within the maximum, so it fits.
    Ok(u32::try_from(days).unwrap_or(KEY_EXPIRY_DAYS_MAX))
}

/// A key without its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyListed {
    /// Names the key; no secret.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// What it is called.
    pub name: String,
    /// How the key begins, to recognise it; empty for a token that was brought, and for the key of a
    /// listener, which has none.
    pub prefix: String,
    /// Whether it is a token that was brought.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub brought: bool,
    /// The one user it speaks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether it only reads.
    #[serde(default)]
    pub viewer: bool,
    /// Whether it may name the user.
    #[serde(default, skip_serializing_if = "ActAs::is_no")]
    #[schema(schema_with = schema::act_as, required = false)]
    pub act_as: ActAs,
    /// The origins of the pages that may use it, for a publishable key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// Whether it manages the tenant.
    #[serde(default)]
    pub admin: bool,
    /// The named namespaces it reaches.
    pub grants: Vec<GrantBody>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends; null for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}
redacted_debug!(KeyListed);

/// A new key; the only reply that shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyCreated {
    /// The secret; it is not shown again. Absent for a token that was brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub listed: KeyListed,
}
redacted_debug!(KeyCreated);

/// The keys of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<KeyListed>,
}

/// A key ends at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revoked {
    /// The key that was asked for.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// Always true.
    pub revoked: bool,
}
