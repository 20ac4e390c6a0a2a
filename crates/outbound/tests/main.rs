//! A document comes whole, in time, from where it was said to be, or not at all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_model::limits::JWKS_BYTES_MAX;
use anchorhold_model::{Fetch as _, FetchProblem};
use anchorhold_outbound::{Documents, Host};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Somebody who publishes documents: each path has an answer of its own.
struct Publisher {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Publisher {
    fn new(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let publisher = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (
            Arc::clone(&publisher.connections),
            Arc::clone(&publisher.requests),
        );
        // It serves until the process of the test ends, each connection on a thread of its own.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (tls, requests) = (tls.clone(), Arc::clone(&requests));
                let mut stream = stream.unwrap();
                std::thread::spawn(move || match tls {
                    None => serve(&mut stream, &requests),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        let mut stream = StreamOwned::new(connection, stream);
                        serve(&mut stream, &requests);
                        stream.conn.send_close_notify();
                        let _ = stream.flush();
                    }
                });
            }
        });
        publisher
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn counts(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (count(&self.connections), count(&self.requests))
    }
}

fn serve(stream: &mut (impl Read + Write), requests: &AtomicUsize) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap();
    let ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    // Whoever asked may have gone.
    let _ = match path {
        "/keys" => write!(stream, "{ok}Content-Length: 2\r\n\r\n{{}}"),
        "/moved" => write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: /keys\r\nContent-Length: 0\r\n\r\n"
        ),
        "/gone" => write!(stream, "HTTP/1.1 404 Gone\r\nContent-Length: 2\r\n\r\n{{}}"),
        "/largest" => sized(stream, ok, JWKS_BYTES_MAX),
        "/long" => sized(stream, ok, JWKS_BYTES_MAX + 1),
        "/endless" => write!(stream, "{ok}\r\n").and_then(|()| {
            let piece = [b' '; 4_096];
            (0..1_000).try_for_each(|_| stream.write_all(&piece))
        }),
        "/slow" => write!(stream, "{ok}Content-Length: 1000\r\n\r\n").and_then(|()| {
            // A byte now and then keeps no fetch alive.
            (0..200).try_for_each(|_| {
                std::thread::sleep(Duration::from_millis(20));
                stream.write_all(b" ")
            })
        }),
        "/cut" => write!(stream, "{ok}Content-Length: 1000\r\n\r\n{{}}"),
        _ => write!(stream, "nothing of HTTP\r\n\r\n"),
    };
    let _ = stream.flush();
}

fn sized(stream: &mut impl Write, ok: &str, bytes: usize) -> std::io::Result<()> {
    write!(stream, "{ok}Content-Length: {bytes}\r\n\r\n")?;
    stream.write_all(&vec![b' '; bytes])
}

fn documents(hosts: &[Host]) -> Documents {
    Documents::new(hosts).unwrap()
}

#[test]
fn a_document_is_the_answer_of_its_own_address_or_none() {
    let publisher = Publisher::new(None);
    let fetch = |path: &str| documents(&[]).fetch(&publisher.url(path));
    assert_eq!(fetch("/keys"), Ok(b"{}".to_vec()));
    let largest = fetch("/largest").map(|document| document.len());
    assert_eq!(largest, Ok(JWKS_BYTES_MAX));
    for (path, problem) in [
        ("/moved", FetchProblem::Status),
        ("/gone", FetchProblem::Status),
        ("/long", FetchProblem::TooLarge),
        ("/endless", FetchProblem::TooLarge),
        ("/cut", FetchProblem::Unreachable),
        ("/nothing", FetchProblem::Unreachable),
    ] {
        let (_, before) = publisher.counts();
        assert_eq!(fetch(path), Err(problem), "{path}");
        assert_eq!(publisher.counts().1, before + 1, "{path} is asked once");
    }
    let short = documents(&[]).with_time(Duration::from_millis(300));
    assert_eq!(
        short.fetch(&publisher.url("/slow")),
        Err(FetchProblem::Late)
    );
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let refused = documents(&[]).fetch(&format!("http://{address}/keys"));
    assert_eq!(refused, Err(FetchProblem::Unreachable));
}

#[test]
fn nobody_inside_the_house_is_asked_unless_it_was_configured() {
    let publisher = Publisher::new(None);
    let port = publisher.address.port();
    for host in [
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00::1]",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ] {
        let asked = documents(&[]).fetch(&format!("https://{host}:{port}/keys"));
        assert_eq!(asked, Err(FetchProblem::Address), "{host}");
    }
    for url in [
        format!("http://localhost:{port}/keys"),
        format!("http://user@127.0.0.1:{port}/keys"),
        format!("ftp://127.0.0.1:{port}/keys"),
        "/keys".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            documents(&[]).fetch(&url),
            Err(FetchProblem::Address),
            "{url}"
        );
    }
    // A host that is said to lie outside is not asked inside either.
    let outside = Host {
        host: "localhost".to_owned(),
        ..Host::default()
    };
    let asked = documents(&[outside]).fetch(&format!("https://localhost:{port}/keys"));
    assert_eq!(asked, Err(FetchProblem::Address));
    assert_eq!(publisher.counts(), (0, 0));
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut wanted = CertificateParams::new([]).unwrap();
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap()).unwrap()
}

#[test]
fn a_private_host_is_asked_once_it_is_configured_and_proves_who_it_is() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let wanted = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = wanted.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let publisher = Publisher::new(Some(Arc::new(config)));
    let port = publisher.address.port();
    let of = |host: &str, authorities: Option<String>| Host {
        host: host.to_owned(),
        private: true,
        authorities,
    };
    let fetch =
        |host: Host, url: &str| documents(&[host]).fetch(&format!("https://{url}:{port}/keys"));
    let vouched = || of("LocalHost", Some(authority.pem()));
    assert_eq!(fetch(vouched(), "localhost"), Ok(b"{}".to_vec()));
    assert_eq!(publisher.counts(), (1, 1));
    let untrusted = Err(FetchProblem::Untrusted);
    // Without its authority, with another one, and under another name.
    assert_eq!(fetch(of("localhost", None), "localhost"), untrusted);
    let other = of("localhost", Some(self::authority().pem()));
    assert_eq!(fetch(other, "localhost"), untrusted);
    let address = of("127.0.0.1", Some(authority.pem()));
    assert_eq!(fetch(address, "127.0.0.1"), untrusted);
    assert_eq!(publisher.counts().1, 1, "nobody else hears a word");
    let broken = Documents::new(&[of("localhost", Some("no PEM".to_owned()))]);
    assert!(broken.err().unwrap().contains("localhost"));
}
