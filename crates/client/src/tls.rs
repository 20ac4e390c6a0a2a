//! Whom a server must prove to be: certificates are always verified.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// TLS with the authorities of a PEM file, and with those of the open network without one.
pub(crate) fn config(authorities: Option<&str>) -> Result<TlsConfig, &'static str> {
    let roots = match authorities {
        Some(text) => RootCerts::from(read(text)?),
        None => RootCerts::WebPki,
    };
    let config = TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()));
    Ok(config.build())
}

/// Every certificate of a PEM file; one that cannot be an authority is refused here, because the
/// connection would leave it out in silence.
fn read(text: &str) -> Result<Vec<Certificate<'static>>, &'static str> {
    let mut found = Vec::new();
    let mut usable = RootCertStore::empty();
    for item in parse_pem(text.as_bytes()) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| "they are no PEM file")? {
            usable
                .add(CertificateDer::from(certificate.der()))
                .map_err(|_| "one of them is no certificate of an authority")?;
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err("there is no certificate among them");
    }
    Ok(found)
}

/// Why the server is not believed, or does not speak TLS, if that is what went wrong.
pub(crate) fn problem(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
