//! Whatever becomes of the files, a connection is greeted with the last pair that belonged together.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ALL_VERSIONS;
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::{Tls, TlsError};
use crate::support::tls::{Authority, Pair};

static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);
static PAIRS: LazyLock<[Pair; 3]> = LazyLock::new(|| [(); 3].map(|()| AUTHORITY.issue()));

/// What may happen to one of the two files.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// It becomes that of this pair, in its place or by a file that is moved there.
    Written {
        of: usize,
        is_moved: bool,
    },
    /// The first half of it, as somebody sees it who comes in between.
    Half {
        of: usize,
    },
    Removed,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0..3_usize, any::<bool>()).prop_map(|(of, is_moved)| Change::Written { of, is_moved }),
        1 => (0..3_usize).prop_map(|of| Change::Half { of }),
        1 => Just(Change::Removed),
    ]
}

impl Change {
    /// Does it; says whose file stands there now.
    fn make(self, path: &Path, of_pair: fn(&Pair) -> &str) -> Option<usize> {
        match self {
            Self::Written { of, is_moved } => {
                let text = of_pair(&PAIRS[of]);
                if is_moved {
                    let beside = path.with_extension("new");
                    fs::write(&beside, text).unwrap();
                    fs::rename(beside, path).unwrap();
                } else {
                    fs::write(path, text).unwrap();
                }
                Some(of)
            }
            Self::Half { of } => {
                let text = of_pair(&PAIRS[of]).as_bytes();
                fs::write(path, &text[..text.len() / 2]).unwrap();
                None
            }
            Self::Removed => {
                // It may be gone already.
                let _ = fs::remove_file(path);
                None
            }
        }
    }
}

/// The certificate that the next connection is greeted with.
async fn shown(tls: &Arc<Tls>) -> CertificateDer<'static> {
    let (near, far) = tokio::io::duplex(65_536);
    let client = TlsConnector::from(Arc::new(AUTHORITY.client(ALL_VERSIONS)));
    let name = "localhost".try_into().unwrap();
    let (greeted, client) = tokio::join!(
        tls.greet(far, Duration::from_mins(1)),
        client.connect(name, near)
    );
    assert!(greeted.is_some());
    client.unwrap().get_ref().1.peer_certificates().unwrap()[0].clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_last_pair_that_belonged_together_greets_every_connection(
        changes in prop::collection::vec((any::<bool>(), change()), 1..12),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = PAIRS[0].write(directory.path());
        let tls = Arc::new(Tls::load(&certificate, &key).unwrap());
        let runtime = Runtime::new().unwrap();
        let (mut of_certificate, mut of_key, mut expected) = (Some(0), Some(0), 0);
        for (is_key, change) in changes {
            if is_key {
                of_key = change.make(&key, |pair| &pair.key);
            } else {
                of_certificate = change.make(&certificate, |pair| &pair.certificate);
            }
            if let (Some(one), true) = (of_certificate, of_certificate == of_key) {
                expected = one;
            }
            let seen = runtime.block_on(shown(&tls));
            prop_assert_eq!(seen, PAIRS[expected].seen.clone());
        }
    }
}

#[test]
fn a_disk_that_does_not_answer_holds_up_one_connection_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = PAIRS[0].write(directory.path());
    let tls = Arc::new(Tls::load(&certificate, &key).unwrap());
    fs::write(&certificate, &PAIRS[1].certificate).unwrap();
    // Who reads a pipe waits for whoever writes it.
    fs::remove_file(&key).unwrap();
    let made = Command::new("mkfifo").arg(&key).status().unwrap();
    assert!(made.success());
    let runtime = Runtime::new().unwrap();
    let waiting = Arc::clone(&tls);
    let first = runtime.spawn(async move { shown(&waiting).await });
    let mut pipe = fs::OpenOptions::new().write(true).open(&key).unwrap();
    for _ in 0..3 {
        assert_eq!(runtime.block_on(shown(&tls)), PAIRS[0].seen);
    }
    pipe.write_all(PAIRS[1].key.as_bytes()).unwrap();
    drop(pipe);
    assert_eq!(runtime.block_on(first).unwrap(), PAIRS[1].seen);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = PAIRS[0].write(directory.path());
    let refused = |certificate: &Path, key: &Path| {
        let error = Tls::load(certificate, key).err().unwrap();
        (error.to_string(), error)
    };
    let missing = directory.path().join("missing.pem");
    for (said, error) in [refused(&missing, &key), refused(&certificate, &missing)] {
        assert!(matches!(error, TlsError::Unreadable { .. }));
        assert!(said.contains("missing.pem"), "{said}");
    }
    let (said, error) = refused(&key, &key);
    assert!(matches!(error, TlsError::NoCertificate { .. }));
    assert!(said.contains("server.key"), "{said}");
    let (said, error) = refused(&certificate, &certificate);
    assert!(matches!(error, TlsError::NoKey { .. }));
    assert!(said.contains("server.pem"), "{said}");
    fs::write(&key, &PAIRS[1].key).unwrap();
    let (said, error) = refused(&certificate, &key);
    assert!(matches!(error, TlsError::Unfit { .. }));
    assert!(
        said.contains("server.pem") && said.contains("server.key"),
        "{said}"
    );
}
