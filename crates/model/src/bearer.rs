//! A token that clients of a tenant send already and that stands for one of its users.

use std::fmt;

use crate::limits::{BEARER_BYTES_MAX, BEARER_BYTES_MIN};

/// Why a text is no token that a tenant may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// It is too easy to guess, or too long.
    #[error("must be {BEARER_BYTES_MIN} to {BEARER_BYTES_MAX} bytes, best drawn at random")]
    Length,
    /// It could not be sent in `Authorization: Bearer`.
    #[error("must hold only letters, digits and - . _ ~ + / =")]
    Character,
    /// It would be read as a key of this server.
    #[error("must not begin with ah_, ahp_ or aho_, as keys of this server do")]
    Prefix,
    /// It would be read as a signed token.
    #[error("must not be a JWT: those are verified, never compared")]
    Signed,
}

/// A token of somebody else's making, in clear.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(Box<str>);

impl BearerToken {
    /// Takes a text exactly as it is (the `b64token` of RFC 6750, section 2.1) or says why it is
    /// no such token.
    pub fn parse(text: &str) -> Result<Self, BearerError> {
        if !(BEARER_BYTES_MIN..=BEARER_BYTES_MAX).contains(&text.len()) {
            return Err(BearerError::Length);
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if !text.bytes().all(is_allowed) {
            return Err(BearerError::Character);
        }
        if ["ah_", "ahp_", "aho_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            return Err(BearerError::Prefix);
        }
        // Base64 of `{"`, and three or more parts.
        if text.starts_with("ey") && text.bytes().filter(|byte| *byte == b'.').count() >= 2 {
            return Err(BearerError::Signed);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    /// Credentials do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BearerToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_as_it_is_or_refused_for_a_reason() {
        let taken = ["0123456789abcdef", "A-._~+/=bcdefghijk", "eyeyeyeyeyeyey.y"];
        for text in taken {
            assert_eq!(BearerToken::parse(text).unwrap().as_str(), text);
        }
        let long = "a".repeat(BEARER_BYTES_MAX + 1);
        for (text, error) in [
            ("", BearerError::Length),
            ("0123456789abcde", BearerError::Length),
            (&long, BearerError::Length),
            ("0123456789abcde ", BearerError::Character),
            ("0123456789abcd,e", BearerError::Character),
            ("0123456789abcdé", BearerError::Character),
            ("ah_0123456789abcdef", BearerError::Prefix),
            ("ahp_0123456789abcdef", BearerError::Prefix),
            ("aho_0123456789abcdef", BearerError::Prefix),
            ("eyJhbGciOiJub25lIn0.e30.", BearerError::Signed),
            ("eyJhbGciOiJub25lIn0.a.b.c.d", BearerError::Signed),
        ] {
            assert_eq!(BearerToken::parse(text), Err(error), "{text}");
        }
        assert!(BearerToken::parse(&"a".repeat(BEARER_BYTES_MAX)).is_ok());
        assert_eq!(
            format!("{:?}", BearerToken::parse(taken[0])),
            "Ok(BearerToken(..))"
        );
    }
}
