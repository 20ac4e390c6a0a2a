//! Signatures of signed tokens (JWS, RFC 7515) by keys that a tenant configured.
//!
//! INVARIANT: the algorithm is a property of the key. What a token says of its algorithm chooses
//! nothing.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};

/// Bytes of a shared secret, at least: as many as the hash gives (RFC 7518, section 3.2).
pub const JWS_SECRET_BYTES_MIN: usize = 32;

/// Bytes of the modulus of an RSA key, at least: 2,048 bits (RFC 7518, section 3.3).
const RSA_BYTES_MIN: usize = 256;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwsAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2,048 bits and more.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl JwsAlgorithm {
    /// All that are taken.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in the header of a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name; `None` for all others, `none` among them.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    const fn known(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

/// A key that checks signatures, of one algorithm.
pub struct JwsKey {
    algorithm: JwsAlgorithm,
    key: DecodingKey,
}

impl JwsKey {
    /// A shared secret; `None` when it is too short.
    pub fn from_secret(secret: &[u8]) -> Option<Self> {
        (secret.len() >= JWS_SECRET_BYTES_MIN).then(|| Self {
            algorithm: JwsAlgorithm::Hs256,
            key: DecodingKey::from_secret(secret),
        })
    }

    /// A public key as PEM (`SubjectPublicKeyInfo`, or PKCS #1 for RSA); `None` when it is none, or not
    /// one of this algorithm.
    pub fn from_pem(algorithm: JwsAlgorithm, pem: &str) -> Option<Self> {
        let pem = pem.as_bytes();
        let key = match algorithm {
            JwsAlgorithm::Hs256 => return None,
            JwsAlgorithm::Rs256 => DecodingKey::from_rsa_pem(pem),
            JwsAlgorithm::Es256 => DecodingKey::from_ec_pem(pem),
            JwsAlgorithm::EdDsa => DecodingKey::from_ed_pem(pem),
        };
        Self::fitting(algorithm, key.ok()?)
    }

    /// A key as JWK (RFC 7517); `None` when it is none, or not one of this algorithm.
    pub fn from_jwk(algorithm: JwsAlgorithm, json: &str) -> Option<Self> {
        let jwk: Jwk = serde_json::from_str(json).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let is_named = jwk.common.key_algorithm.is_none_or(|named| {
            Algorithm::try_from(named).is_ok_and(|named| named == algorithm.known())
        });
        if !is_named || key.family() != algorithm.known().family() {
            return None;
        }
        match algorithm {
            JwsAlgorithm::Hs256 => Self::from_secret(key.try_get_as_bytes().ok()?),
            _ => Self::fitting(algorithm, key),
        }
    }

    /// A public key if it is one of the one curve that the algorithm means.
    fn fitting(algorithm: JwsAlgorithm, key: DecodingKey) -> Option<Self> {
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        let fits = match (algorithm, key.kind()) {
            (JwsAlgorithm::Rs256, RsaModulusExponent { n, .. }) => n.len() >= RSA_BYTES_MIN,
            (JwsAlgorithm::Rs256, SecretOrDer(der)) => {
                // A sequence with the modulus in it (RFC 8017, appendix A.1.1).
                der.len() > RSA_BYTES_MIN && der.starts_with(&[0x30])
            }
            (JwsAlgorithm::Es256, SecretOrDer(point)) => {
                point.len() == 65 && point.starts_with(&[4])
            }
            (JwsAlgorithm::EdDsa, SecretOrDer(point)) => point.len() == 32,
            _ => false,
        };
        fits.then_some(Self { algorithm, key })
    }

    /// The algorithm.
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// Whether `signature` (base64url without padding) is the one of what stands before it.
    pub fn verify(&self, signed: &str, signature: &str) -> bool {
        let (signed, algorithm) = (signed.as_bytes(), self.algorithm.known());
        jsonwebtoken::crypto::verify(signature, signed, &self.key, algorithm).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
