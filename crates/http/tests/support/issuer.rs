//! An issuer of signed tokens that publishes its keys, on a socket of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anchorhold_model::Clock as _;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Reply, Server};

/// An issuer: what it publishes, and how often it was asked.
pub(crate) struct Issuer {
    address: SocketAddr,
    answer: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    pub(crate) fn new(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::default(),
            asked: Arc::default(),
        };
        issuer.publish(keys);
        let (answer, asked) = (Arc::clone(&issuer.answer), Arc::clone(&issuer.asked));
        // It serves until the process of the test ends.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                asked.fetch_add(1, Ordering::SeqCst);
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                // Whoever asked may have gone.
                let _ = stream.write_all(answer.lock().unwrap().as_bytes());
            }
        });
        issuer
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn publish(&self, keys: &[&Key]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.says("200 OK", &json!({"keys": keys}).to_string());
    }

    pub(crate) fn breaks(&self) {
        self.says("200 OK", "<html>");
    }

    /// Its answer from now on.
    pub(crate) fn says(&self, status: &str, body: &str) {
        let length = body.len();
        *self.answer.lock().unwrap() = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
    }
}

/// A key of an issuer.
pub(crate) struct Key(Ed25519KeyPair, &'static str);

impl Key {
    pub(crate) fn new(kid: &'static str) -> Self {
        Self(Ed25519KeyPair::generate().unwrap(), kid)
    }

    pub(crate) fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.1, "x": x})
    }

    pub(crate) fn token(&self, server: &Server, iss: &str, kid: &str) -> String {
        let exp = server.clock.now().milliseconds() / 1_000 + 86_400;
        let claims = json!({"iss": iss, "aud": "memory", "sub": "alice", "exp": exp});
        let header = json!({"alg": "EdDSA", "kid": kid});
        let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = parts.join(".");
        let signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) const ISS: &str = "https://clerk.example";

pub(crate) fn take(server: &Server, tenant: &str, iss: &str, more: Value) -> Reply {
    let mut body = json!({"name": "clerk", "iss": iss, "audience": "memory"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let target = format!("/v1/tenants/{tenant}/jwt-key-sets");
    server.operate("POST", &target).json(body).send()
}

/// A server with a tenant that takes tokens of an issuer; the issuer's key set.
pub(crate) fn followed(issuer: &Issuer) -> (Server, String) {
    let server = Server::new();
    server.tenant("acme");
    let taken = take(&server, "acme", ISS, json!({"jwks_url": issuer.url()}));
    assert_eq!(taken.status, 201, "{taken:?}");
    let id = taken.json()["key_id"].as_str().unwrap().to_owned();
    (server, format!("/v1/tenants/acme/jwt-key-sets/{id}"))
}

pub(crate) fn listed(server: &Server) -> Value {
    let target = "/v1/tenants/acme/jwt-key-sets";
    server.operate("GET", target).send().json()["jwt_key_sets"][0].clone()
}

pub(crate) fn ask(server: &Server, token: &str) -> Reply {
    server.ask("GET", "/v1/whoami").key(token).send()
}

#[track_caller]
pub(crate) fn counts(server: &Server, token: &str) {
    let who = ask(server, token);
    assert_eq!(who.status, 200, "{who:?}");
    let subject = json!({"issuer": "jwt:clerk", "id": "alice"});
    assert_eq!(who.json()["subject"], subject);
}
