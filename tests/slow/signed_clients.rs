//! The clients of docs/identity.md that sign their requests, run as they stand there.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::process::{Ended, Home, ended};

const DOCUMENT: &str = include_str!("../../docs/identity.md");

fn block(language: &str) -> &'static str {
    let start = format!("```{language}\n");
    let (_, rest) = DOCUMENT
        .split_once(&start)
        .expect("the document shows a client");
    rest.split_once("```").expect("the block ends").0
}

#[test]
fn the_clients_of_the_document_prove_their_user_to_a_strict_tenant() {
    let home = Home::new();
    let server = home.start("warn");
    let operate = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command
            .env(
                "ANCHORHOLD_OPERATOR_URL",
                format!("http://{}", server.operator),
            )
            .env("ANCHORHOLD_OPERATOR_KEY", home.keys().operator);
        let said = ended(&mut command);
        assert_eq!(said.code, Some(0), "{said:?}");
        serde_json::from_str::<Value>(&said.stdout).unwrap()
    };
    operate(&[
        "--json",
        "tenant",
        "update",
        "default",
        "--trust-mode",
        "strict",
    ]);
    let key = operate(&[
        "--json", "hmac-key", "create", "backend", "--tenant", "default",
    ]);
    for (program, language, file) in [
        ("python3", "python", "client.py"),
        ("node", "ts", "client.mjs"),
    ] {
        let path = home.root().join(file);
        std::fs::write(&path, block(language)).unwrap();
        let run = |path: &Path| -> Ended {
            let mut command = Command::new(program);
            command
                .arg(path)
                .env("ANCHORHOLD_HOST", server.tenant.to_string())
                .env("ANCHORHOLD_KEY", home.keys().application)
                .env("ANCHORHOLD_HMAC_KEY_ID", key["key_id"].as_str().unwrap())
                .env("ANCHORHOLD_HMAC_SECRET", key["secret"].as_str().unwrap());
            ended(&mut command)
        };
        // For five seconds after its start a server lets in nothing that is signed.
        let said = (0..120)
            .map(|_| run(&path))
            .find(|said| !said.stdout.contains("credential_invalid"))
            .expect("signed requests are let in");
        assert!(said.stdout.contains("without sugar"), "{program}: {said:?}");
    }
}
