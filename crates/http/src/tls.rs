//! TLS of the listeners, with a certificate that may be replaced while the server runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use anchorhold_crypto::{SIGNATURE_BYTES, sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

/// The one protocol that is spoken inside.
const PROTOCOL: &[u8] = b"http/1.1";

/// Why the listeners cannot speak TLS. Says which file to mend.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It cannot be read.
    #[error("{}: {error}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It holds no certificate.
    #[error(
        "{} holds no certificate; it must be a PEM file with the server's own first and those that \
         signed it after it", .path.display()
    )]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
    /// It holds no key.
    #[error("{} holds no private key; it must be a PEM file with one, not encrypted", .path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
    /// The two do not belong together, or are of a kind that is not known.
    #[error(
        "the certificate of {} cannot be used with the key of {} ({error}); they must have been made \
         for each other", .certificate.display(), .key.display()
    )]
    Unfit {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
        /// Why.
        error: rustls::Error,
    },
}

/// A certificate and its key in files, which are read again when they have changed.
pub struct Tls {
    files: Files,
    /// What connections are greeted with.
    config: StdMutex<Arc<ServerConfig>>,
    /// Whoever looks at the files holds it.
    seen: Arc<Mutex<Seen>>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What stood in the files.
struct Seen {
    /// When they were taken last.
    taken: Digests,
    /// When they could not be used, which was told then.
    refused: Option<Digests>,
}

type Text = io::Result<Zeroizing<Vec<u8>>>;

/// What tells one state of the files from the next. Times and lengths do not: what is written twice within
/// a tick of the clock of a file system may have the same.
type Digests = [Result<[u8; SIGNATURE_BYTES], io::ErrorKind>; 2];

impl Tls {
    /// Reads the file with the certificate, the server's own first and its chain after it, and the file
    /// with its key; both are PEM.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let texts = files.texts();
        let seen = Seen {
            taken: digests(&texts),
            refused: None,
        };
        Ok(Self {
            config: StdMutex::new(files.config(texts)?),
            files,
            seen: Arc::new(Mutex::new(seen)),
        })
    }

    /// Greets a client; nothing of one that does not answer as it must within `time_max`.
    pub(crate) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
        self: &Arc<Self>,
        stream: S,
        time_max: Duration,
    ) -> Option<TlsStream<S>> {
        let greeted = timeout(time_max, async {
            self.refresh().await;
            TlsAcceptor::from(self.held()).accept(stream).await
        });
        match greeted.await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                // What a client did wrong on the wire is no fault of the server.
                tracing::debug!(%error, "a connection ended before it was encrypted");
                None
            }
            Err(_) => {
                tracing::debug!("a connection ended because it was not encrypted in time");
                None
            }
        }
    }

    fn held(&self) -> Arc<ServerConfig> {
        // One is always whole.
        Arc::clone(&self.config.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the files as they are now if they have changed and belong together. One connection looks at
    /// a time, on a thread that may wait for a disk; others go on with what was read before.
    async fn refresh(self: &Arc<Self>) {
        if let Ok(seen) = Arc::clone(&self.seen).try_lock_owned() {
            let tls = Arc::clone(self);
            // It fails in a runtime that ends, which serves nobody any more.
            let _ = tokio::task::spawn_blocking(move || tls.look(seen)).await;
        }
    }

    fn look(&self, mut seen: OwnedMutexGuard<Seen>) {
        let texts = self.files.texts();
        let found = digests(&texts);
        if found == seen.taken {
            seen.refused = None;
            return;
        }
        if seen.refused == Some(found) {
            return;
        }
        match self.files.config(texts) {
            Ok(config) => {
                *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
                *seen = Seen {
                    taken: found,
                    refused: None,
                };
                tracing::info!("the certificate was replaced");
            }
            Err(error) => {
                seen.refused = Some(found);
                tracing::error!(%error, "the certificate from before stays in use");
            }
        }
    }
}

impl Files {
    fn texts(&self) -> [Text; 2] {
        [&self.certificate, &self.key].map(|path| fs::read(path).map(Zeroizing::new))
    }

    fn config(&self, [certificate, key]: [Text; 2]) -> Result<Arc<ServerConfig>, TlsError> {
        let text = |path: &PathBuf, text: Text| {
            let path = path.clone();
            text.map_err(|error| TlsError::Unreadable { path, error })
        };
        let certificate = text(&self.certificate, certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificate).collect();
        let Some(chain) = chain.ok().filter(|chain| !chain.is_empty()) else {
            let path = self.certificate.clone();
            return Err(TlsError::NoCertificate { path });
        };
        let Ok(key) = PrivateKeyDer::from_pem_slice(&text(&self.key, key)?) else {
            let path = self.key.clone();
            return Err(TlsError::NoKey { path });
        };
        let unfit = |error| TlsError::Unfit {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            error,
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unfit)?
            .with_no_client_auth();
        let mut config = builder.with_single_cert(chain, key).map_err(unfit)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Arc::new(config))
    }
}

fn digests(texts: &[Text; 2]) -> Digests {
    texts.each_ref().map(|text| match text {
        Ok(text) => Ok(sha256(text)),
        Err(error) => Err(error.kind()),
    })
}

#[cfg(test)]
mod tests;
