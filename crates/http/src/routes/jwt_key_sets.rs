//! Issuers of signed tokens that a tenant takes, for the operator, one verb a file.

pub(super) mod create;
pub(super) mod end;
pub(super) mod list;
pub(super) mod replace_keys;

use anchorhold_crypto::JwsAlgorithm;
use anchorhold_identity::{
    CredentialRecord, JwksSource, JwtKey, JwtKeyForm, JwtKeys, PUBLISHED_ALGORITHMS,
};
use anchorhold_memory::Engine;
use anchorhold_wire::Code;
use anchorhold_wire::jwt_key_set::{
    JwtKeyListed, JwtKeySetListed, JwtKeyText, NewJwtKey, NewJwtKeys,
};

use crate::refusal::Refusal;

/// Reads the keys of a body.
fn keys(new: NewJwtKeys) -> Result<JwtKeys, Refusal> {
    match new {
        NewJwtKeys::Given(new) => {
            let items = new.into_iter().enumerate();
            let keys = items.map(|(position, new)| key(position, new));
            keys.collect::<Result<_, _>>().map(JwtKeys::Given)
        }
        NewJwtKeys::Published { url, algorithms } => {
            let algorithms = match algorithms {
                None => PUBLISHED_ALGORITHMS.to_vec(),
                Some(names) => algorithms_of(&names)?,
            };
            Ok(JwtKeys::Published(JwksSource { url, algorithms }))
        }
    }
}

/// The algorithms of these names.
fn algorithms_of(names: &[String]) -> Result<Vec<JwsAlgorithm>, Refusal> {
    let is_published = |known: &JwsAlgorithm| PUBLISHED_ALGORITHMS.contains(known);
    let found = names.iter().map(|name| JwsAlgorithm::parse(name));
    let found: Option<Vec<_>> = found.map(|found| found.filter(is_published)).collect();
    found.filter(|found| !found.is_empty()).ok_or_else(|| {
        let rule = "must be one or more of RS256, ES256 and EdDSA";
        Refusal::of_field(Code::RequestInvalid, "algorithms", rule)
    })
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
fn listed(engine: &Engine, record: &CredentialRecord) -> Option<JwtKeySetListed> {
    let set = record.jwt.as_ref()?;
    let status = engine.jwks_status(record);
    let (keys, source) = match &set.keys {
        JwtKeys::Given(keys) => (&**keys, None),
        JwtKeys::Published(source) => (status.keys.as_slice(), Some(source)),
    };
    let algorithms = source.map(|source| {
        let algorithms = source.algorithms.iter();
        algorithms.map(|known| known.as_str().to_owned()).collect()
    });
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
        keys: keys.iter().map(key).collect(),
        jwks_url: source.map(|source| source.url.as_str().to_owned()),
        algorithms,
        fetched_at: status.fetched_at,
        fetch_problem: status.problem.map(|problem| problem.as_str().to_owned()),
        created_at: record.created_at,
    })
}

/// The same of an issuer that was just made or changed.
fn shown(engine: &Engine, record: &CredentialRecord) -> Result<JwtKeySetListed, Refusal> {
    listed(engine, record).ok_or_else(|| Refusal::internal("an issuer without keys"))
}
