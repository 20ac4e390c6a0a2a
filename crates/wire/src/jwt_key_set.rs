//! Issuers of signed tokens (JWT) that a tenant takes: made, listed, given other keys.

use anchorhold_model::limits::{
    JWT_BYTES_MAX, JWT_KEYS_MAX, JWT_LEEWAY_SECONDS_MAX, KEY_NAME_BYTES_MAX,
};
use anchorhold_model::{Issuer, JwksUrl, KeyId, Part, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, check, object, redacted_debug};

/// How far the clock of an issuer may be off when nothing else is said, in seconds.
const LEEWAY_SECONDS_DEFAULT: u64 = 30;

/// A key that checks tokens: exactly one of `secret`, `pem` and `jwk`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JwtKeyBody {
    /// `HS256`, `RS256`, `ES256` or `EdDSA`; what a token says of its algorithm changes nothing.
    pub algorithm: String,
    /// What the token's `kid` must say; a key without one checks tokens of any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// A shared secret of 32 bytes or more, for `HS256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// A public key as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem: Option<String>,
    /// A key as JWK.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub jwk: Option<Map<String, Value>>,
}
redacted_debug!(JwtKeyBody);

/// Takes tokens of an issuer.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateJwtKeySet {
    /// What the tenant calls the issuer: its users are those of `jwt:<name>`.
    pub name: String,
    /// What the claim `iss` says, byte for byte.
    pub iss: String,
    /// What the claim `aud` holds; without it, tokens must have no `aud`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// `local` when the subjects are the users of `x-anchorhold-user`, on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The claim that is `viewer`, or a list with it, for whoever may only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_claim: Option<String>,
    /// How far the issuer's clock may be off, at most 300; 30 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leeway_seconds: Option<u64>,
    /// The keys, at most 16; absent beside `jwks_url`.
    #[serde(
        default,
        deserialize_with = "object::items",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub keys: Vec<JwtKeyBody>,
    /// Where the issuer publishes its keys (JWKS): `https://`, or `http://` and an address of the
    /// server's own machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// What published keys may check, of `RS256`, `ES256` and `EdDSA`; all three when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<Vec<String>>,
}
redacted_debug!(CreateJwtKeySet);

/// Gives an issuer other keys.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceJwtKeys {
    /// All keys from now on, at most 16; absent beside `jwks_url`.
    #[serde(
        default,
        deserialize_with = "object::items",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub keys: Vec<JwtKeyBody>,
    /// Where the issuer publishes its keys from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// What published keys may check from now on; all three when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<Vec<String>>,
}
redacted_debug!(ReplaceJwtKeys);

/// The text of a key and how it is written.
#[derive(Clone, PartialEq, Eq)]
pub enum JwtKeyText {
    /// A shared secret.
    Secret(String),
    /// A public key as PEM.
    Pem(String),
    /// A key as JWK.
    Jwk(String),
}
redacted_debug!(JwtKeyText);

/// A key to be read.
#[derive(Clone, PartialEq, Eq)]
pub struct NewJwtKey {
    /// The name of its algorithm.
    pub algorithm: String,
    /// What the token's `kid` must say.
    pub kid: Option<String>,
    /// The key.
    pub text: JwtKeyText,
}
redacted_debug!(NewJwtKey);

/// Where the keys of an issuer come from.
#[derive(Clone, PartialEq, Eq)]
pub enum NewJwtKeys {
    /// They are given.
    Given(Vec<NewJwtKey>),
    /// The issuer publishes them.
    Published {
        /// Where.
        url: JwksUrl,
        /// The names of what they may check; `None` for all that published keys may.
        algorithms: Option<Vec<String>>,
    },
}
redacted_debug!(NewJwtKeys);

/// An issuer to be taken.
#[derive(Clone, PartialEq, Eq)]
pub struct NewJwtKeySet {
    /// What the tenant calls it.
    pub name: Part,
    /// Whose users its subjects are.
    pub vouches: Issuer,
    /// What the claim `iss` says.
    pub iss: String,
    /// What the claim `aud` holds.
    pub audience: Option<String>,
    /// The claim that tells who only reads.
    pub role_claim: Option<String>,
    /// How far its clock may be off.
    pub leeway_seconds: u64,
    /// Its keys.
    pub keys: NewJwtKeys,
}
redacted_debug!(NewJwtKeySet);

impl Request for CreateJwtKeySet {
    type Domain = NewJwtKeySet;

