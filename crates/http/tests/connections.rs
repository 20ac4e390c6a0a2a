//! Heads and connections: size, speed, number.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anchorhold_http::Limits;

use crate::support::{Server, open, read_reply};

fn status_line(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_head_that_is_too_large_is_431_and_ends_the_connection() {
    let server = Server::new();
    let mut stream = open(server.tenant_address());
    let head = format!(
        "GET /healthz HTTP/1.1\r\nHost: a\r\nx-filler: {}\r\n\r\n",
        "x".repeat(33 * 1_024)
    );
    // The server may stop reading before all is sent.
    let _ = stream.write_all(head.as_bytes());
    assert!(status_line(&mut stream).contains("431"));
}

#[test]
fn more_header_lines_than_the_limit_are_431() {
    let server = Server::new();
    let lines = |count: usize| {
        let lines: Vec<String> = (0..count)
            .map(|number| format!("x-a{number}: b\r\n"))
            .collect();
        let lines = lines.concat();
        format!("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n")
    };
    let mut stream = open(server.tenant_address());
    stream.write_all(lines(98).as_bytes()).unwrap();
    assert!(status_line(&mut stream).contains("200"));
    let mut stream = open(server.tenant_address());
    stream.write_all(lines(99).as_bytes()).unwrap();
    assert!(status_line(&mut stream).contains("431"));
}

#[test]
fn a_slow_head_ends_the_connection() {
    let limits = Limits {
        head_time_max: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    for begun in [
        "GET /healthz HTT",
        "GET /healthz HTTP/1.1\r\nHost: a\r\n",
        "",
    ] {
        let mut stream = open(server.tenant_address());
        stream.write_all(begun.as_bytes()).unwrap();
        let mut rest = Vec::new();
        // Ends, instead of running into the client's time-out of ten seconds.
        let ended = stream.read_to_end(&mut rest);
        assert!(
            ended.is_ok() || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
            "{begun:?} kept the connection"
        );
    }
}

#[test]
fn further_connections_wait_until_one_ends() {
    let limits = Limits {
        connections_max: 1,
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut first = open(server.tenant_address());
    first.write_all(request.as_bytes()).unwrap();
    assert_eq!(read_reply(&mut first, false).status, 200);
    let mut second = open(server.tenant_address());
    second.write_all(request.as_bytes()).unwrap();
    second
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let waited = second.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(
        waited.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    // The other listener has connections of its own.
    assert_eq!(server.operate("GET", "/healthz").send().status, 200);
    drop(first);
    second
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    assert_eq!(read_reply(&mut second, false).status, 200);
}

#[test]
fn a_reply_that_nobody_reads_ends_the_connection() {
    let limits = Limits {
        write_time_max: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    let mut stream = open(server.tenant_address());
    stream
        .set_write_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    // Asked again and again without reading: the server must stop, not wait for ever.
    let ended = loop {
        if let Err(error) = stream.write_all(request.as_bytes()) {
            break error.kind();
        }
    };
    assert!(
        matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{ended:?}"
    );
}

#[test]
fn one_connection_carries_several_requests() {
    let server = Server::new();
    let mut stream = open(server.tenant_address());
    for _ in 0..3 {
        let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(read_reply(&mut stream, false).status, 200);
    }
}

#[test]
fn a_request_with_two_lengths_is_refused() {
    let server = Server::new();
    for framing in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2, 3\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ] {
        let mut stream = open(server.tenant_address());
        let head = format!("POST /v1/recall HTTP/1.1\r\nHost: a\r\n{framing}\r\n{{}}");
        stream.write_all(head.as_bytes()).unwrap();
        assert!(status_line(&mut stream).contains("400"), "{framing}");
    }
}

#[test]
fn a_body_in_another_coding_than_chunked_is_refused_and_ends_the_connection() {
    let server = Server::new();
    let next = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    for framing in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked;q=1, chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked, Chunked\r\n",
    ] {
        let mut stream = open(server.tenant_address());
        let head = format!("POST /v1/recall HTTP/1.1\r\nHost: a\r\n{framing}\r\n0\r\n\r\n{next}");
        stream.write_all(head.as_bytes()).unwrap();
        let mut replies = String::new();
        stream.read_to_string(&mut replies).unwrap();
        assert!(replies.starts_with("HTTP/1.1 501"), "{framing}: {replies}");
        assert!(replies.contains("request_invalid"), "{framing}: {replies}");
        assert_eq!(replies.matches("HTTP/1.1").count(), 1, "{replies}");
    }
    let mut stream = open(server.tenant_address());
    let head = "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert_ne!(read_reply(&mut stream, false).status, 501);
}
