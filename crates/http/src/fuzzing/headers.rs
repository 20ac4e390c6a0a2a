//! Headers: an identity is what stands in one line exactly, or the request is refused; a version is
//! read as it is written.

use anchorhold_identity::{Headers, IdentityHeader};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};

use crate::{credential, if_match};

const IDENTITIES: [IdentityHeader; 6] = [
    IdentityHeader::User,
    IdentityHeader::Workspace,
    IdentityHeader::Agent,
    IdentityHeader::Thread,
    IdentityHeader::Namespace,
    IdentityHeader::IsolationKey,
];

/// Each line is a name, a colon and a value; a line without a colon is a name.
pub(super) fn check(lines: &[&[u8]]) {
    let mut pairs: Vec<(&str, &[u8])> = Vec::new();
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(at.unwrap_or(line.len()));
        let value = value.split_first().map_or(&[][..], |(_, value)| value);
        if let Ok(name) = std::str::from_utf8(name) {
            pairs.push((name, value));
        }
    }
    for header in IDENTITIES {
        let read = Headers::new(&pairs).identity(header);
        assert!(
            read.ok() == slow(header.name(), &pairs),
            "{}",
            header.name()
        );
        let part = Headers::new(&pairs).identity_part(header);
        if let Ok(Some(part)) = part {
            assert!(Some(part.as_str()) == slow(header.name(), &pairs).flatten());
        }
    }
    for (name, value) in &pairs {
        if *name == "if-match" {
            version(value);
        }
        if let Ok(host) = std::str::from_utf8(value) {
            assert!(host.starts_with(credential::host_name(host)));
        }
    }
}

/// One value, none, or a refusal as `None`.
#[expect(
    clippy::option_option,
    reason = "as the function that it is compared with"
)]
fn slow<'a>(wanted: &str, pairs: &[(&'a str, &'a [u8])]) -> Option<Option<&'a str>> {
    let alike = |name: &str| name.to_ascii_lowercase().replace('_', "-") == wanted;
    let lines: Vec<_> = pairs.iter().filter(|(name, _)| alike(name)).collect();
    if lines.iter().any(|(name, _)| name.contains('_')) {
        return None;
    }
    match lines.as_slice() {
        [] => Some(None),
        [(_, value)] => {
            let value = std::str::from_utf8(value).ok()?;
            let is_plain = !value.contains(',') && !value.contains("{{");
            is_plain.then_some(Some(value))
        }
        _ => None,
    }
}

fn version(value: &[u8]) {
    let Ok(line) = HeaderValue::from_bytes(value) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.append(IF_MATCH, line.clone());
    if let Ok(version) = if_match::version(&headers) {
        let text = line.to_str().unwrap().trim();
        match version {
            None => assert_eq!(text, "*"),
            Some(version) => {
                let digits = text.trim_matches('"').trim_start_matches('0');
                let written = version.to_string();
                assert_eq!(digits, written.trim_start_matches('0'));
            }
        }
    }
    headers.append(IF_MATCH, line);
    assert!(if_match::version(&headers).is_err());
}
