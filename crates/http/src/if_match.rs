//! `If-Match`: the version of a memory that a change is meant for.

use anchorhold_wire::Code;
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;

use crate::refusal::Refusal;

/// The version; `None` without the header and for `*`, which any version fits.
pub(crate) fn version(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if values.next().is_none() {
        if text == "*" {
            return Ok(None);
        }
        let quoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        if let Some(digits) = quoted
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(version) = digits.parse()
        {
            return Ok(Some(version));
        }
    }
    let rule = "must be one version in quotation marks, as ETag gives it, or *";
    Err(Refusal::of_field(Code::RequestInvalid, "if-match", rule))
}
