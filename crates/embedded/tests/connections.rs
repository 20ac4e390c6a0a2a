//! Over real connections: a key is of one request, and nothing that is sent is one.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anchorhold::{Anchorhold, TenantPolicy, TrustMode};
use anchorhold_model::EmbeddingPolicy;
use axum::Router;
use axum::middleware::from_fn;
use serde_json::{Value, json};

use crate::support::{Client, Home, as_told};

fn told(memory: &Anchorhold) -> Router {
    Router::new()
        .nest_service("/memory", memory.service())
        .layer(from_fn(as_told))
}

/// One answer of a connection that stays open: its status and its body.
fn answer(stream: &mut TcpStream, head: &str) -> (u16, Value) {
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        reply.push(byte[0]);
    }
    let head = String::from_utf8(reply).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.split("content-length: ").nth(1).unwrap();
    let length: usize = length.split('\r').next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_key_is_of_one_request_and_the_next_on_the_connection_has_none() {
    let home = Home::new();
    let memory = home.open();
    let client = Client::new(told(&memory));
    for user in ["alice", "victim"] {
        let who = [("signed-in-as", user)];
        assert_eq!(
            client.keep("/memory", &who, &format!("of {user}")).status,
            201
        );
    }
    let app = told(&memory).into_make_service_with_connect_info::<SocketAddr>();
    let runtime = client.runtime();
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)));
    let listener = listener.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = runtime.spawn(async move { axum::serve(listener, app).await });
    let mut stream = TcpStream::connect(address).unwrap();
    let mut ask = |headers: &str| {
        let target = "GET /memory/v1/memories HTTP/1.1";
        answer(
            &mut stream,
            &format!("{target}\r\nHost: a\r\n{headers}\r\n"),
        )
    };
    let content = |body: &Value| body["memories"][0]["content"].clone();
    for _ in 0..3 {
        let (status, body) = ask("Signed-In-As: victim\r\n");
        assert_eq!((status, content(&body)), (200, json!("of victim")));
        // Nothing that is sent is a key.
        for hostile in [
            "",
            "X-Anchorhold-User: victim\r\n",
            "X-Isolation-Key: victim\r\n",
            "IsolationKey: victim\r\nExtensions: victim\r\n",
            "Authorization: Bearer victim\r\n",
        ] {
            let (status, body) = ask(hostile);
            let code = &body["error"]["code"];
            assert_eq!((status, code), (401, &json!("identity_missing")));
        }
        let (status, body) = ask("Signed-In-As: alice\r\n");
        assert_eq!((status, content(&body)), (200, json!("of alice")));
        let (status, body) = ask("Signed-In-As: alice\r\nX-Anchorhold-User: victim\r\n");
        let code = &body["error"]["code"];
        assert_eq!((status, code), (403, &json!("identity_conflict")));
    }
    serving.abort();
}

/// The way that takes no worker looks at the same evidence.
#[test]
fn what_is_answered_from_memory_is_the_keys_own() {
    let home = Home::new();
    let dimension = anchorhold_model::Dimension::new(8).unwrap();
    let memory = home.with(TenantPolicy {
        trust_mode: TrustMode::Strict,
        embedding: EmbeddingPolicy::Caller { dimension },
        ..TenantPolicy::default()
    });
    let client = Client::new(told(&memory));
    let vector = [1, 0, 0, 0, 0, 0, 0, 0];
    for user in ["alice", "victim"] {
        let body = json!({"content": format!("of {user}"), "vector": vector});
        let line = "POST /memory/v1/memories";
        let kept = client.ask(line, &[("signed-in-as", user)], Some(body));
        assert_eq!(kept.status, 201);
    }
    let recall = |headers: &[(&str, &str)]| {
        let body = json!({"query": "of", "vector": vector});
        client.ask("POST /memory/v1/recall", headers, Some(body))
    };
    for _ in 0..3 {
        for user in ["victim", "alice"] {
            let found = recall(&[("signed-in-as", user)]).body;
            let found = found["results"].as_array().unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0]["memory"]["content"], format!("of {user}"));
        }
        let hostile = [("signed-in-as", "alice"), ("x-anchorhold-user", "victim")];
        recall(&hostile).is_refused(403, "identity_conflict");
        recall(&[("x-anchorhold-user", "victim")]).is_refused(401, "identity_missing");
    }
}
