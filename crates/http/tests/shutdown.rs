//! A shutdown finishes what runs.

use std::net::TcpStream;
use std::time::Duration;

use anchorhold_http::Limits;
use serde_json::json;

use crate::support::{HELD, Server, read_reply};

/// Waits until nobody listens any more.
fn wait_until_closed(server: &Server) {
    while TcpStream::connect(server.tenant_address()).is_ok()
        || TcpStream::connect(server.operator_address()).is_ok()
    {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A server that runs a write, and its client; the embedder holds the text.
fn held_write(limits: Limits) -> (Server, TcpStream) {
    let server = Server::with(limits, 2);
    let key = server.acting();
    let asked = server.ask("POST", "/v1/memories").key(&key).user("alice");
    let client = asked.json(json!({"content": HELD})).start();
    server.embedder.wait_for(1);
    (server, client)
}

fn impatient() -> Limits {
    Limits {
        shutdown_time_max: Duration::from_millis(100),
        ..Limits::default()
    }
}

#[test]
fn a_graceful_shutdown_finishes_a_running_write() {
    let (mut server, mut client) = held_write(Limits::default());
    server.begin_shutdown();
    wait_until_closed(&server);
    server.embedder.release();
    let kept = read_reply(&mut client, false);
    assert_eq!(kept.status, 201, "{kept:?}");
    server.wait();
}

#[test]
fn a_shutdown_does_not_wait_for_ever() {
    let (mut server, _client) = held_write(impatient());
    server.begin_shutdown();
    wait_until_closed(&server);
    // The listeners end before the verb does; the verb itself is then let go.
    server.embedder.release();
    server.wait();
}

#[test]
fn a_write_of_a_client_that_left_is_waited_for_once_and_not_for_ever() {
    let (mut server, client) = held_write(impatient());
    server.leave(client);
    server.begin_shutdown();
    server.wait_until_served();
    server.embedder.release();
    server.wait();
}

#[test]
fn an_idle_connection_does_not_delay_a_shutdown() {
    let mut server = Server::new();
    let idle = TcpStream::connect(server.tenant_address()).unwrap();
    assert_eq!(server.ask("GET", "/healthz").send().status, 200);
    server.begin_shutdown();
    server.wait();
    drop(idle);
}
