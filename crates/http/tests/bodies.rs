//! Bodies: size, speed, media type and structure.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use anchorhold_http::Limits;
use anchorhold_model::limits::BODY_CONTAINERS_MAX;
use serde_json::json;

use crate::support::{Server, open, read_reply};

fn small_bodies() -> Limits {
    Limits {
        body_bytes_max: 1_000,
        body_time_max: Duration::from_millis(200),
        ..Limits::default()
    }
}

#[test]
fn a_declared_length_above_the_limit_is_refused_before_the_body_comes() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let mut stream = open(server.tenant_address());
    let head = format!(
        "POST /v1/memories HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 1001\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let reply = read_reply(&mut stream, false);
    reply.is_refused(413, "body_too_large");
    assert!(reply.message().contains("1000"));
}

#[test]
fn a_chunked_body_is_counted() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let mut stream = open(server.tenant_address());
    let head = format!(
        "POST /v1/memories HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("1f5\r\n{}\r\n", " ".repeat(501));
    stream.write_all(chunk.as_bytes()).unwrap();
    stream.write_all(chunk.as_bytes()).unwrap();
    read_reply(&mut stream, false).is_refused(413, "body_too_large");
}

#[test]
fn a_body_of_the_largest_size_is_read() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let mut body = json!({"content": "small"}).to_string();
    body.extend(std::iter::repeat_n(' ', 1_000 - body.len()));
    let kept = server
        .ask("POST", "/v1/memories")
        .key(&key)
        .user("alice")
        .header("Content-Type", "application/json; charset=UTF-8")
        .bytes(body)
        .send();
    assert_eq!(kept.status, 201, "{kept:?}");
}

#[test]
fn a_client_that_sends_too_much_can_still_read_why() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let body = "x".repeat(3_900);
    for (target, key, status) in [
        ("/v1/memories", key.as_str(), 413),
        ("/v1/memories", "ah_x", 401),
        ("/v1/nothing", "ah_x", 404),
        ("/v1//nothing", "ah_x", 400),
    ] {
        let mut stream = open(server.tenant_address());
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: 3900\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        assert_eq!(read_reply(&mut stream, false).status, status, "{target}");
        // The rest of the body is taken, and the connection goes on.
        stream.write_all(body.as_bytes()).unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            .unwrap();
        assert_eq!(read_reply(&mut stream, false).status, 200, "{target}");
    }
}

#[test]
fn a_large_body_that_is_refused_is_sent_to_its_end() {
    let server = Server::new();
    let key = server.acting();
    let body = "x".repeat(9 * 1_024 * 1_024);
    let asked = server.ask("POST", "/v1/memories").key(&key).user("alice");
    let asked = asked.header("Content-Type", "application/json").bytes(body);
    asked.send().is_refused(413, "body_too_large");
}

/// A few bytes each, and hundreds of bytes once they are read.
#[test]
fn a_body_of_very_many_objects_is_refused_before_it_is_read() {
    let server = Server::new();
    let key = server.acting();
    let ask = |target: &str, objects: usize| {
        let body = format!("{{\"x\":[{}{{}}]}}", "{\"\":0},".repeat(objects - 3));
        let asked = server.ask("POST", target).key(&key).user("alice");
        let accept = "application/json, text/event-stream";
        let asked = asked.header("Accept", accept);
        asked
            .header("Content-Type", "application/json")
            .bytes(body)
            .send()
    };
    for target in ["/v1/memories", "/v1/chat/completions", "/mcp"] {
        ask(target, BODY_CONTAINERS_MAX + 1).is_refused(413, "body_too_large");
        assert_ne!(ask(target, BODY_CONTAINERS_MAX).status, 413, "{target}");
    }
}

#[test]
fn a_slow_body_ends_in_time() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let mut stream = open(server.tenant_address());
    let head = format!(
        "POST /v1/memories HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    read_reply(&mut stream, false).is_refused(408, "json_invalid");
}

