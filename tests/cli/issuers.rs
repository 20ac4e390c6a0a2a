//! Issuers of signed tokens on the command line: taken with their keys, or with where they publish them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::Party;

/// The public keys of RFC 8037, appendix A.2, and of RFC 7517, appendix A.1, which is not for
/// signatures.
const PUBLISHED: &str = r#"{"keys": [
  {"kty": "OKP", "crv": "Ed25519", "kid": "first", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
  {"kty": "EC", "crv": "P-256", "use": "enc", "kid": "1",
   "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
]}"#;

#[test]
fn an_issuer_is_taken_with_its_published_keys_changes_them_and_is_ended() {
    let party = Party::new();
    let file = party.home.root().join("keys.json");
    std::fs::write(&file, PUBLISHED).unwrap();
    let jwks = ["--tenant", "default", "--jwks-file", file.to_str().unwrap()];
    let create = [
        "--json",
        "jwt-issuer",
        "create",
        "clerk",
        "--iss",
        "https://clerk.example",
    ];
    let made = party.operate(&[&create[..], &jwks].concat()).json();
    let key = serde_json::json!([{"algorithm": "EdDSA", "kid": "first"}]);
    assert_eq!(
        (&made["keys"], &made["issuer"]),
        (&key, &"jwt:clerk".into())
    );
    let id = made["key_id"].as_str().unwrap();
    let again = party.operate(&[&create[..], &jwks].concat());
    assert_eq!(again.code, Some(1), "{again:?}");
    let secret = party.home.root().join("secret");
    std::fs::write(&secret, "a secret of thirty-two bytes, ok\n").unwrap();
    let secret = [
        "--secret-file",
        secret.to_str().unwrap(),
        "--tenant",
        "default",
    ];
    let changed = party.operate(&[&["--json", "jwt-issuer", "keys", id][..], &secret].concat());
    assert_eq!(changed.json()["keys"][0]["algorithm"], "HS256");
    let shown = party.operate(&["jwt-issuer", "list", "--tenant", "default"]);
    assert!(
        shown.stdout.contains("clerk") && shown.stdout.contains("HS256"),
        "{shown:?}"
    );
    let ended = party.operate(&["jwt-issuer", "end", id, "--tenant", "default"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let shown = party.operate(&["--json", "jwt-issuer", "list", "--tenant", "default"]);
    assert_eq!(shown.json()["jwt_key_sets"], serde_json::json!([]));
    // Without keys, or with none that sign, nothing is sent.
    let none = party.operate(&[&create[..], &["--tenant", "default"]].concat());
    none.ends(2, "--jwks-file");
    std::fs::write(&file, "{\"keys\": []}").unwrap();
    let none = party.operate(&[&create[..], &jwks].concat());
    none.ends(2, "no JWK set");
}

/// Publishes a document on loopback until the tests end.
fn published(document: String) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let document = Arc::new(Mutex::new(document));
    let shown = Arc::clone(&document);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let body = shown.lock().unwrap().clone();
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length:";
            let _ = write!(stream, "{head} {}\r\n\r\n{body}", body.len());
        }
    });
    (url, document)
}

#[test]
fn an_issuer_is_taken_with_where_it_publishes_its_keys() {
    let party = Party::new();
    let keys = ["first", "second"].map(|kid| (kid, Ed25519KeyPair::generate().unwrap()));
    let jwk = |(kid, pair): &(&str, Ed25519KeyPair)| {
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x})
    };
    let token = |(kid, pair): &(&str, Ed25519KeyPair)| {
        let header = json!({"alg": "EdDSA", "kid": kid});
        let claims =
            json!({"iss": "https://clerk.example", "sub": "alice", "exp": 4_102_444_800_u64});
        let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = parts.join(".");
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    };
    let (url, document) = published(json!({"keys": [jwk(&keys[0])]}).to_string());
    let tenant = ["--tenant", "default"];
    let create = [
        "--json",
        "jwt-issuer",
        "create",
        "clerk",
        "--iss",
        "https://clerk.example",
    ];
    let from = ["--jwks-url", &url, "--algorithms", "RS256,EdDSA"];
    let made = party
        .operate(&[&create[..], &from, &tenant].concat())
        .json();
    assert_eq!(
        (&made["jwks_url"], &made["algorithms"]),
        (&json!(url), &json!(["RS256", "EdDSA"]))
    );
    let id = made["key_id"].as_str().unwrap();
    let list = || {
        party
            .operate(&[&["jwt-issuer", "list"][..], &tenant].concat())
            .stdout
    };
    assert!(list().contains("not yet"), "{}", list());
    let whoami = |token: &str| party.run_as(token, None, &["--json", "whoami"]);
    assert_eq!(
        whoami(&token(&keys[0])).json()["subject"]["issuer"],
        "jwt:clerk"
    );
    whoami(&token(&keys[1])).ends(1, "credential_invalid");
    assert!(
        list().contains(&url) && list().contains("EdDSA first"),
        "{}",
        list()
    );
    // It rotates; who does not want to wait until that is noticed says where the keys are once more.
    *document.lock().unwrap() = json!({"keys": [jwk(&keys[1])]}).to_string();
    let change = ["jwt-issuer", "keys", id, "--jwks-url", &url];
    let changed = party.operate(&[&change[..], &tenant].concat());
    assert_eq!(changed.code, Some(0), "{changed:?}");
    assert_eq!(whoami(&token(&keys[1])).json()["subject"]["id"], "alice");
    whoami(&token(&keys[0])).ends(1, "credential_invalid");
    let ended = party.operate(&[&["jwt-issuer", "end", id][..], &tenant].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    whoami(&token(&keys[1])).ends(1, "credential_invalid");
    // What cannot be meant is refused before it is sent, or by the server.
    let file = ["--jwks-file", "keys.json"];
    let both = party.operate(&[&create[..], &from, &file, &tenant].concat());
    both.ends(2, "--jwks-url");
    let alone = party.operate(&[&create[..], &["--algorithms", "EdDSA"], &tenant].concat());
    alone.ends(2, "--jwks-url");
    let clear = ["--jwks-url", "http://clerk.example/keys"];
    party
        .operate(&[&create[..], &clear, &tenant].concat())
        .ends(1, "https://");
}
