//! The Python client: its own tests, in a virtual environment of pinned packages, against a real server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Home, ended};

/// The package of the client.
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients/python");

/// Where `import anchorhold` finds it.
pub(crate) fn source() -> String {
    format!("{PACKAGE}/src")
}

/// A virtual environment with what `requirements-dev.txt` names.
pub(crate) fn environment() -> PathBuf {
    environment_of("python-client", &format!("{PACKAGE}/requirements-dev.txt"))
}

/// A virtual environment with what a file names, made once below the target directory.
/// Tests are processes of their own: a lock decides which of them makes it.
pub(crate) fn environment_of(name: &str, requirements: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&home).unwrap();
    let lock = File::create(home.join("lock")).unwrap();
    lock.lock().unwrap();
    let (venv, mark) = (home.join("venv"), home.join("made"));
    let version = run(Command::new("python3").arg("--version"));
    let wanted = version + &fs::read_to_string(requirements).unwrap();
    if fs::read_to_string(&mark).is_ok_and(|made| made == wanted) {
        return venv;
    }
    // What is half made counts as nothing.
    fs::write(&mark, "").unwrap();
    if venv.exists() {
        fs::remove_dir_all(&venv).unwrap();
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
    run(Command::new(venv.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(requirements));
    fs::write(mark, wanted).unwrap();
    venv
}

/// Runs a command that must go well; what it says.
pub(crate) fn run(command: &mut Command) -> String {
    let done = ended(command);
    assert_eq!(
        done.code,
        Some(0),
        "{command:?}\n{}\n{}",
        done.stdout,
        done.stderr
    );
    done.stdout
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
