//! Keys over plain HTTP: from this machine and from proxies that end TLS, and from nobody else.

use std::net::SocketAddr;

use anchorhold_http::Inside;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Server, Setup};

/// The reply to a request that comes in clear from `peer`: its status, and its body without the id.
pub(crate) fn asked(inside: &Inside, peer: &str, target: &str, headers: &str) -> (u16, Value) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let (mut near, far) = tokio::io::duplex(65_536);
    let serving = inside.serve(far, peer.parse::<SocketAddr>().unwrap());
    let reply = runtime.block_on(async {
        tokio::spawn(serving);
        let head =
            format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        near.write_all(head.as_bytes()).await.unwrap();
        let mut reply = String::new();
        near.read_to_string(&mut reply).await.unwrap();
        reply
    });
    let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
    let body = reply.split_once("\r\n\r\n").unwrap().1;
    let mut body: Value = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
    if let Some(error) = body["error"].as_object_mut() {
        error.remove("request_id");
    }
    (status, body)
}

fn code(reply: &(u16, Value)) -> (u16, &str) {
    (reply.0, reply.1["error"]["code"].as_str().unwrap())
}

const REFUSED: (u16, &str) = (403, "access_forbidden");

const FAR: [&str; 4] = [
    "192.0.2.7:9",
    "[::ffff:192.0.2.7]:9",
    "10.0.0.1:9",
    "[2001:db8::7]:9",
];

/// Both listeners with a route of each and a key for it.
fn doors(server: &Server) -> [(Inside, &'static str, String); 2] {
    let key = server.acting();
    [
        (Inside::tenant(&server.app), "/v1/whoami", key),
        (
            Inside::operator(&server.app),
            "/v1/tenants",
            server.operator_key.clone(),
        ),
    ]
}

fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

#[test]
fn a_key_that_comes_in_clear_from_another_machine_is_refused_before_it_is_looked_at() {
    let server = Server::new();
    let doors = doors(&server);
    let proofs = [
        "x-api-key: ah_any\r\n",
        "x-anchorhold-signature: 00\r\n",
        "x-openwebui-user-jwt: a.b.c\r\n",
        "x-session-id: 00\r\n",
        "Authorization: Basic dXNlcjpwYXNz\r\n",
    ];
    for (inside, target, key) in &doors {
        for peer in FAR {
            let refused = asked(inside, peer, target, &bearer(key));
            assert_eq!(code(&refused), REFUSED);
            let message = refused.1["error"]["message"].as_str().unwrap();
            assert!(message.contains("https"), "{message}");
            // Whether it is a key at all is not told, wherever it was sent to.
            for headers in [
                &bearer("nobody's"),
                proofs[0],
                proofs[1],
                proofs[2],
                proofs[3],
                proofs[4],
            ] {
                for target in [*target, "/healthz", "/nowhere", "/v1/a/../b"] {
                    assert_eq!(asked(inside, peer, target, headers), refused, "{headers}");
                }
            }
            // Without one there is nothing to protect.
            assert_eq!(asked(inside, peer, "/healthz", "").0, 200);
            let without = asked(inside, peer, target, "x-anchorhold-user: alice\r\n");
            assert_eq!(code(&without), (401, "credential_missing"));
        }
        for near in [
            "127.0.0.1:9",
            "127.9.9.9:9",
            "[::1]:9",
            "[::ffff:127.0.0.1]:9",
        ] {
            assert_eq!(asked(inside, near, target, &bearer(key)).0, 200, "{near}");
        }
    }
    // A store that is closed knows no key: who asks it gets another answer.
    server.engine.close();
    for (inside, target, _) in &doors {
        let unknown = bearer(&format!("ah_{}", "0".repeat(72)));
        assert_eq!(code(&asked(inside, FAR[0], target, &unknown)), REFUSED);
        assert_ne!(
            code(&asked(inside, "127.0.0.1:9", target, &unknown)),
            REFUSED
        );
    }
}

#[test]
fn a_key_in_clear_is_counted_and_stands_in_no_log_of_a_tenant() {
    let server = Server::new();
    let doors = doors(&server);
    let before = server.bytes_of_audit();
    for (inside, target, key) in &doors {
        asked(inside, FAR[0], target, &bearer(key));
    }
    assert_eq!(server.bytes_of_audit(), before);
    // A refusal of the same key that was looked at is an entry.
    let (inside, _, key) = &doors[0];
    let target = "/v1/memories?namespace=org/other";
    let refused = asked(inside, "127.0.0.1:9", target, &bearer(key));
    assert_eq!(code(&refused), (403, "namespace_forbidden"));
    assert!(server.bytes_of_audit() > before);
    let counters = server.operate_as("GET", "/metrics").send().text();
    let line = r#"requests_total{method="none",route="none",status="4xx"} 2"#;
    assert!(counters.contains(line), "{counters}");
}

#[test]
fn a_proxy_that_ends_tls_passes_keys_on_in_clear() {
    let networks = ["192.0.2.0/24", "2001:db8::/32"];
    let server = Server::of(Setup {
        plain_http_from: networks.map(|network| network.parse().unwrap()).to_vec(),
        ..Setup::default()
    });
    for (inside, target, key) in &doors(&server) {
        for (peer, status) in [
            ("192.0.2.7:9", 200),
            ("[::ffff:192.0.2.7]:9", 200),
            ("[2001:db8::7]:9", 200),
            ("192.0.3.7:9", 403),
            ("[::ffff:192.0.3.7]:9", 403),
            ("[2001:db9::7]:9", 403),
        ] {
            // What it says of where a request came from changes nothing.
            let forwarded = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n";
            for more in ["", forwarded] {
                let headers = format!("{}{more}", bearer(key));
                assert_eq!(asked(inside, peer, target, &headers).0, status, "{peer}");
            }
        }
    }
}
