//! How keys come to the server unread by others: TLS, or a proxy that ends it.

use std::net::SocketAddr;
use std::path::PathBuf;

use anchorhold_model::{IpNet, network};

use super::file::File;
use super::flags::TransportFlags;
use super::preset::Exposure;
use super::{path, text};
use crate::exit::Error;
use crate::system::Lookup;

/// Both are read again when they change.
#[derive(Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// The files of a server that speaks TLS.
pub(super) fn tls(
    flags: &mut TransportFlags,
    lookup: Lookup<'_>,
    file: &File,
) -> Result<Option<TlsFiles>, Error> {
    let certificate = flags.tls_certificate.take();
    let certificate = certificate
        .or_else(|| path(lookup, "ANCHORHOLD_TLS_CERTIFICATE"))
        .or_else(|| file.tls_certificate.clone());
    let key = flags.tls_key.take();
    let key = key
        .or_else(|| path(lookup, "ANCHORHOLD_TLS_KEY"))
        .or_else(|| file.tls_key.clone());
    let missing = |what: &str, flag: &str, variable: &str, key: &str| {
        Err(Error::Configuration(format!(
            "for TLS the {what} is missing: name its PEM file with {flag}, {variable}, or {key} in the \
             configuration file"
        )))
    };
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => missing("key", "--tls-key", "ANCHORHOLD_TLS_KEY", "tls_key"),
        (None, Some(_)) => missing(
            "certificate",
            "--tls-certificate",
            "ANCHORHOLD_TLS_CERTIFICATE",
            "tls_certificate",
        ),
    }
}

/// The networks of proxies that end TLS.
pub(super) fn plain_http_from(
    flags: Vec<String>,
    lookup: Lookup<'_>,
    file: &File,
) -> Result<Vec<IpNet>, Error> {
    const VARIABLE: &str = "ANCHORHOLD_PLAIN_HTTP_FROM";
    let (written, place) = if !flags.is_empty() {
        (flags, "--plain-http-from")
    } else if let Some(value) = lookup(VARIABLE) {
        let value = text(value, VARIABLE)?;
        let parts = value.split(',').map(|part| part.trim().to_owned());
        (parts.collect(), VARIABLE)
    } else {
        let place = "plain_http_from in the configuration file";
        (file.plain_http_from.clone().unwrap_or_default(), place)
    };
    let read = |text: String| {
        network(&text).map_err(|error| Error::Configuration(format!("{place}: {text:?} {error}")))
    };
    written.into_iter().map(read).collect()
}

/// Refuses proxies where nobody is heard in clear.
pub(super) fn check(exposure: Exposure) -> Result<(), Error> {
    if exposure.has_tls && exposure.has_proxies {
        return Err(Error::Configuration(
            "with TLS both listeners speak nothing else, so plain_http_from has no meaning; leave one \
             of the two out"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Whether no other machine reaches this address.
pub(super) fn is_local(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