#[test]
fn bodies_of_all_requests_share_a_room() {
    let limits = Limits {
        bodies_bytes_max: 100,
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    let key = server.acting();
    let ask = || server.ask("POST", "/v1/memories").key(&key).user("alice");
    let refused = ask().json(json!({"content": "x".repeat(200)})).send();
    refused.is_refused(503, "overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    // The room is given back.
    for _ in 0..5 {
        let kept = ask().json(json!({"content": "x".repeat(50)})).send();
        assert_eq!(kept.status, 201, "{kept:?}");
    }
}

#[test]
fn a_body_must_say_that_it_is_json() {
    let server = Server::new();
    let key = server.acting();
    let ask = || server.ask("POST", "/v1/memories").key(&key).user("alice");
    let body = json!({"content": "tea"}).to_string();
    for media_type in [
        "text/plain",
        "application/jsonx",
        "application/json; charset=latin1",
        "",
    ] {
        let asked = ask().header("Content-Type", media_type).bytes(body.clone());
        asked.send().is_refused(415, "media_type_unsupported");
    }
    let undeclared = ask().bytes(body.clone()).send();
    undeclared.is_refused(415, "media_type_unsupported");
    let packed = ask()
        .json(json!({"content": "tea"}))
        .header("Content-Encoding", "gzip");
    packed.send().is_refused(415, "media_type_unsupported");
    for media_type in ["application/json", "Application/JSON;charset=\"utf-8\""] {
        let kept = ask()
            .header("Content-Type", media_type)
            .bytes(body.clone())
            .send();
        assert_eq!(kept.status, 201, "{kept:?}");
    }
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let server = Server::new();
    let key = server.acting();
    let ask = || server.ask("POST", "/v1/memories").key(&key).user("alice");
    ask().send().is_refused(400, "json_invalid");
    let typed = || ask().header("Content-Type", "application/json");
    typed().bytes("").send().is_refused(400, "json_invalid");
    typed()
        .bytes("{\"content\":")
        .send()
        .is_refused(400, "json_invalid");
    typed()
        .bytes("[\"tea\"]")
        .send()
        .is_refused(422, "request_invalid");
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    typed().bytes(deep).send().is_refused(400, "json_invalid");
    let twice = "{\"content\": \"a\", \"content\": \"b\"}";
    typed().bytes(twice).send().is_refused(400, "json_invalid");
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest_known_one() {
    let server = Server::new();
    let key = server.acting();
    let asked = server.ask("POST", "/v1/memories").key(&key).user("alice");
    let refused = asked
        .json(json!({"content": "tea", "importanse": 1}))
        .send();
    refused.is_refused(422, "request_invalid");
    assert_eq!(refused.field().as_deref(), Some("importanse"));
    assert!(refused.message().contains("\"importance\""));
}

#[test]
fn a_body_where_none_belongs_is_refused() {
    let server = Server::new();
    let key = server.acting();
    let asked = server.ask(
        "DELETE",
        "/v1/memories/01890a5d-ac96-774b-bcce-b302099a8057",
    );
    let refused = asked
        .key(&key)
        .user("alice")
        .json(json!({"namespace": "org/acme"}))
        .send();
    refused.is_refused(422, "request_invalid");
}

#[test]
fn content_of_a_refused_body_is_not_repeated() {
    let server = Server::new();
    let key = server.acting();
    let secret = "canary-6f1d";
    for body in [
        json!({"content": "x".repeat(70_000) + secret}),
        json!({"content": secret, "importance": secret}),
        json!({"content": secret, "type": secret}),
        json!({"content": secret, "event_time": secret}),
        json!({"content": secret, "metadata": [secret]}),
    ] {
        let refused = server
            .ask("POST", "/v1/memories")
            .key(&key)
            .user("alice")
            .json(body)
            .send();
        assert!(refused.status >= 400);
        assert!(!refused.text().contains(secret), "{refused:?}");
    }
}

#[test]
fn a_client_that_asks_before_it_sends_is_told_at_once() {
    let server = Server::with(small_bodies(), 2);
    let key = server.acting();
    let head = |length: usize| {
        format!(
            "POST /v1/memories HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
             x-anchorhold-user: alice\r\nContent-Type: application/json\r\n\
             Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let mut stream = open(server.tenant_address());
    stream.write_all(head(5_000).as_bytes()).unwrap();
    read_reply(&mut stream, false).is_refused(413, "body_too_large");
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0, "the connection ends");
    let body = json!({"content": "tea"}).to_string();
    let mut stream = open(server.tenant_address());
    stream.write_all(head(body.len()).as_bytes()).unwrap();
    assert_eq!(read_reply(&mut stream, true).status, 100);
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(read_reply(&mut stream, false).status, 201);
}
