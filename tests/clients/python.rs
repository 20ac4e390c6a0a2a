//! The Python client: its own tests, in a virtual environment of pinned packages, against a real server.

use std::path::PathBuf;
use std::process::Command;

use crate::process::Home;
use crate::support::packages::{run, venv};

/// The package of the client.
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients/python");

/// Where `import anchorhold` finds it.
pub(crate) fn source() -> String {
    format!("{PACKAGE}/src")
}

/// A virtual environment with what `requirements-dev.txt` names.
pub(crate) fn environment() -> PathBuf {
    venv("python-client", &format!("{PACKAGE}/requirements-dev.txt"))
}

#[test]
fn the_python_client_passes_its_own_tests() {
    let venv = environment();
    let home = Home::new();
    let server = home.start("warn");
    let said = run(Command::new(venv.join("bin/python"))
        .current_dir(PACKAGE)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .env_remove("ANCHORHOLD_KEY")
        .env_remove("ANCHORHOLD_USER")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ANCHORHOLD_URL", format!("http://{}", server.tenant))
        .env(
            "ANCHORHOLD_OPERATOR_URL",
            format!("http://{}", server.operator),
        )
        .env("ANCHORHOLD_OPERATOR_KEY", home.keys().operator));
    assert!(
        said.contains(" passed") && !said.contains("skipped"),
        "{said}"
    );
}
