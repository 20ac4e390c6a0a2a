//! What goes wrong is sorted by what the caller can do about it, and says nothing secret.

use std::net::TcpListener;

use crate::responder::{Responder, reply};
use anchorhold_client::wire::Code;
use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_client::{Client, Config, Error, OperatorClient};
use serde_json::json;

fn config(url: &str) -> Config {
    Config {
        url: url.to_owned(),
        key: Some("ah_secret".to_owned()),
        user: Some("alice".to_owned()),
        ..Config::default()
    }
}

/// How a list ends that is answered with `bytes`.
fn failure(bytes: Vec<u8>) -> Error {
    let responder = Responder::answering(vec![bytes]);
    let client = Client::new(config(&responder.url)).expect("a usable address");
    let outcome = client.memory_list(None, None);
    responder.received();
    outcome.expect_err("a failure")
}

#[test]
fn a_refusal_carries_its_code_its_message_and_when_to_come_back() {
    let body = json!({"error": {"code": "rate_limited", "message": "too many requests", "type": "rate_limit_error", "request_id": "req_1"}});
    let error = failure(reply(429, "retry-after: 7\r\n", &body.to_string()));
    assert_eq!(error.code(), Some(Code::RateLimited));
    assert_eq!(error.to_string(), "too many requests (429 rate_limited)");
    assert_eq!(error.advice(), Code::RateLimited.advice());
    let Error::Refused {
        status,
        body,
        retry_after,
    } = error
    else {
        unreachable!("{error}");
    };
    assert_eq!(
        (status, retry_after, body.error.request_id.as_str()),
        (429, Some(7), "req_1")
    );
}

#[test]
fn a_refusal_of_readiness_with_an_error_body_stays_an_error() {
    let body = json!({"error": {"code": "maintenance", "message": "back soon", "type": "server_error", "request_id": "req_1"}});
    let responder = Responder::json(503, &body);
    let client = Client::new(config(&responder.url)).expect("a usable address");
    let error = client.ready().expect_err("a failure");
    assert_eq!(error.code(), Some(Code::Maintenance));
}

#[test]
fn a_reply_that_is_cut_off_is_no_answer() {
    let whole = reply(200, "", "{\"memories\": [], \"next_cursor\": null}");
    for kept in [whole.len() - 1, whole.len() - 20] {
        let error = failure(whole.iter().copied().take(kept).collect());
        assert!(
            matches!(
                error,
                Error::Protocol {
                    status: Some(200),
                    ..
                }
            ),
            "{error:?}"
        );
    }
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"memo".to_vec();
    let error = failure(chunked);
    assert!(
        matches!(
            error,
            Error::Protocol {
                status: Some(200),
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_reply_of_another_server_is_named_as_such_and_not_repeated() {
    let replies = [
        b"SSH-2.0-canary\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: canary\r\n\r\n".to_vec(),
        reply(200, "", "<html>canary</html>"),
        reply(200, "", "{\"canary\": [1]}"),
        reply(200, "", "{\"memories\": \"canary\", \"next_cursor\": null}"),
        reply(502, "", "<html>canary</html>"),
        reply(302, "location: http://127.0.0.1:1/canary\r\n", ""),
        reply(404, "", "{\"error\": {\"code\": \"canary\"}}"),
    ];
    for bytes in replies {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let error = failure(bytes);
        assert!(
            matches!(error, Error::Protocol { .. }),
            "{shown}: {error:?}"
        );
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{shown}: {error:?}"
        );
    }
}

#[test]
fn nobody_there_is_told_apart_from_a_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Client::new(config(&url)).expect("a usable address");
    let error = client.whoami().expect_err("a failure");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&url), "{error}");
    assert!(error.advice().contains("anchorhold serve"));
    // Taken and closed without a word.
    let error = failure(Vec::new());
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[test]
fn addresses_that_cannot_work_are_refused_before_anything_is_sent() {
    let unusable = [
        "127.0.0.1:3300",
        "",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:3300/v1",
        "https://127.0.0.1:3300/v1",
        "https://",
        "http://127.0.0.1:3300/?a=b",
        "http://alice:secret@127.0.0.1:3300",
        "http://a b",
    ];
    for url in unusable {
        let error = Client::new(config(url)).expect_err(url);
        assert!(matches!(error, Error::Address { .. }), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        assert!(OperatorClient::new(url, None, None).is_err(), "{url}");
    }
}

#[test]
fn a_value_that_no_header_can_carry_is_named_not_shown() {
    let config = Config {
        user: Some("alice\r\nx-admin: 1".to_owned()),
        ..config("http://127.0.0.1:9")
    };
    let client = Client::new(config).expect("a usable address");
    let error = client.whoami().expect_err("a failure");
    assert!(
        matches!(
            error,
            Error::Header {
                name: "x-anchorhold-user"
            }
        ),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("alice"));
}

#[test]
fn debug_shows_neither_key_nor_user_nor_content() {
    let config = config("http://127.0.0.1:9");
    let shown = format!("{config:?}");
    assert!(
        shown.contains("127.0.0.1") && !shown.contains("secret") && !shown.contains("alice"),
        "{shown}"
    );
    let client = Client::new(config).expect("a usable address");
    let shown = format!("{client:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("alice"),
        "{shown}"
    );
    let memory = CreateMemory {
        content: "canary".to_owned(),
        ..CreateMemory::default()
    };
    assert!(!format!("{memory:?}").contains("canary"));
}
