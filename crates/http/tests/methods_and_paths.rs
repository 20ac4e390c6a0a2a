//! Which requests reach a route at all.

use serde_json::json;

use crate::support::Server;

#[test]
fn an_unknown_path_and_a_path_of_the_other_listener_are_404() {
    let server = Server::new();
    let key = server.acting();
    for target in [
        "/",
        "/v1",
        "/v2/memories",
        "/v1/memories/",
        "/V1/memories",
        "/v1/Memories",
        "/v1/tenants",
        "/v1/tenants/acme/keys",
        "/metrics",
        "/v1/exports",
        "/v1/session",
    ] {
        server
            .ask("GET", target)
            .key(&key)
            .user("a")
            .send()
            .is_refused(404, "route_not_found");
    }
    for target in [
        "/v1/memories",
        "/v1/recall",
        "/v1/whoami",
        "/v1/keys",
        "/v1/namespaces",
    ] {
        server
            .operate("GET", target)
            .send()
            .is_refused(404, "route_not_found");
    }
}

#[test]
fn another_method_on_a_known_path_is_405_with_the_methods_that_work() {
    let server = Server::new();
    for (method, target, allow) in [
        ("PUT", "/v1/memories", "POST,GET,HEAD"),
        ("GET", "/v1/recall", "POST"),
        ("HEAD", "/v1/recall", "POST"),
        ("OPTIONS", "/v1/memories", "POST,GET,HEAD"),
        ("TRACE", "/v1/whoami", "GET,HEAD"),
        ("POST", "/v1/memories/x", "GET,HEAD,PATCH,DELETE"),
    ] {
        let refused = server.ask(method, target).send();
        assert_eq!(refused.status, 405, "{refused:?}");
        let mut methods: Vec<&str> = refused.header("allow").unwrap().split(',').collect();
        methods.sort_unstable();
        let mut expected: Vec<&str> = allow.split(',').collect();
        expected.sort_unstable();
        assert_eq!(methods, expected, "{method} {target}");
        if method != "HEAD" {
            refused.is_refused(405, "route_not_found");
        }
    }
}

#[test]
fn head_is_get_without_a_body() {
    let server = Server::new();
    let key = server.acting();
    let ask = |method: &str| {
        server
            .ask(method, "/v1/memories")
            .key(&key)
            .user("alice")
            .send()
    };
    let (got, headed) = (ask("GET"), ask("HEAD"));
    assert_eq!(headed.status, 200);
    assert!(headed.body.is_empty());
    assert_eq!(
        headed.header("content-length"),
        got.header("content-length")
    );
    assert_eq!(server.ask("HEAD", "/v1/memories").send().status, 401);
    assert_eq!(server.ask("HEAD", "/nothing").send().status, 404);
}

#[test]
fn a_path_in_another_spelling_is_refused() {
    let server = Server::new();
    let key = server.acting();
    for target in [
        "//v1/memories",
        "/v1//memories",
        "/v1/./memories",
        "/v1/../v1/memories",
        "/v1/%6Demories",
        "/v1/memories%2f",
        "/v1/memories/%2E%2E",
        "/v1/memories;x=1",
        "/v1/memories%00",
        "/v1\\memories",
        "/v1/memories/%5C",
        "/v1/tenants/%c3%a9",
    ] {
        let asked = server.ask("GET", target).key(&key).user("alice");
        asked.send().is_refused(400, "path_not_canonical");
    }
}

#[test]
fn the_host_header_decides_nothing() {
    let server = Server::new();
    let key = server.acting();
    for host in ["evil.example", "127.0.0.1:3301", "acme", "localhost"] {
        let asked = server.ask("GET", "/v1/whoami").key(&key).user("alice");
        let told = asked.header("Host", host).send().json();
        assert_eq!(told["tenant"], "acme");
        let other = server.ask("GET", "/v1/tenants").header("Host", host);
        other.send().is_refused(404, "route_not_found");
    }
    // A whole URL as the target is read by its path alone.
    let target = "http://127.0.0.1:3301/v1/tenants";
    let asked = server.ask("GET", target).key(&server.operator_key);
    asked.send().is_refused(404, "route_not_found");
}

#[test]
fn query_parameters_are_known_ones_once_each() {
    let server = Server::new();
    let key = server.acting();
    let ask = |target: &str| server.ask("GET", target).key(&key).user("alice").send();
    let unknown = ask("/v1/memories?limt=3");
    unknown.is_refused(422, "request_invalid");
    assert_eq!(unknown.field().as_deref(), Some("limt"));
    assert!(unknown.message().contains("\"limit\""));
    ask("/v1/memories?limit=1&limit=2").is_refused(422, "request_invalid");
    for limit in ["0", "201", "-1", "x", "", "1.5", "99999999999999999999999"] {
        let refused = ask(&format!("/v1/memories?limit={limit}"));
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some("limit"));
    }
    ask("/v1/memories?namespace=%FF").is_refused(422, "request_invalid");
    ask("/v1/memories?namespace=a%2").is_refused(422, "request_invalid");
    ask("/v1/memories?namespace=..%2Fshared").is_refused(400, "name_invalid");
    ask("/v1/memories?cursor=nonsense").is_refused(400, "cursor_invalid");
    assert_eq!(ask("/v1/memories?limit=200").status, 200);
    assert_eq!(ask("/v1/memories?").status, 200);
    let posted = server
        .ask("POST", "/v1/recall?namespace=org")
        .key(&key)
        .user("alice");
    posted
        .json(json!({"query": "tea"}))
        .send()
        .is_refused(422, "request_invalid");
}

#[test]
fn every_reply_under_v1_is_kept_by_no_cache_and_guessed_by_no_browser() {
    let server = Server::new();
    let key = server.acting();
    for reply in [
        server
            .ask("GET", "/v1/memories")
            .key(&key)
            .user("alice")
            .send(),
        server.ask("GET", "/v1/memories").send(),
        server.ask("GET", "/v1/nothing").send(),
        server.ask("GET", "/v1//nothing").send(),
    ] {
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let request_id = reply.header("x-anchorhold-request-id").unwrap();
        assert!(request_id.starts_with("req_") && request_id.len() == 36);
    }
}
