//! What an application may open, what is made at a first start, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anchorhold::{Anchorhold, Error, Isolation, RootKey, Secret, Settings, TrustMode};
use axum::Router;
use axum::middleware::from_fn;

use crate::support::{Client, Home, as_alice};

fn client(memory: &Anchorhold) -> Client {
    let app = Router::new().fallback_service(memory.service());
    Client::new(app.layer(from_fn(as_alice)))
}

#[test]
fn what_was_kept_is_there_at_the_next_start_and_a_tenant_stays_as_it_was_made() {
    let home = Home::new();
    let memory = home.open();
    assert!(memory.operator_key().unwrap().starts_with("aho_"));
    assert_eq!(client(&memory).keep("", &[], "tea").status, 201);
    drop(memory);
    let mut settings = home.settings();
    settings.policy.trust_mode = TrustMode::Legacy;
    settings.policy.isolation = Isolation::None;
    let memory = Anchorhold::open(settings).unwrap();
    assert!(memory.operator_key().is_none());
    let client = client(&memory);
    assert_eq!(client.list("", &[]), ["tea"]);
    let who = client.get("/v1/whoami", &[]).body;
    assert_eq!(who["trust_mode"], "strict");
}

#[test]
fn there_is_one_in_a_process_and_in_a_directory() {
    let home = Home::new();
    let memory = home.open();
    assert!(matches!(home.refused(|_| {}), Error::Taken));
    let elsewhere = home.refused(|settings| settings.data = home.data().join("other"));
    assert!(matches!(elsewhere, Error::Taken));
    assert!(!home.data().join("other").exists(), "nothing was made");
    drop(memory);
    drop(home.open());
}

#[test]
fn after_the_end_a_service_that_is_left_keeps_nothing() {
    let home = Home::new();
    let memory = home.open();
    let client = client(&memory);
    assert_eq!(client.keep("", &[], "tea").status, 201);
    drop(memory);
    let late = client.keep("", &[], "milk");
    assert!(late.status >= 500, "{late:?}");
    drop(client);
    let memory = home.open();
    assert_eq!(self::client(&memory).list("", &[]), ["tea"]);
}

#[test]
fn with_strategy_custom_only_an_organisation_is_a_key() {
    let home = Home::new();
    let mut settings = home.settings();
    settings.policy.isolation = Isolation::Custom;
    let memory = Anchorhold::open(settings).unwrap();
    for headers in [&[][..], &[("x-isolation-key", "acme")]] {
        let app = Router::new().fallback_service(memory.service());
        let reply = Client::new(app).get("/v1/memories", headers);
        reply.is_refused(400, "isolation_key_required");
    }
    let reply = client(&memory).get("/v1/memories", &[]);
    reply.is_refused(400, "isolation_key_required");
    let acme = anchorhold::IsolationKey::organisation("acme").unwrap();
    let app = Router::new().fallback_service(memory.service());
    let client = Client::new(app.layer(axum::Extension(acme)));
    assert_eq!(client.keep("", &[], "of acme").status, 201);
    let other = client.get("/v1/memories", &[("x-isolation-key", "umbrella")]);
    other.is_refused(403, "identity_conflict");
    assert_eq!(client.list("", &[("x-isolation-key", "acme")]), ["of acme"]);
}

#[test]
fn a_key_file_is_made_once_and_never_for_data_that_are_there() {
    let home = Home::new();
    let keys = tempfile::tempdir().unwrap();
    let path = keys.path().join("root.kek");
    let in_file = || {
        let root_key = RootKey::File(path.clone());
        Settings::new(home.data(), root_key, "notes").unwrap()
    };
    drop(Anchorhold::open(in_file()).unwrap());
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(Anchorhold::open(in_file()).unwrap());
    let wrong = home.refused(|settings| settings.root_key = RootKey::Value(Secret::new([8; 32])));
    assert!(matches!(
        wrong,
        Error::Store {
            error: anchorhold_store::Error::WrongKey,
            ..
        }
    ));
    fs::remove_file(&path).unwrap();
    let error = Anchorhold::open(in_file()).err().unwrap();
    assert!(error.to_string().contains("bring back"), "{error}");
    assert!(!path.exists());
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_do() {
    let home = Home::new();
    let inside = home.refused(|settings| {
        settings.root_key = RootKey::File(home.data().join("root.kek"));
    });
    assert!(inside.to_string().contains("put it elsewhere"), "{inside}");
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("thesis.txt"), "mine").unwrap();
    let full = home.refused(|_| {});
    assert!(
        full.to_string().contains("name an empty directory"),
        "{full}"
    );
    assert_eq!(fs::read_dir(home.data()).unwrap().count(), 1);
    let name = Settings::new(home.data(), RootKey::Value(Secret::new([7; 32])), "a/b");
    assert!(matches!(name, Err(Error::Configuration(_))));
    fs::remove_file(home.data().join("thesis.txt")).unwrap();
    let embedder = anchorhold_model::EmbedderName::parse("elsewhere").unwrap();
    let unknown = home.refused(|settings| {
        settings.policy.embedding = anchorhold_model::EmbeddingPolicy::Remote { embedder };
        settings.policy.egress.embedding = true;
    });
    let told = unknown.to_string();
    assert!(
        told.contains("not configured") && told.contains("begin again"),
        "{told}"
    );
}
