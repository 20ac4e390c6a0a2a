//! A signed request is let in once, also across a restart of the real server.

use std::time::Duration;

use anchorhold_crypto::{RequestKey, Secret, sha256};
use anchorhold_identity::{Fields, canonical};
use anchorhold_model::{Clock as _, hex, unhex};
use serde_json::Value;

use crate::process::library::WallClock;
use crate::process::{Home, Server};
use crate::support::Ask;

/// Signs `GET /v1/whoami` for alice.
fn signed(home: &Home, host: std::net::SocketAddr, key: &Value, nonce: &str) -> Ask {
    let timestamp = (WallClock.now().milliseconds() / 1_000).to_string();
    let (key_id, host_name) = (key["key_id"].as_str().unwrap(), host.to_string());
    let fields = Fields {
        key_id,
        timestamp: &timestamp,
        nonce,
        host: &host_name,
        user: "alice",
        ..Fields::default()
    };
    let bytes = canonical(&fields, "GET", "/v1/whoami", &sha256(b""));
    let secret = unhex(key["secret"].as_str().unwrap()).unwrap();
    let signature = hex(&RequestKey::new(&Secret::new(secret)).sign(&bytes));
    Ask::new(host, "GET", "/v1/whoami")
        .key(&home.keys().application)
        .header("x-anchorhold-user", "alice")
        .header("x-anchorhold-key-id", key_id)
        .header("x-anchorhold-timestamp", &timestamp)
        .header("x-anchorhold-nonce", nonce)
        .header("x-anchorhold-signature", signature)
}

/// Signs requests until one is let in: nothing is that was stamped less than five seconds after the start.
pub(crate) fn let_in(home: &Home, server: &Server) -> Ask {
    let mut command = home.command(&[
        "--json", "hmac-key", "create", "backend", "--tenant", "default",
    ]);
    command
        .env(
            "ANCHORHOLD_OPERATOR_URL",
            format!("http://{}", server.operator),
        )
        .env("ANCHORHOLD_OPERATOR_KEY", home.keys().operator);
    let made = crate::process::ended(&mut command);
    let key: Value = serde_json::from_str(&made.stdout).unwrap_or_else(|_| panic!("{made:?}"));
    let let_in = (0..3_000).find_map(|attempt| {
        let asked = signed(
            home,
            server.tenant,
            &key,
            &format!("0123456789abcdef{attempt}"),
        );
        let reply = asked.send();
        std::thread::sleep(Duration::from_millis(if reply.status == 200 {
            0
        } else {
            20
        }));
        (reply.status == 200).then_some(asked)
    });
    let_in.expect("within a minute signed requests are let in")
}

#[test]
fn a_request_that_was_let_in_before_a_restart_is_not_let_in_after_it() {
    let home = Home::new();
    let server = home.start("warn");
    let let_in = let_in(&home, &server);
    let_in.send().is_refused(401, "credential_invalid");
    let address = server.tenant.to_string();
    server.stop();
    let server = home.start_with("warn", &["--listen", &address]);
    assert_eq!(server.tenant.to_string(), address);
    let_in.send().is_refused(401, "credential_invalid");
}
