//! Whom the other side must prove to be: certificates are always verified.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// TLS with the authorities of a PEM file, and with those of the open network without one.
///
/// # Errors
/// What is wrong with the file.
pub fn tls(authorities: Option<&str>) -> Result<TlsConfig, &'static str> {
    let roots = match authorities {
        Some(text) => RootCerts::from(read(text)?),
        None => RootCerts::WebPki,
    };
    let config = TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()));
    Ok(config.build())
}

/// The same for a client that makes its connections with rustls itself.
///
/// # Errors
/// What is wrong with the file.
pub fn client_config(authorities: Option<&str>) -> Result<ClientConfig, &'static str> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(text) => {
            let ders = read(text)?;
            let ders = ders
                .iter()
                .map(|one| CertificateDer::from(one.der()).into_owned());
            roots.add_parsable_certificates(ders);
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| "TLS cannot be set up")?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Every certificate of a PEM file; one that cannot be an authority is refused here, because the
/// connection would leave it out in silence.
fn read(text: &str) -> Result<Vec<Certificate<'static>>, &'static str> {
    let mut found = Vec::new();
    let mut usable = RootCertStore::empty();
    for item in parse_pem(text.as_bytes()) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|_| "the file of authorities is no PEM file")?
        {
            usable
                .add(CertificateDer::from(certificate.der()))
                .map_err(|_| "the file of authorities holds a certificate that is none")?;
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err("the file of authorities holds no certificate");
    }
    Ok(found)
}

/// Why the other side is not believed, or does not speak TLS, if that is what went wrong; nothing was
/// said to it.
pub fn distrust(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        // What fails during the handshake comes as an error of the connection.
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// Whether it did not prove over TLS who it is.
pub fn is_untrusted(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Tls(_)) || distrust(error).is_some()
}
