//! A process that may open few files: more namespaces than handles, and more connections than
//! descriptors.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anchorhold_evidence::Proof;
use serde_json::json;

use crate::process::Home;
use crate::support::{Ask, Reply};

const USERS: usize = 60;
/// More than the descriptors, and fewer than the connections that the kernel keeps waiting.
const CROWD: usize = 100;

/// A request on a connection that stays open; the status of its reply.
fn status_on(stream: &mut TcpStream, key: &str, user: &str) -> (u16, String) {
    let head = format!(
        "GET /v1/memories HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n\
         x-anchorhold-user: {user}\r\n\r\n",
        stream.peer_addr().unwrap()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        assert!(reader.read_until(b'\n', &mut bytes).unwrap() > 0, "a reply");
    }
    let head = Reply::parse(&bytes).unwrap();
    let length: usize = head.header("content-length").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    bytes.extend(body);
    let reply = Reply::parse(&bytes).unwrap();
    (reply.status, reply.code())
}

fn user(number: usize) -> String {
    format!("user {number}")
}

fn ask(address: SocketAddr, key: &str, method: &str, number: usize) -> Ask {
    Ask::new(address, method, "/v1/memories")
        .key(key)
        .header("x-anchorhold-user", user(number))
}

#[test]
fn few_descriptors_serve_many_namespaces_and_survive_too_many_connections() {
    let mut home = Home::new();
    home.before = "ulimit -n 64";
    let mut server = home.start("error");
    let key = home.keys().application;
    for number in 0..USERS {
        let body = json!({"content": format!("a note of user {number}")});
        let reply = ask(server.tenant, &key, "POST", number).json(&body).send();
        reply.gives(201);
    }
    let mut proof = Proof::new(
        "faults-descriptors",
        "with 64 descriptors: 60 namespaces, then 100 connections that say nothing",
        &["P16", "P26"],
        "cargo test --package anchorhold-cli --test suite faults::descriptors",
    );
    let mut open = TcpStream::connect(server.tenant).unwrap();
    status_on(&mut open, &key, &user(0));
    let crowd: Vec<_> = (0..CROWD)
        .map(|_| TcpStream::connect(server.tenant).unwrap())
        .collect();
    for number in 0..USERS {
        let (status, code) = status_on(&mut open, &key, &user(number));
        let is_typed = [200, 500, 503].contains(&status) && (status == 200 || !code.is_empty());
        assert!(is_typed, "{status} {code}");
        proof.count(&format!("answers {status} {code} in the crowd"), 1);
    }
    assert!(server.is_alive());
    drop(crowd);
    for number in 0..USERS {
        let found = ask(server.tenant, &key, "GET", number).send().gives(200);
        assert_eq!(
            found["memories"][0]["content"],
            format!("a note of user {number}")
        );
    }
    proof.count("namespaces", 60);
    proof.violation("memories lost", 0);
    eprintln!("{:?}", proof.counts);
    proof.write().unwrap();
    assert!(server.stop().success());
}
