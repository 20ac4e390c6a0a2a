//! Issuers of signed tokens on the command line: taken with the keys that they publish.

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