    fn into_domain(self) -> Result<NewJwtKeySet, Rejection> {
        let invalid =
            |field: &str, rule: String| Rejection::of_field(Code::RequestInvalid, field, rule);
        let name = Part::parse(&self.name).map_err(|error| invalid("name", error.to_string()))?;
        let vouches = match self.issuer.as_deref() {
            None => format!("jwt:{}", self.name),
            Some(Issuer::LOCAL) => Issuer::LOCAL.to_owned(),
            Some(_) => {
                let rule = "must be \"local\", or absent for an issuer of its own";
                return Err(invalid("issuer", rule.to_owned()));
            }
        };
        let vouches = Issuer::parse(&vouches);
        let vouches = vouches.map_err(|error| invalid("name", error.to_string()))?;
        check::text("iss", &self.iss, KEY_NAME_BYTES_MAX)?;
        for (field, text) in [
            ("audience", &self.audience),
            ("role_claim", &self.role_claim),
        ] {
            if let Some(text) = text {
                check::text(field, text, KEY_NAME_BYTES_MAX)?;
            }
        }
        let leeway = self.leeway_seconds.unwrap_or(LEEWAY_SECONDS_DEFAULT);
        let leeway = check::within("leeway_seconds", leeway, 0..=JWT_LEEWAY_SECONDS_MAX)?;
        Ok(NewJwtKeySet {
            name,
            vouches,
            iss: self.iss,
            audience: self.audience,
            role_claim: self.role_claim,
            leeway_seconds: leeway,
            keys: keys(self.keys, self.jwks_url, self.algorithms)?,
        })
    }
}

impl Request for ReplaceJwtKeys {
    type Domain = NewJwtKeys;

    fn into_domain(self) -> Result<NewJwtKeys, Rejection> {
        keys(self.keys, self.jwks_url, self.algorithms)
    }
}

fn keys(
    bodies: Vec<JwtKeyBody>,
    jwks_url: Option<String>,
    algorithms: Option<Vec<String>>,
) -> Result<NewJwtKeys, Rejection> {
    let invalid =
        |field: &str, rule: String| Err(Rejection::of_field(Code::RequestInvalid, field, rule));
    if let Some(url) = jwks_url {
        if !bodies.is_empty() {
            let rule = "must not stand beside \"keys\"; give the keys, or say where they are";
            return invalid("jwks_url", rule.to_owned());
        }
        return match JwksUrl::parse(&url) {
            Ok(url) => Ok(NewJwtKeys::Published { url, algorithms }),
            Err(error) => invalid("jwks_url", error.to_string()),
        };
    }
    if algorithms.is_some() {
        let rule = "goes with \"jwks_url\" alone; each of \"keys\" has an \"algorithm\"";
        return invalid("algorithms", rule.to_owned());
    }
    if bodies.is_empty() || bodies.len() > JWT_KEYS_MAX {
        let rule = format!("must be 1 to {JWT_KEYS_MAX} keys, or absent beside \"jwks_url\"");
        return invalid("keys", rule);
    }
    let items = bodies.into_iter().enumerate();
    let keys = items.map(|(position, body)| key(position, body));
    keys.collect::<Result<_, _>>().map(NewJwtKeys::Given)
}

fn key(position: usize, body: JwtKeyBody) -> Result<NewJwtKey, Rejection> {
    let field = format!("keys[{position}]");
    let invalid = |rule: &str| Err(Rejection::of_field(Code::RequestInvalid, &field, rule));
    let text = match (body.secret, body.pem, body.jwk) {
        (Some(secret), None, None) => JwtKeyText::Secret(secret),
        (None, Some(pem), None) => JwtKeyText::Pem(pem),
        (None, None, Some(jwk)) => JwtKeyText::Jwk(Value::Object(jwk).to_string()),
        _ => return invalid("must hold exactly one of \"secret\", \"pem\" and \"jwk\""),
    };
    let (JwtKeyText::Secret(length) | JwtKeyText::Pem(length) | JwtKeyText::Jwk(length)) = &text;
    if length.len() > JWT_BYTES_MAX {
        return invalid("holds a longer key than any");
    }
    if let Some(kid) = &body.kid {
        check::text(&format!("{field}.kid"), kid, KEY_NAME_BYTES_MAX)?;
    }
    Ok(NewJwtKey {
        algorithm: body.algorithm,
        kid: body.kid,
        text,
    })
}

/// A key that checks tokens, without itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JwtKeyListed {
    /// The algorithm.
    pub algorithm: String,
    /// What the token's `kid` must say; null for any.
    pub kid: Option<String>,
}

/// An issuer whose tokens a tenant takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JwtKeySetListed {
    /// Names it; no secret.
    #[schema(value_type = String)]
    pub key_id: KeyId,
    /// What the tenant calls it.
    pub name: String,
    /// Whose users its subjects are.
    pub issuer: String,
    /// What the claim `iss` says.
    pub iss: String,
    /// What the claim `aud` holds; null for none.
    pub audience: Option<String>,
    /// The claim that tells who only reads; null for none.
    pub role_claim: Option<String>,
    /// How far its clock may be off, in seconds.
    pub leeway_seconds: u64,
    /// Its keys; of those that it publishes, the ones that count now.
    pub keys: Vec<JwtKeyListed>,
    /// Where it publishes its keys; null when they were given.
    pub jwks_url: Option<String>,
    /// What published keys may check; null when they were given.
    pub algorithms: Option<Vec<String>>,
    /// When published keys were fetched last; null before the first token and after a restart.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<Timestamp>,
    /// Why the last fetch failed: `address_refused`, `unreachable`, `late`, `untrusted`, `status`,
    /// `too_large` or `malformed`; null when it did not.
    pub fetch_problem: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The issuers whose tokens a tenant takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JwtKeySetList {
    /// The issuers.
    pub jwt_key_sets: Vec<JwtKeySetListed>,
}
