//! Certificates that are made for one test, and a client that shows which one it was greeted with. Tests
//! of other crates use it too.
#![allow(dead_code, reason = "no crate uses all of it")]

use std::io::{self, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

/// An authority that signs for servers on loopback.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    /// The certificate as a client sees it.
    pub(crate) seen: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut wanted = CertificateParams::new([]).unwrap();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap());
        Self(made.unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A new certificate for a server on loopback.
    pub(crate) fn issue(&self) -> Pair {
        self.issue_for(&["127.0.0.1", "localhost"])
    }

    /// The same for a server with other names.
    pub(crate) fn issue_for(&self, names: &[&str]) -> Pair {
        let key = KeyPair::generate().unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let wanted = CertificateParams::new(names).unwrap();
        let certificate = wanted.signed_by(&key, &self.0).unwrap();
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            seen: certificate.der().clone(),
        }
    }

    /// A client that believes this authority and speaks one of these versions.
    pub(crate) fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// A connection that is greeted by a server of this authority.
    pub(crate) fn greet(&self, address: SocketAddr) -> Line {
        Line::open(address, self.client(rustls::ALL_VERSIONS)).unwrap()
    }
}

impl Pair {
    /// A certificate for loopback that signed itself, and is that of no authority.
    pub(crate) fn of_itself() -> Self {
        let key = KeyPair::generate().unwrap();
        let wanted = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = wanted.self_signed(&key).unwrap();
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            seen: certificate.der().clone(),
        }
    }

    /// Writes both into a directory; gives the paths of certificate and key.
    pub(crate) fn write(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let paths = (directory.join("server.pem"), directory.join("server.key"));
        std::fs::write(&paths.0, &self.certificate).unwrap();
        std::fs::write(&paths.1, &self.key).unwrap();
        paths
    }
}

/// An encrypted connection that gives up after ten seconds.
pub(crate) struct Line(pub(crate) StreamOwned<ClientConnection, TcpStream>);

impl Line {
    pub(crate) fn open(address: SocketAddr, config: ClientConfig) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let name = ServerName::from(address.ip());
        let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(Self(StreamOwned::new(connection, stream)))
    }

    /// The certificate that the server showed.
    pub(crate) fn shown(&self) -> CertificateDer<'static> {
        self.0.conn.peer_certificates().unwrap()[0].clone()
    }

    pub(crate) fn version(&self) -> ProtocolVersion {
        self.0.conn.protocol_version().unwrap()
    }

    /// Sends bytes.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads until a text has come; the connection goes on.
    pub(crate) fn hear(&mut self, text: &str) -> String {
        let mut heard = Vec::new();
        let mut piece = [0; 4_096];
        loop {
            let read = self.0.read(&mut piece).unwrap();
            assert_ne!(read, 0, "ended before {text:?}");
            heard.extend_from_slice(&piece[..read]);
            let heard = String::from_utf8_lossy(&heard);
            if heard.contains(text) {
                return heard.into_owned();
            }
        }
    }
}
