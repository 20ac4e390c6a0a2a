//! The OpenAPI documents: as they were accepted, complete, and true.

use std::path::Path;

use anchorhold_http::{operator_document, tenant_document};
use serde_json::Value;

use crate::support::Server;

/// Compares with the accepted file; what differs is written beside it.
fn compare(name: &str, document: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let accepted = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    if parsed(&accepted) == parsed(document) {
        return;
    }
    let fresh = folder.join(format!("{name}.new"));
    std::fs::write(&fresh, document).unwrap();
    panic!("the document has changed; read {name}.new and, if it is right, move it to {name}");
}

#[test]
fn the_document_of_the_tenant_listener_is_the_accepted_one() {
    compare("openapi.json", tenant_document());
}

#[test]
fn the_document_of_the_operator_listener_is_the_accepted_one() {
    compare("openapi-operator.json", operator_document());
}

#[test]
fn each_listener_serves_its_own_document() {
    let server = Server::new();
    assert_eq!(
        server.ask("GET", "/openapi.json").send().text(),
        tenant_document()
    );
    let asked = server.operate_as("GET", "/openapi.json");
    assert_eq!(asked.send().text(), operator_document());
}

#[test]
fn every_reference_leads_to_a_schema() {
    for document in [tenant_document(), operator_document()] {
        let parsed: Value = serde_json::from_str(document).unwrap();
        for reference in document.split("\"$ref\": \"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(parsed.pointer(pointer).is_some(), "{pointer}");
        }
    }
}

#[test]
fn every_operation_is_served_and_needs_a_key_unless_it_says_otherwise() {
    let server = Server::new();
    for (document, is_tenant) in [(tenant_document(), true), (operator_document(), false)] {
        let document: Value = serde_json::from_str(document).unwrap();
        for (template, item) in document["paths"].as_object().unwrap() {
            let target = template
                .replace("{id}", "x")
                .replace("{name}", "x")
                .replace("{key_id}", "x")
                .replace("{link_id}", "x");
            for (method, operation) in item.as_object().unwrap() {
                let method = method.to_uppercase();
                let asked = if is_tenant {
                    server.ask(&method, &target)
                } else {
                    server.operate_as(&method, &target)
                };
                let reply = asked.send();
                let security = operation["security"].as_array().unwrap();
                let is_open = security.is_empty()
                    || security
                        .iter()
                        .any(|one| one == &Value::Object(serde_json::Map::new()));
                let expected = if is_open { 200 } else { 401 };
                assert_eq!(reply.status, expected, "{method} {template}");
            }
        }
    }
}
