//! API keys: 256 random bits behind a readable prefix, with a checksum for typing and scanners.

use anchorhold_model::{BearerToken, Random, Stream, hex, unhex};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::Secret;

/// What kind of key a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClass {
    /// `ah_`: a secret key of a tenant.
    Secret,
    /// `ahp_`: a publishable key of a tenant.
    Publishable,
    /// `aho_`: a key of the operator.
    Operator,
    /// `ahi_`: an invitation of a tenant, worth one key of a user.
    Invitation,
}

impl TokenClass {
    /// The prefix of the text.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "ah_",
            Self::Publishable => "ahp_",
            Self::Operator => "aho_",
            Self::Invitation => "ahi_",
        }
    }
}

/// An API key in clear: prefix, 64 hexadecimal digits, 8 digits of checksum. Shown once.
pub struct Token {
    class: TokenClass,
    secret: Secret,
}

impl Token {
    /// A fresh key, drawn from the stream of whom it is for.
    pub fn generate(class: TokenClass, random: &dyn Random, stream: Stream<'_>) -> Self {
        let mut bytes = [0; 32];
        random.fill(stream, &mut bytes);
        let secret = Secret::new(bytes);
        bytes.zeroize();
        Self { class, secret }
    }

    /// Reads a key; `None` for anything that cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let classes = [
            TokenClass::Operator,
            TokenClass::Invitation,
            TokenClass::Publishable,
            TokenClass::Secret,
        ];
        let (class, digits) = classes
            .into_iter()
            .find_map(|class| Some((class, text.strip_prefix(class.prefix())?)))?;
        let (secret, sum) = digits.split_at_checked(64)?;
        let token = Self {
            class,
            secret: Secret::new(unhex(secret)?),
        };
        (token.checksum() == sum).then_some(token)
    }

    /// What kind of key it is.
    pub const fn class(&self) -> TokenClass {
        self.class
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> String {
        let mut text = self.class.prefix().to_owned();
        text.push_str(&hex(self.secret.expose()));
        text.push_str(&self.checksum());
        text
    }

    /// What lists show: the prefix and the first 6 digits.
    pub fn hint(&self) -> String {
        let (first, _) = self.secret.expose().split_at(3);
        format!("{}{}", self.class.prefix(), hex(first))
    }

    fn checksum(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("anchorhold v1 api key checksum");
        hasher.update(self.class.prefix().as_bytes());
        hasher.update(self.secret.expose());
        let hash = hasher.finalize();
        let (first, _) = hash.as_bytes().split_at(4);
        hex(first)
    }
}

/// The keyed hash of a key: all that is stored of it.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Takes stored bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store and to look up.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The installation's key for hashes of API keys.
pub struct TokenHashKey(Secret);

impl TokenHashKey {
    /// From the installation's secret of label `token`.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// Keyed BLAKE3: the token holds 256 random bits, so a slow hash would add nothing.
    pub fn hash(&self, token: &Token) -> TokenHash {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        hasher.update(token.class.prefix().as_bytes());
        hasher.update(token.secret.expose());
        TokenHash(*hasher.finalize().as_bytes())
    }

    /// The same for an issuer of signed tokens, and for whom they are.
    pub fn hash_issuer(&self, iss: &str, audience: Option<&str>) -> TokenHash {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        hasher.update(b"issuer ");
        let length = u64::try_from(iss.len()).unwrap_or(u64::MAX);
        hasher.update(&length.to_be_bytes());
        hasher.update(iss.as_bytes());
        if let Some(audience) = audience {
            hasher.update(b" ");
            hasher.update(audience.as_bytes());
        }
        TokenHash(*hasher.finalize().as_bytes())
    }

    /// The same for requests of a tenant that show nothing: there is no token, so nobody can send one.
    pub fn hash_listener(&self, tenant: &[u8; 16]) -> TokenHash {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        hasher.update(b"listener ");
        hasher.update(tenant);
        TokenHash(*hasher.finalize().as_bytes())
    }

    /// The same for requests of a tenant that come through its application. There is no token either.
    pub fn hash_application(&self, tenant: &[u8; 16]) -> TokenHash {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        hasher.update(b"application ");
        hasher.update(tenant);
        TokenHash(*hasher.finalize().as_bytes())
    }

    /// The same for a token that a tenant brought. No class of key begins like this, so the two
    /// never meet.
    pub fn hash_bearer(&self, token: &BearerToken) -> TokenHash {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        hasher.update(b"bearer ");
        hasher.update(token.as_str().as_bytes());
        TokenHash(*hasher.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests;
