//! Where an embedder of another house lies, as its configuration says.

use ureq::http::Uri;

/// The address of `/embeddings` below a configured URL.
pub(super) fn target(url: &str, private: bool) -> Result<Uri, &'static str> {
    let written = format!("{}/embeddings", url.trim_end_matches('/'));
    let target: Uri = written.parse().map_err(|_| "the url is no URL")?;
    match target.scheme_str() {
        Some("https") => {}
        Some("http") if private => {}
        Some("http") => {
            return Err("texts go unencrypted to private addresses alone; say private = true");
        }
        _ => return Err("the url must begin with https:// or http://"),
    }
    match target.authority() {
        None => Err("the url names no host"),
        Some(authority) if authority.as_str().contains('@') => {
            Err("the url must not hold a user or a password; the key has its own place")
        }
        Some(_) if target.query().is_some() => Err("the url must not hold a query"),
        Some(_) => Ok(target),
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn texts_go_unencrypted_to_private_addresses_alone() {
        assert!(target("http://127.0.0.1:1/v1", true).is_ok());
        assert!(target("https://host/v1", true).is_ok());
        assert!(target("https://host/v1", false).is_ok());
        for refused in ["ftp://host", "host", "http://u:p@host", "http://host/?a=b"] {
            assert!(target(refused, true).is_err(), "{refused}");
        }
        assert!(target("http://host/v1", false).is_err());
    }
}
