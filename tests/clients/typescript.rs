//! The TypeScript client: its own tests, and its page, against the real server.

use std::fs;
use std::process::Command;

use crate::cli::Party;
use crate::cli::clients::{ROOT, follow_in};
use crate::process::ended;

/// How a machine reaches its package registry, where it is told so.
const ON_THE_WAY: [&str; 4] = [
    "HTTPS_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "npm_config_registry",
];

/// Runs npm in the client's directory, where it must do well.
fn npm(party: &Party, arguments: &[&str]) -> String {
    let url = |address| format!("http://{address}");
    let done = ended(
        Command::new("npm")
            .args(arguments)
            .current_dir(format!("{ROOT}/clients/typescript"))
            .env_remove("ANCHORHOLD_KEY")
            .env("ANCHORHOLD_URL", url(party.server.tenant))
            .env("ANCHORHOLD_OPERATOR_URL", url(party.server.operator))
            .env("ANCHORHOLD_OPERATOR_KEY", party.home.keys().operator),
    );
    let said = format!("{}\n{}", done.stdout, done.stderr);
    assert_eq!(done.code, Some(0), "npm {arguments:?}:\n{said}");
    done.stdout
}

/// A variable of this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "how packages are reached is this machine's own"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn the_typescript_client_and_its_page_work_against_a_real_server() {
    let party = Party::new();
    npm(&party, &["ci"]);
    npm(&party, &["run", "build"]);
    npm(&party, &["test"]);
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().to_str().unwrap();
    npm(
        &party,
        &["pack", "--silent", "--pack-destination", directory],
    );
    let mut packed = fs::read_dir(place.path()).unwrap();
    let package = packed.next().expect("a package").unwrap().path();
    let told = ON_THE_WAY.map(|name| (name, variable(name)));
    let mut more = vec![("ANCHORHOLD_PACKAGE", package.to_str().unwrap())];
    more.extend(
        told.iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?))),
    );
    follow_in(tempfile::tempdir().unwrap(), &party, "ai-sdk", &more);
}
