//! A server with a certificate: both listeners, our own commands, and certificates that are replaced.

use std::net::SocketAddr;
use std::path::Path;

use rustls::ProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::run_with;
use crate::process::{Home, Server};
use crate::support::tls::{Authority, Line, Pair};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server with this certificate, which lies below the home.
fn start(home: &Home, pair: &Pair) -> Server {
    let (certificate, key) = pair.write(home.root());
    let flags = [
        "--tls-certificate",
        certificate.to_str().unwrap(),
        "--tls-key",
        key.to_str().unwrap(),
    ];
    home.start_with("info", &flags)
}

/// Asks on an open line whether the server lives.
fn is_answered(line: &mut Line) {
    line.say(HEALTH);
    let head = line.hear("\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

fn url(address: SocketAddr) -> String {
    format!("https://{address}")
}

#[test]
fn both_listeners_speak_tls_and_our_commands_believe_the_authority_that_is_named() {
    let (home, authority) = (Home::new(), Authority::new());
    let server = start(&home, &authority.issue());
    for address in [server.tenant, server.operator] {
        for (version, expected) in [
            (&TLS12, ProtocolVersion::TLSv1_2),
            (&TLS13, ProtocolVersion::TLSv1_3),
        ] {
            let mut line = Line::open(address, authority.client(&[version])).unwrap();
            assert_eq!(line.version(), expected);
            is_answered(&mut line);
        }
    }
    let said = std::fs::read_to_string(home.stdout()).unwrap();
    assert!(said.contains("curl -sS https://127.0.0.1:"), "{said}");
    assert!(said.contains("--cacert"), "{said}");
    let ca = home.root().join("authority.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let (tenant, operator, keys) = (url(server.tenant), url(server.operator), home.keys());
    let run = |ca: &Path, url: &str, arguments: &[&str]| {
        let variables = [
            ("ANCHORHOLD_CA_FILE", ca.to_str().unwrap()),
            ("ANCHORHOLD_URL", url),
            ("ANCHORHOLD_KEY", &keys.application),
            ("ANCHORHOLD_USER", "alice"),
            ("ANCHORHOLD_OPERATOR_URL", &operator),
            ("ANCHORHOLD_OPERATOR_KEY", &keys.operator),
        ];
        run_with(&home, &variables, arguments)
    };
    let kept = run(
        &ca,
        &tenant,
        &["remember", "Alice takes her tea without sugar."],
    );
    assert_eq!(kept.code, Some(0), "{kept:?}");
    let found = run(
        &ca,
        &tenant,
        &["--json", "recall", "How does Alice take her tea?"],
    );
    assert!(
        found.json().to_string().contains("without sugar"),
        "{found:?}"
    );
    let tenants = run(&ca, &tenant, &["--json", "tenant", "list"]);
    assert!(
        tenants.json().to_string().contains("default"),
        "{tenants:?}"
    );
    // Without the authority, or with another, nothing is sent.
    for (ca, saying) in [
        (Path::new(""), "did not prove to be the server"),
        (Path::new("/nowhere/ca.pem"), "/nowhere/ca.pem"),
        (&home.root().join("server.key"), "no certificate"),
    ] {
        run(ca, &tenant, &["whoami"]).ends(78, saying);
        run(ca, &tenant, &["tenant", "list"]).ends(78, saying);
    }
    let plain = tenant.replace("https", "http");
    let refused = run(&ca, &plain, &["whoami"]);
    assert!(refused.stderr.contains("https://"), "{refused:?}");
    assert!(server.stop().success());
}

#[test]
fn a_replaced_certificate_greets_the_next_connection_and_running_ones_go_on() {
    let (home, authority) = (Home::new(), Authority::new());
    let pairs = [authority.issue(), authority.issue()];
    let server = start(&home, &pairs[0]);
    let addresses = [server.tenant, server.operator];
    let shows = |pair: &Pair| {
        for address in addresses {
            let mut line = authority.greet(address);
            assert_eq!(line.shown(), pair.seen);
            is_answered(&mut line);
        }
    };
    let mut open = addresses.map(|address| authority.greet(address));
    open.iter_mut().for_each(is_answered);
    // The new certificate with the old key: both stay as they were, however often somebody comes.
    std::fs::write(home.root().join("server.pem"), &pairs[1].certificate).unwrap();
    for _ in 0..3 {
        shows(&pairs[0]);
    }
    std::fs::write(home.root().join("server.key"), &pairs[1].key).unwrap();
    shows(&pairs[1]);
    open.iter_mut().for_each(is_answered);
    // What is gone is no reason to greet nobody.
    std::fs::remove_file(home.root().join("server.key")).unwrap();
    shows(&pairs[1]);
    assert!(server.stop().success());
    let said = std::fs::read_to_string(home.stderr()).unwrap();
    let (kept, replaced) = (
        "the certificate from before stays in use",
        "the certificate was replaced",
    );
    assert_eq!(said.matches(kept).count(), 2, "{said}");
    assert_eq!(said.matches(replaced).count(), 1, "{said}");
    assert!(said.contains("server.key"), "{said}");
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start_and_is_named() {
    let (home, authority) = (Home::new(), Authority::new());
    let (certificate, key) = authority.issue().write(home.root());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let other = home.root().join("other.key");
    std::fs::write(&other, authority.issue().key).unwrap();
    let other = other.to_str().unwrap();
    for (certificate, key, named) in [
        ("/nowhere/server.pem", key, "/nowhere/server.pem"),
        (certificate, "/nowhere/server.key", "/nowhere/server.key"),
        (key, key, "holds no certificate"),
        (certificate, certificate, "holds no private key"),
        (certificate, other, "other.key"),
    ] {
        let flags = ["--tls-certificate", certificate, "--tls-key", key];
        let words = ["serve", "--print-operator-key"];
        let ended = home.run(&[&words[..], &flags].concat());
        ended.ends(78, named);
        ended.ends(78, "--tls-certificate");
        assert!(!home.data().exists());
    }
    let half = [("ANCHORHOLD_TLS_KEY", key)];
    let ended = run_with(&home, &half, &["serve", "--print-operator-key"]);
    ended.ends(78, "ANCHORHOLD_TLS_CERTIFICATE");
    assert!(!home.data().exists());
}
