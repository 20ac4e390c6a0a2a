//! The address at which an issuer of signed tokens publishes its keys.

use std::net::IpAddr;

use crate::limits::JWKS_URL_BYTES_MAX;

/// Why a text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksUrlError {
    /// It is empty or too long.
    #[error("must be 1 to {JWKS_URL_BYTES_MAX} bytes")]
    Length,
    /// It holds what no URL holds as it is.
    #[error("must hold only characters of a URL; write others as %XX")]
    Character,
    /// Whoever is in between could answer instead of the issuer.
    #[error(
        "must begin with https://, or with http:// and an address of this machine such as 127.0.0.1"
    )]
    Scheme,
    /// It names no host, a user, or a port that is none.
    #[error("must name a host, perhaps a port, and no user")]
    Host,
    /// What stands behind `#` is never sent.
    #[error("must not hold #")]
    Fragment,
}

/// An address of a document with keys (JWKS, RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksUrl(Box<str>);

impl JwksUrl {
    /// Takes an address exactly as it is, or says why it is none.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, JwksUrlError> {
        if text.is_empty() || text.len() > JWKS_URL_BYTES_MAX {
            return Err(JwksUrlError::Length);
        }
        if text.contains('#') {
            return Err(JwksUrlError::Fragment);
        }
        let is_of_url =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte);
        if !text.bytes().all(is_of_url) {
            return Err(JwksUrlError::Character);
        }
        let (scheme, rest) = text.split_once("://").ok_or(JwksUrlError::Scheme)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let host = host(authority).ok_or(JwksUrlError::Host)?;
        let is_here = host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
        match scheme {
            "https" => {}
            "http" if is_here => {}
            _ => return Err(JwksUrlError::Scheme),
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The host of an authority, without brackets.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => match authority.find(':') {
            Some(colon) => authority.split_at_checked(colon)?,
            None => (authority, ""),
        },
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| {
            !port.starts_with('+') && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    (is_port && !host.is_empty() && host.bytes().all(is_name)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_keys_is_https_or_on_this_machine() {
        for text in [
            "https://issuer.example/.well-known/jwks.json",
            "https://issuer.example:8443/keys?tenant=a%20b",
            "https://10.0.0.7/keys",
            "https://[2a00::1]/keys",
            "http://127.0.0.1:8080/keys",
            "http://[::1]:8080/keys",
            "https://issuer.example",
        ] {
            assert_eq!(JwksUrl::parse(text).unwrap().as_str(), text);
        }
        let long = format!("https://a/{}", "a".repeat(JWKS_URL_BYTES_MAX));
        for (text, error) in [
            ("", JwksUrlError::Length),
            (&long, JwksUrlError::Length),
            ("https://a/#b", JwksUrlError::Fragment),
            ("https://a/ b", JwksUrlError::Character),
            ("https://a/\n", JwksUrlError::Character),
            ("https://a\\@b/", JwksUrlError::Character),
            ("https://\u{e9}/", JwksUrlError::Character),
            ("issuer.example/keys", JwksUrlError::Scheme),
            ("HTTPS://a/", JwksUrlError::Scheme),
            ("file://a/etc", JwksUrlError::Scheme),
            ("http://issuer.example/keys", JwksUrlError::Scheme),
            ("http://localhost/keys", JwksUrlError::Scheme),
            ("http://127.0.0.1.example/keys", JwksUrlError::Scheme),
            ("http://10.0.0.7/keys", JwksUrlError::Scheme),
            ("http://127.0.0.1@evil.example/keys", JwksUrlError::Host),
            ("https://user:word@a/keys", JwksUrlError::Host),
            ("https:///keys", JwksUrlError::Host),
            ("https://a:/keys", JwksUrlError::Host),
            ("https://a:0/keys", JwksUrlError::Host),
            ("https://a:99999/keys", JwksUrlError::Host),
            ("https://[::1/keys", JwksUrlError::Host),
        ] {
            assert_eq!(JwksUrl::parse(text), Err(error), "{text}");
        }
    }
}
