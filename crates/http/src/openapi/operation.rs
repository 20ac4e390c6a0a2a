//! One operation of the document, with every refusal it may answer.

use std::collections::BTreeMap;

use anchorhold_identity::IdentityHeader;
use anchorhold_wire::Code;
use serde_json::{Map, Value, json};

use crate::route::{Answer, Guard, Route, Shape, Speaks, Takes};

/// What every route with a key may answer.
const OF_KEYS: &[Code] = &[
    Code::CredentialMissing,
    Code::CredentialInvalid,
    Code::Overloaded,
    Code::NamespaceUnavailable,
];
/// What every route with a body may answer.
const OF_BODIES: &[Code] = &[
    Code::JsonInvalid,
    Code::BodyTooLarge,
    Code::MediaTypeUnsupported,
    Code::Overloaded,
];
/// What every route that speaks for a user, or for the key in a named namespace, may answer.
const OF_USERS: &[Code] = &[
    Code::NameInvalid,
    Code::IdentityRequired,
    Code::IdentityHeaderInvalid,
    Code::IsolationKeyRequired,
    Code::IdentityMissing,
    Code::IdentityUnverified,
    Code::IdentityNotPermitted,
    Code::IdentityConflict,
    Code::AccessForbidden,
    Code::NamespaceConflict,
    Code::NamespaceForbidden,
    Code::NamespaceNotFound,
    Code::SessionLimit,
];

pub(super) fn of(route: &Route) -> Value {
    let mut operation = Map::new();
    let mut set = |key: &str, value: Value| operation.insert(key.to_owned(), value);
    set("operationId", route.verb.into());
    set("summary", route.summary.into());
    set("tags", json!([tag(route.template)]));
    set("responses", json!(responses(route)));
    let parameters = parameters(route);
    if !parameters.is_empty() {
        set("parameters", parameters.into());
    }
    if let Some(takes) = route.takes {
        let content = match takes {
            Takes::Json(shape) => content(shape),
            Takes::Pieces(media_types, line) => media_types
                .iter()
                .map(|media_type| pieces(media_type, line))
                .collect::<Map<_, _>>()
                .into(),
        };
        set("requestBody", json!({"required": true, "content": content}));
    }
    let security = match route.guard {
        Guard::Open => json!([]),
        Guard::KeyUnlessLocal => json!([{}, {"bearer": []}, {"key": []}]),
        Guard::Key | Guard::Invitation => json!([{"bearer": []}, {"key": []}]),
    };
    set("security", security);
    operation.into()
}

/// The noun of a path.
fn tag(template: &str) -> &str {
    let rest = template.strip_prefix("/v1/").unwrap_or("operations");
    rest.split('/').next().unwrap_or(rest)
}

fn content(shape: Shape) -> Value {
    let reference = format!("#/components/schemas/{}", (shape.name)());
    json!({"application/json": {"schema": {"$ref": reference}}})
}

/// A body of pieces: lines of a shape, or bytes.
fn pieces(media_type: &str, line: Option<Shape>) -> (String, Value) {
    let schema = match line {
        Some(shape) => {
            let reference = format!("#/components/schemas/{}", (shape.name)());
            let about = "One JSON object a line; `x-anchorhold-line` is its schema.";
            let line = json!({"$ref": reference});
            json!({"type": "string", "description": about, "x-anchorhold-line": line})
        }
        None => json!({"type": "string", "format": "binary"}),
    };
    (media_type.to_owned(), json!({"schema": schema}))
}

/// Every code that the route may answer, in the order of the list of codes.
fn codes(route: &Route) -> Vec<Code> {
    let mut codes = vec![Code::PathNotCanonical, Code::RequestInvalid, Code::Internal];
    codes.extend(&route.codes);
    if route.guard != Guard::Open {
        codes.extend(OF_KEYS);
    }
    if route.takes.is_some() {
        codes.extend(OF_BODIES);
    }
    if route.streams {
        codes.push(Code::Overloaded);
    }
    if route.speaks == Speaks::ForUser {
        codes.extend(OF_USERS);
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn responses(route: &Route) -> BTreeMap<String, Value> {
    let mut responses = BTreeMap::new();
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes(route) {
        by_status
            .entry(code.status())
            .or_default()
            .push(code.as_str());
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), refusal(status, &codes));
    }
    for answer in &route.answers {
        responses.insert(answer.status.to_string(), success(route, answer));
    }
    responses
}

fn success(route: &Route, answer: &Answer) -> Value {
    if answer.status == 202 {
        return json!({"description": answer.description});
    }
    let content = match (answer.media_type, answer.shape) {
        (Some(media_type), line) => Map::from_iter([pieces(media_type, line)]).into(),
        (None, Some(shape)) => content(shape),
        (None, None) if route.template == "/metrics" => json!({"text/plain": {}}),
        (None, None) => json!({"application/json": {"schema": {"type": "object"}}}),
    };
    json!({"description": answer.description, "content": content})
}

fn refusal(status: u16, codes: &[&str]) -> Value {
    let listed: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let (header, kind) = match status {
        401 => ("WWW-Authenticate", "string"),
        429 | 503 => ("Retry-After", "integer"),
        _ => ("x-anchorhold-request-id", "string"),
    };
    json!({
        "description": listed.join(", "),
        "headers": {header: {"schema": {"type": kind}}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
        "x-anchorhold-codes": codes,
    })
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = Vec::new();
    for part in route.template.split('/') {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        if let Some(name) = name {
            parameters.push(parameter("path", name, "string", path_description(name)));
        }
    }
    for known in route.query {
        parameters.push(parameter(
            "query",
            known.name,
            known.kind,
            known.description,
        ));
    }
    for (header, description) in headers(route) {
        parameters.push(parameter("header", header, "string", description));
    }
    parameters
}

fn parameter(place: &str, name: &str, kind: &str, description: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": {"type": kind},
    })
}

fn path_description(name: &str) -> &'static str {
    match name {
        "name" => "The name of the tenant.",
        "key_id" => "The id of the key.",
        _ => "The id, as an earlier reply gave it.",
    }
}

fn headers(route: &Route) -> Vec<(&'static str, &'static str)> {
    let mut headers = Vec::new();
    if route.speaks == Speaks::ForUser {
        headers.extend([
            (
                IdentityHeader::User.name(),
                "The user, for a key with `act_as`.",
            ),
            (IdentityHeader::Workspace.name(), "A workspace of the user."),
            (IdentityHeader::Agent.name(), "An agent of the user."),
            (IdentityHeader::Thread.name(), "A thread of the user."),
            (IdentityHeader::Namespace.name(), "A named namespace."),
            (
                "x-session-id",
                "The session, where the tenant has sessions; the one of the last reply.",
            ),
        ]);
    }
    if route.if_match {
        headers.push(("If-Match", "The version that the change is meant for."));
    }
    headers
}
