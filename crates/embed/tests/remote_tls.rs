//! Over TLS an embedder of another house is spoken to only when it proves who it is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_embed::{Embedder as _, Error, RemoteEmbedder, RemoteSettings, Upstream};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::remote::{KEY, TEXT, answer, clock, honest, request};

/// An authority, made for one test.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut wanted = CertificateParams::new([]).unwrap();
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap()).unwrap()
}

/// What the certificate of a house on loopback says.
fn loopback() -> CertificateParams {
    CertificateParams::new(["127.0.0.1".to_owned()]).unwrap()
}

/// Another house that speaks TLS, and counts connections and requests.
struct House {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl House {
    fn new(wanted: CertificateParams, issuer: &CertifiedIssuer<'static, KeyPair>) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = wanted.signed_by(&key, issuer).unwrap();
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
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::default());
        let house = Self {
            address,
            connections: Arc::clone(&connections),
            requests: Arc::clone(&requests),
        };
        // It serves until the process of the test ends.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::AcqRel);
                serve(stream.unwrap(), &config, &requests);
            }
        });
        house
    }

    fn settings(&self, authorities: Option<String>) -> RemoteSettings {
        RemoteSettings {
            name: "house".to_owned(),
            url: format!("https://{}/v1", self.address),
            model: "small".to_owned(),
            dimension: 3,
            key: Some(KEY.to_owned()),
            authorities,
            private: true,
            deadline: Duration::from_secs(5),
            window_bytes: 1_000,
            batch_max: 4,
            calls_max: 2,
        }
    }

    fn counts(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Acquire);
        (count(&self.connections), count(&self.requests))
    }
}

fn serve(stream: TcpStream, config: &Arc<ServerConfig>, requests: &AtomicUsize) {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let Some((head, body)) = request(&mut stream) else {
        return;
    };
    requests.fetch_add(1, Ordering::AcqRel);
    if head.contains(KEY) {
        honest(&mut stream, &body);
    } else {
        answer(&mut stream, "401 No key", "", "");
    }
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

fn asked(settings: RemoteSettings) -> Result<usize, Error> {
    let embedder = RemoteEmbedder::new(settings, clock()).unwrap();
    let made = embedder.embed_batch(&[TEXT, "a"], &|| true)?;
    Ok(made.len())
}

#[test]
fn an_embedder_with_a_certificate_of_the_configured_authority_is_believed() {
    let authority = authority();
    let house = House::new(loopback(), &authority);
    assert_eq!(asked(house.settings(Some(authority.pem()))), Ok(2));
    assert_eq!(house.counts(), (1, 1));
    // A file may name several authorities; each counts.
    let both = format!("{}{}", self::authority().pem(), authority.pem());
    assert_eq!(asked(house.settings(Some(both))), Ok(2));
}

#[test]
fn no_text_and_no_key_is_sent_to_a_house_that_does_not_prove_itself() {
    let (authority, stranger) = (authority(), authority());
    let mut expired = loopback();
    expired.not_before = date_time_ymd(2001, 1, 1);
    expired.not_after = date_time_ymd(2002, 1, 1);
    let elsewhere = CertificateParams::new(["elsewhere.example".to_owned()]).unwrap();
    for (case, wanted, issuer, trusted) in [
        (
            "an unknown authority",
            loopback(),
            &stranger,
            Some(authority.pem()),
        ),
        ("another name", elsewhere, &authority, Some(authority.pem())),
        ("expired", expired, &authority, Some(authority.pem())),
        ("a private authority", loopback(), &authority, None),
    ] {
        let house = House::new(wanted, issuer);
        let outcome = asked(house.settings(trusted));
        assert_eq!(outcome, Err(Error::Upstream(Upstream::Untrusted)), "{case}");
        assert_eq!(house.counts(), (1, 0), "{case}: once, and nothing said");
    }
}

#[test]
fn a_house_that_hangs_before_it_proves_itself_costs_no_more_than_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let house = House {
        address: listener.local_addr().unwrap(),
        connections: Arc::default(),
        requests: Arc::default(),
    };
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        heard
    });
    let settings = RemoteSettings {
        deadline: Duration::from_secs(1),
        ..house.settings(None)
    };
    assert_eq!(asked(settings), Err(Error::Upstream(Upstream::Late)));
    let heard = heard.join().unwrap();
    assert!(!heard.is_empty(), "a greeting");
    for secret in [KEY, TEXT] {
        let is_here = heard
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!is_here, "nothing is said in clear");
    }
}

#[test]
fn an_address_of_the_house_is_not_connected_to_unless_it_is_configured_as_private() {
    let authority = authority();
    let house = House::new(loopback(), &authority);
    let settings = RemoteSettings {
        private: false,
        ..house.settings(Some(authority.pem()))
    };
    let outcome = asked(settings);
    assert_eq!(outcome, Err(Error::Upstream(Upstream::Unreachable)));
    assert_eq!(house.counts(), (0, 0));
}

#[test]
fn a_file_without_an_authority_is_refused_before_anything_is_sent() {
    let authority = authority();
    let house = House::new(loopback(), &authority);
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for wrong in ["", "no certificate", broken] {
        let settings = house.settings(Some(wrong.to_owned()));
        assert!(RemoteEmbedder::new(settings, clock()).is_err(), "{wrong:?}");
    }
    let settings = RemoteSettings {
        url: "http://127.0.0.1:1/v1".to_owned(),
        ..house.settings(Some(authority.pem()))
    };
    assert!(
        RemoteEmbedder::new(settings, clock()).is_err(),
        "an authority without TLS"
    );
}
