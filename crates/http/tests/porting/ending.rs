//! Exports and imports that are under way when the ground for them goes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::{NDJSON, alice, lines, three};
use crate::support::{Server, open, read_reply};

fn chunk(stream: &mut TcpStream, bytes: &str) {
    write!(stream, "{:x}\r\n{bytes}\r\n", bytes.len()).unwrap();
}

#[test]
fn an_import_that_began_before_its_user_was_erased_brings_nobody_back() {
    let (server, key) = three();
    let alice = alice(&server, &key);
    let mut stream = begin_import(&server, &key);
    chunk(&mut stream, &"{\"content\": \"again\"}\n".repeat(100));
    // The first hundred lines are one commit, and what comes is taken in pieces of this size.
    chunk(&mut stream, &"\n".repeat(65_536));
    while lines(&alice.export("")).len() < 100 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let erased = server.ask("POST", "/v1/erase").key(&key);
    let erased = erased.json(json!({"user": "alice"})).send();
    assert_eq!(erased.status, 200, "{erased:?}");
    let line = json!({"content": "a ghost", "scope": {"workspace": "w"}});
    chunk(&mut stream, &format!("{line}\n"));
    chunk(&mut stream, "");
    let late = read_reply(&mut stream, false);
    assert!(late.status >= 400, "{late:?}");
    for seen in alice.seen() {
        assert!(!seen.to_string().contains("content"), "{seen}");
    }
}

/// Begins an import of Alice whose body comes in chunks.
fn begin_import(server: &Server, key: &str) -> TcpStream {
    let mut stream = open(server.tenant_address());
    let head = format!(
        "POST /v1/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         x-anchorhold-user: alice\r\nContent-Type: {NDJSON}\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn what_is_on_its_way_ends_when_the_tenant_demands_more_of_identities() {
    let demand = |server: &Server| {
        let strict = json!({"trust_mode": "strict"});
        let changed = server.operate("PATCH", "/v1/tenants/acme").json(strict);
        assert_eq!(changed.send().status, 200);
    };
    ends_after(demand, 403, "identity_unverified");
}

#[test]
fn what_is_on_its_way_ends_with_its_key() {
    let expire = |server: &Server| server.clock.advance_days(1);
    ends_after(expire, 401, "credential_invalid");
}

/// Whether an import and an export that are under way end after `event`, the import with a refusal.
fn ends_after(event: impl FnOnce(&Server), status: u16, code: &str) {
    let server = Server::new();
    server.tenant("acme");
    let key = server.key("acme", json!({"act_as": true, "expires_in_days": 1}));
    let alice = alice(&server, &key);
    alice.keep(json!({"content": "one"}), &[]);
    // More than lies in the buffers between a server and its client. With their vectors, nothing of
    // it is embedded.
    let exported = lines(&alice.export(""));
    let mut line = exported[1].clone();
    let mut many = Vec::new();
    for number in 0..1_200 {
        line["id"] = json!(format!("00000000-0000-7000-8000-{number:012}"));
        line["content"] = json!(format!("{number} {}", "x".repeat(16_000)));
        many.extend_from_slice(format!("{line}\n").as_bytes());
    }
    assert_eq!(alice.import(&many)["imported"], 1_200);

    let mut export = open(server.tenant_address());
    let head = format!(
        "GET /v1/export HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         x-anchorhold-user: alice\r\nConnection: close\r\n\r\n"
    );
    export.write_all(head.as_bytes()).unwrap();
    export.read_exact(&mut [0; 1_024]).unwrap();
    let mut import = begin_import(&server, &key);
    chunk(&mut import, &"{\"content\": \"again\"}\n".repeat(100));
    chunk(&mut import, &"\n".repeat(65_536));
    event(&server);

    chunk(&mut import, &"{\"content\": \"late\"}\n".repeat(200));
    chunk(&mut import, "");
    read_reply(&mut import, false).is_refused(status, code);
    let mut rest = Vec::new();
    let _ = export.read_to_end(&mut rest);
    let end = rest
        .windows(22)
        .any(|bytes| bytes == b"anchorhold_export_end\"");
    assert!(!end, "{} bytes and the end came", rest.len());
}
