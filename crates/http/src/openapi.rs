//! The OpenAPI 3.1 document of each listener, made from the same list as its router.

mod operation;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anchorhold_wire::{Code, ErrorBody};
use serde_json::{Map, Value, json};

use crate::route::{Route, Shape, Takes};
use crate::routes;

/// What holds for every route and stands nowhere else.
const DESCRIPTION: &str = "Memories of many people, each in a sealed namespace of its own. \
Every refusal has the body `ErrorBody`. An unknown path is 404 `route_not_found`; a known path \
with another method is 405 with the header `Allow` and the code `route_not_found`; a path that is \
not spelled as here is 400 `path_not_canonical`. A body that does not arrive in time is 408 with \
the code `json_invalid`; a head that is too large is 431. Every reply carries \
`x-anchorhold-request-id`. A key that comes over plain HTTP from another machine is 403 \
`access_forbidden` before anybody looks at it. The operator listener refuses pages of other origins \
with 403 `access_forbidden`.";

/// The document of the tenant listener, as JSON.
pub fn tenant_document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| document("Anchorhold", &routes::tenant()));
    &DOCUMENT
}

/// The document of the operator listener, as JSON.
pub fn operator_document() -> &'static str {
    static DOCUMENT: LazyLock<String> =
        LazyLock::new(|| document("Anchorhold, operator listener", &routes::operator()));
    &DOCUMENT
}

fn document(title: &str, routes: &[Route]) -> String {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        let operations = paths.entry(route.template).or_default();
        operations.insert(route.method.to_owned(), operation::of(route));
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas(routes),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
        "x-anchorhold-codes": codes(),
    });
    format!("{document:#}\n")
}

/// Every schema that a route refers to, by name.
fn schemas(routes: &[Route]) -> BTreeMap<String, Value> {
    let mut collected = Vec::new();
    (Shape::of::<ErrorBody>().collect)(&mut collected);
    for route in routes {
        let answers = route.answers.iter().filter_map(|answer| answer.shape);
        let takes = route.takes.and_then(|takes| match takes {
            Takes::Json(shape) => Some(shape),
            Takes::Pieces(_, line) => line,
        });
        for shape in answers.chain(takes) {
            (shape.collect)(&mut collected);
        }
    }
    collected
        .into_iter()
        .filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)))
        .collect()
}

/// Every code with its status and what the caller should do.
fn codes() -> BTreeMap<&'static str, Value> {
    let code = |code: &Code| {
        let about = json!({"status": code.status(), "advice": code.advice()});
        (code.as_str(), about)
    };
    Code::ALL.iter().map(code).collect()
}
