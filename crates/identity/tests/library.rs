//! Issuers and what they publish: documents in memory, each fetch of which is counted and may be held.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use anchorhold_identity::{CredentialRecord, JwksSource, JwtKeySet, JwtKeys, PUBLISHED_ALGORITHMS};
use anchorhold_model::{
    Clock, Fetch, FetchProblem, Issuer, JwksUrl, KeyId, Part, TenantId, Timestamp,
};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::world::plain;

/// Time that a test moves, in seconds.
pub(crate) struct Hand(pub(crate) AtomicU64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(0).plus_seconds(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Documents by address, how often they were fetched, and a hand on those that are held.
#[derive(Default)]
pub(crate) struct Library {
    documents: Mutex<BTreeMap<String, Result<Vec<u8>, FetchProblem>>>,
    fetches: AtomicUsize,
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct Held {
    holds: bool,
    now: usize,
    most: usize,
}

impl Fetch for Library {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let mut held = self.held.lock().unwrap();
        if held.holds && url.contains("slow") {
            held.now += 1;
            held.most = held.most.max(held.now);
            self.changed.notify_all();
            held = self.changed.wait_while(held, |held| held.holds).unwrap();
            held.now -= 1;
        }
        drop(held);
        let documents = self.documents.lock().unwrap();
        documents
            .get(url)
            .cloned()
            .unwrap_or(Err(FetchProblem::Status))
    }
}

impl Library {
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(crate) fn hold(&self, holds: bool) {
        self.held.lock().unwrap().holds = holds;
        self.changed.notify_all();
    }

    /// Fetches that were ever held at once.
    pub(crate) fn most(&self) -> usize {
        self.held.lock().unwrap().most
    }

    /// Waits until so many fetches are held.
    pub(crate) fn wait_for(&self, count: usize) {
        let held = self.held.lock().unwrap();
        let waited = self.changed.wait_while(held, |held| held.now < count);
        drop(waited.unwrap());
    }

    pub(crate) fn put(&self, url: &str, document: Result<Vec<u8>, FetchProblem>) {
        let mut documents = self.documents.lock().unwrap();
        documents.insert(url.to_owned(), document);
    }

    pub(crate) fn publish(&self, url: &str, keys: &[&Key]) {
        self.put(url, Ok(document(keys.iter().copied())));
    }
}

/// A document with these keys.
pub(crate) fn document<'a>(keys: impl Iterator<Item = &'a Key>) -> Vec<u8> {
    let keys: Vec<_> = keys.map(|key| key.jwk.clone()).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(",")).into_bytes()
}

/// A key of an issuer.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
    pub(crate) kid: &'static str,
    jwk: String,
}

impl Key {
    pub(crate) fn new(kid: &'static str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}"#);
        Self { pair, kid, jwk }
    }

    pub(crate) fn token(&self) -> String {
        self.named(self.kid)
    }

    /// A token that says that another key has signed it.
    pub(crate) fn named(&self, kid: &str) -> String {
        let claims = r#"{"iss":"https://clerk.example","aud":"memory","sub":"alice","exp":1300}"#;
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        let parts = [header.as_str(), claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = parts.join(".");
        let signature = self.pair.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn issuer(number: u8, url: &str) -> CredentialRecord {
    let set = JwtKeySet {
        name: Part::parse("clerk").unwrap(),
        vouches: Issuer::parse("jwt:clerk").unwrap(),
        iss: "https://clerk.example".to_owned(),
        audience: Some("memory".to_owned()),
        role_claim: None,
        leeway_seconds: 30,
        lifetime_seconds_max: None,
        keys: JwtKeys::Published(JwksSource {
            url: JwksUrl::parse(url).unwrap(),
            algorithms: PUBLISHED_ALGORITHMS.to_vec(),
        }),
    };
    CredentialRecord {
        key: KeyId::from_bytes([number; 16]),
        tenant: Some(TenantId::from_bytes([number; 16])),
        jwt: Some(Arc::new(set)),
        ..plain()
    }
}

/// The same after its operator has said once more where its keys are.
pub(crate) fn again(issuer: CredentialRecord) -> CredentialRecord {
    let generation = issuer.generation + 1;
    CredentialRecord {
        generation,
        ..issuer
    }
}
