//! Issuers of signed tokens that a tenant takes, for the operator, one verb a file.

pub(super) mod create;
pub(super) mod end;
pub(super) mod list;
pub(super) mod replace_keys;

use anchorhold_crypto::JwsAlgorithm;
use anchorhold_identity::{CredentialRecord, JwtKey, JwtKeyForm};
use anchorhold_wire::Code;
use anchorhold_wire::jwt_key_set::{JwtKeyListed, JwtKeySetListed, JwtKeyText, NewJwtKey};

use crate::refusal::Refusal;

/// Reads the keys of a body.
fn keys(new: Vec<NewJwtKey>) -> Result<Vec<JwtKey>, Refusal> {
    let items = new.into_iter().enumerate();
    items.map(|(position, new)| key(position, new)).collect()
}

fn key(position: usize, new: NewJwtKey) -> Result<JwtKey, Refusal> {
    let invalid = |field: &str, rule: &str| {
        let field = format!("keys[{position}].{field}");
        Refusal::of_field(Code::RequestInvalid, &field, rule)
    };
    let algorithm = JwsAlgorithm::parse(&new.algorithm)
        .ok_or_else(|| invalid("algorithm", "must be HS256, RS256, ES256 or EdDSA"))?;
    let (field, form, text) = match new.text {
        JwtKeyText::Secret(text) => ("secret", JwtKeyForm::Secret, text),
        JwtKeyText::Pem(text) => ("pem", JwtKeyForm::Pem, text),
        JwtKeyText::Jwk(text) => ("jwk", JwtKeyForm::Jwk, text),
    };
    JwtKey::new(new.kid, algorithm, form, text).ok_or_else(|| {
        let rule = "is no key of this algorithm: HS256 takes a secret of 32 bytes or more, the others a public key";
        invalid(field, rule)
    })
}

/// An issuer as lists show it.
fn listed(record: &CredentialRecord) -> Option<JwtKeySetListed> {
    let set = record.jwt.as_ref()?;
    let key = |key: &JwtKey| JwtKeyListed {
        algorithm: key.algorithm().as_str().to_owned(),
        kid: key.kid.clone(),
    };
    Some(JwtKeySetListed {
        key_id: record.key,
        name: set.name.as_str().to_owned(),
        issuer: set.vouches.as_str().to_owned(),
        iss: set.iss.clone(),
        audience: set.audience.clone(),
        role_claim: set.role_claim.clone(),
        leeway_seconds: set.leeway_seconds,
        keys: set.keys.iter().map(key).collect(),
        created_at: record.created_at,
    })
}

/// The same of an issuer that was just made or changed.
fn shown(record: &CredentialRecord) -> Result<JwtKeySetListed, Refusal> {
    listed(record).ok_or_else(|| Refusal::internal("an issuer without keys"))
}
