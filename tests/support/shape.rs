//! The one shape of every refusal, written down from the documents and not from the code.

use super::Reply;

/// Every code with its status.
pub(crate) const CODES: [(u16, &str); 53] = [
    (400, "json_invalid"),
    (400, "name_invalid"),
    (400, "identity_required"),
    (400, "identity_header_invalid"),
    (400, "isolation_key_required"),
    (400, "namespace_conflict"),
    (400, "cursor_invalid"),
    (400, "path_not_canonical"),
    (400, "context_length_exceeded"),
    (401, "credential_missing"),
    (401, "credential_invalid"),
    (401, "identity_missing"),
    (403, "namespace_forbidden"),
    (403, "access_forbidden"),
    (403, "identity_unverified"),
    (403, "identity_not_permitted"),
    (403, "identity_conflict"),
    (403, "model_forbidden"),
    (404, "memory_not_found"),
    (404, "namespace_not_found"),
    (404, "user_not_found"),
    (404, "route_not_found"),
    (404, "model_not_found"),
    (405, "route_not_found"),
    (408, "json_invalid"),
    (409, "namespace_exists"),
    (409, "tenant_exists"),
    (409, "version_conflict"),
    (409, "id_conflict"),
    (409, "idempotency_in_progress"),
    (413, "body_too_large"),
    (413, "content_too_large"),
    (413, "quota_exceeded"),
    (415, "media_type_unsupported"),
    (422, "request_invalid"),
    (422, "filter_invalid"),
    (422, "grant_pattern_invalid"),
    (422, "idempotency_mismatch"),
    (422, "not_available_yet"),
    (423, "namespace_sealed"),
    (429, "rate_limited"),
    (429, "queue_full"),
    (429, "budget_exceeded"),
    (429, "session_limit"),
    (500, "internal"),
    (500, "namespace_unavailable"),
    (502, "upstream_failed"),
    (503, "audit_unavailable"),
    (503, "maintenance"),
    (503, "namespace_poisoned"),
    (503, "overloaded"),
    (503, "upstream_unavailable"),
    (504, "upstream_timeout"),
];

/// OpenAI's word for errors of a code with this status.
fn kind(status: u16) -> &'static str {
    match status {
        400 | 408 | 413 | 415 | 422 => "invalid_request_error",
        401 => "authentication_error",
        403 | 423 => "permission_error",
        404 | 405 => "not_found_error",
        409 => "conflict_error",
        429 => "rate_limit_error",
        _ => "server_error",
    }
}

/// Fails unless the refusal is of the one shape.
#[track_caller]
pub(super) fn check(reply: &Reply) {
    assert_eq!(
        reply.header("content-type"),
        Some("application/json"),
        "{reply:?}"
    );
    let body = reply.json();
    let error = body["error"].as_object();
    let error = error.unwrap_or_else(|| panic!("a refusal of another shape: {reply:?}"));
    assert_eq!(
        body.as_object().map(serde_json::Map::len),
        Some(1),
        "{reply:?}"
    );
    for (name, value) in error {
        let known = ["code", "message", "type", "request_id", "field"];
        assert!(
            known.contains(&name.as_str()),
            "{name} is not of the shape: {reply:?}"
        );
        let is_filled = value.as_str().is_some_and(|text| !text.is_empty());
        assert!(is_filled, "{name} says nothing: {reply:?}");
    }
    for name in ["code", "message", "type", "request_id"] {
        assert!(error.contains_key(name), "{name} is missing: {reply:?}");
    }
    let code = error["code"].as_str().unwrap_or_default();
    let is_known = CODES.contains(&(reply.status, code));
    assert!(
        is_known,
        "{} {code} is not in the list: {reply:?}",
        reply.status
    );
    assert_eq!(error["type"], kind(reply.status), "{reply:?}");
    let request_id = reply.header("x-anchorhold-request-id");
    assert_eq!(error["request_id"].as_str(), request_id, "{reply:?}");
    assert_eq!(
        reply.header("www-authenticate").is_some(),
        reply.status == 401,
        "{reply:?}"
    );
    let must_wait = matches!(reply.status, 429 | 503);
    assert!(
        !must_wait || reply.header("retry-after").is_some(),
        "{reply:?}"
    );
}
