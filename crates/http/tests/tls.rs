//! The listeners over TLS: greeting, silence, plain text, many at once, shutdown.

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::Duration;

use anchorhold_http::{Limits, Tls};

use crate::support::tls::{Authority, Line};
use crate::support::{Server, Setup, open};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server that speaks TLS with a certificate of this authority.
fn server(authority: &Authority, limits: Limits) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = authority.issue().write(directory.path());
    Server::of(Setup {
        limits,
        tls: Some(Tls::load(&certificate, &key).unwrap()),
        ..Setup::default()
    })
}

fn quick() -> Limits {
    Limits {
        head_time_max: Duration::from_millis(200),
        ..Limits::default()
    }
}

/// Reads to the end of a connection that the server ends, by itself or with an error. One that it keeps
/// fails the test after ten seconds.
fn rest(mut stream: impl std::io::Read) -> Vec<u8> {
    let mut rest = Vec::new();
    if let Err(error) = stream.read_to_end(&mut rest) {
        let kept = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
        assert!(!kept.contains(&error.kind()), "the connection was kept");
    }
    rest
}

/// The first bytes of a client that speaks TLS.
fn client_hello(authority: &Authority) -> Vec<u8> {
    let config = authority.client(rustls::ALL_VERSIONS);
    let name = "localhost".try_into().unwrap();
    let mut client = rustls::ClientConnection::new(config.into(), name).unwrap();
    let mut bytes = Vec::new();
    client.write_tls(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_client_that_is_silent_before_or_after_the_greeting_is_ended_in_time() {
    let authority = Authority::new();
    let server = server(&authority, quick());
    let hello = client_hello(&authority);
    for address in [server.tenant_address(), server.operator_address()] {
        for begun in [&[][..], &hello[..1], &hello[..hello.len() / 2], &hello] {
            let mut stream = open(address);
            stream.write_all(begun).unwrap();
            rest(stream);
        }
        for begun in [
            &b""[..],
            b"GET /healthz HTT",
            b"GET / HTTP/1.1\r\nHost: a\r\n",
        ] {
            let mut line = authority.greet(address);
            line.say(begun);
            rest(line.0);
        }
    }
}

#[test]
fn plain_text_where_tls_is_spoken_ends_and_is_never_answered_in_clear() {
    let authority = Authority::new();
    let server = server(&authority, Limits::default());
    for address in [server.tenant_address(), server.operator_address()] {
        for bytes in [HEALTH, b"\0\0\0\0\0\0", &[0x16; 64]] {
            let mut stream = open(address);
            stream.write_all(bytes).unwrap();
            let said = String::from_utf8_lossy(&rest(stream)).into_owned();
            assert!(!said.contains("HTTP"), "{said}");
        }
        // Nor does that harm anybody.
        let mut line = authority.greet(address);
        line.say(HEALTH);
        assert!(line.hear("\r\n\r\n").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn clients_that_say_nothing_delay_nobody_until_the_last_place_is_taken() {
    let authority = Authority::new();
    let limits = Limits {
        connections_max: 4,
        head_time_max: Duration::from_secs(2),
        ..Limits::default()
    };
    let server = server(&authority, limits);
    let address = server.tenant_address();
    let silent = [open(address), open(address), open(address)];
    let mut line = authority.greet(address);
    line.say(HEALTH);
    line.hear("\r\n\r\n");
    // All places are taken: the next one comes in when those who say nothing are ended.
    let mut last = authority.greet(address);
    last.say(HEALTH);
    assert!(last.hear("\r\n\r\n").starts_with("HTTP/1.1 200"));
    for silent in silent {
        rest(silent);
    }
}

#[test]
fn an_encrypted_reply_that_nobody_reads_ends_the_connection() {
    let authority = Authority::new();
    let limits = Limits {
        write_time_max: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = server(&authority, limits);
    let Line(mut stream) = authority.greet(server.tenant_address());
    let patience = Some(Duration::from_secs(10));
    stream.sock.set_write_timeout(patience).unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    let ended = loop {
        // `write` of the stream itself would read replies in between.
        let asked = stream.conn.writer().write_all(request.as_bytes());
        let sent = asked.and_then(|()| stream.conn.write_tls(&mut stream.sock));
        if let Err(error) = sent {
            break error.kind();
        }
    };
    assert!(
        matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{ended:?}"
    );
}

#[test]
fn a_shutdown_says_goodbye_and_waits_for_nobody_who_has_not_asked() {
    let authority = Authority::new();
    let for_ever = Duration::from_hours(1);
    let limits = Limits {
        head_time_max: for_ever,
        shutdown_time_max: for_ever,
        ..Limits::default()
    };
    let mut server = server(&authority, limits);
    let address = server.tenant_address();
    let silent = open(address);
    let mut line = authority.greet(address);
    line.say(HEALTH);
    line.hear("\r\n\r\n");
    // The loop has accepted the silent one, which came before.
    server.begin_shutdown();
    server.wait();
    // Without a goodbye this is an error: the end could be somebody's cut.
    assert_eq!(line.0.read(&mut [0; 1]).unwrap(), 0);
    rest(silent);
}

#[test]
fn a_page_is_the_operators_own_when_its_scheme_is_what_is_spoken() {
    let authority = Authority::new();
    let encrypted = server(&authority, Limits::default());
    let status = |scheme: &str| {
        let own = encrypted.operator_address();
        let mut line = authority.greet(own);
        let key = &encrypted.operator_key;
        line.say(
            format!(
                "GET /v1/tenants HTTP/1.1\r\nHost: {own}\r\nOrigin: {scheme}://{own}\r\n\
                 Authorization: Bearer {key}\r\n\r\n"
            )
            .as_bytes(),
        );
        line.hear("\r\n\r\n")[9..12].to_owned()
    };
    assert_eq!(
        (status("https"), status("http")),
        ("200".into(), "403".into())
    );
    let proxy = Setup {
        plain_http_from: vec!["127.0.0.1/32".parse().unwrap()],
        ..Setup::default()
    };
    for (server, own, foreign) in [
        (Server::new(), "http", "https"),
        (Server::of(proxy), "https", "http"),
    ] {
        let host = server.operator_address();
        let ask = |scheme: &str| {
            let asked = server.operate("GET", "/v1/tenants");
            asked.header("Origin", &format!("{scheme}://{host}")).send()
        };
        assert_eq!(ask(own).status, 200);
        ask(foreign).is_refused(403, "access_forbidden");
    }
}
