//! Over TLS a server is spoken to only when it proves who it is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::certificates::{Authority, Pair};
use anchorhold_client::wire::health::HealthReply;
use anchorhold_client::{Client, Config, Error, OperatorClient};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const REPLY: &str = "{\"status\": \"ok\", \"version\": \"1\", \"degraded\": []}";

/// A server that speaks TLS and counts the requests that came through.
struct House {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl House {
    fn new(pair: &Pair) -> Self {
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![pair.seen.clone()], key)
            .expect("a pair");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&requests);
        // It serves until the process of the test ends.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
                let mut stream = StreamOwned::new(connection, stream);
                // Who does not believe us says nothing.
                if stream.read(&mut [0; 4_096]).is_ok_and(|read| read > 0) {
                    counted.fetch_add(1, Ordering::AcqRel);
                    let length = REPLY.len();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                    let _ = stream.write_all(format!("{head}{REPLY}").as_bytes());
                }
            }
        });
        Self { address, requests }
    }

    /// How a client fares that believes these authorities, at this host.
    fn health(&self, host: &str, authorities: Option<String>) -> Result<HealthReply, Error> {
        let url = format!("https://{host}:{}", self.address.port());
        let operator = OperatorClient::new(&url, None, authorities.as_deref())?;
        let client = Client::new(Config {
            url,
            key: Some("ah_secret".to_owned()),
            authorities,
            ..Config::default()
        })?;
        let status = client.health();
        let of_operator = operator.health();
        assert_eq!(status.is_ok(), of_operator.is_ok());
        status
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::Acquire)
    }
}

#[test]
fn a_server_that_proves_itself_is_spoken_to_and_no_other_hears_a_word() {
    let (authority, other) = (Authority::new(), Authority::new());
    let house = House::new(&authority.issue());
    let pem = Some(authority.pem());
    for host in ["127.0.0.1", "localhost"] {
        house.health(host, pem.clone()).expect("an answer");
    }
    // One of several is enough.
    let both = format!("{}{}", other.pem(), authority.pem());
    assert!(house.health("127.0.0.1", Some(both)).is_ok());
    assert_eq!(house.requests(), 6);
    // A server may vouch for itself, to who was given its certificate.
    let itself = Pair::of_itself();
    let alone = House::new(&itself);
    assert!(alone.health("127.0.0.1", Some(itself.certificate)).is_ok());
    // Signed by the right authority, but for others.
    let elsewhere = House::new(&authority.issue_for(&["127.0.0.2", "elsewhere.example"]));
    for (house, authorities) in [
        (&house, None),
        (&house, Some(other.pem())),
        (&elsewhere, pem),
    ] {
        let error = house.health("127.0.0.1", authorities);
        let error = error.expect_err("no proof");
        assert!(matches!(error, Error::Untrusted { .. }), "{error:?}");
        assert!(error.advice().contains("ANCHORHOLD_CA_FILE"));
    }
    assert_eq!((house.requests(), elsewhere.requests()), (6, 0));
}

#[test]
fn authorities_that_are_none_are_refused_before_anything_is_sent() {
    let authority = Authority::new();
    let cut: String = authority.pem().chars().take(200).collect();
    let pair = authority.issue();
    for wrong in ["", "no PEM", &cut, &pair.key] {
        let house = House::new(&pair);
        let error = house.health("127.0.0.1", Some(wrong.to_owned()));
        let error = error.expect_err("no authority");
        assert!(
            matches!(error, Error::Authorities { .. }),
            "{wrong}: {error:?}"
        );
        assert_eq!(house.requests(), 0);
    }
}

#[test]
fn who_does_not_speak_tls_is_told_apart_from_who_is_not_believed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream
            .write_all(b"HTTP/1.1 400 canary\r\n\r\n")
            .expect("a client");
        let _ = stream.read(&mut [0; 4_096]);
    });
    let client = OperatorClient::new(&url, None, None).expect("a usable address");
    let error = client.health().expect_err("no TLS");
    assert!(
        matches!(error, Error::Protocol { status: None, .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains("canary"), "{error}");
    serving.join().expect("it ends");
}
