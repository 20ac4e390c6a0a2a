//! The official packages of OpenAI for Python and Node, and LiteLLM, through the suite of clients/conformance: the
//! real server, and behind it a model server that answers or misbehaves.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anchorhold_scripted::{ANSWER, Script, Scripted};
use serde_json::Value;

use crate::cli::Party;
use crate::process::Home;
use crate::support::packages;

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients/conformance");

/// A Python with the packages of the suite.
pub(crate) fn python() -> PathBuf {
    packages::venv("conformance-python", &format!("{SUITE}/requirements.txt"))
}

/// A directory whose `node_modules` holds the packages of the suite.
pub(crate) fn node() -> PathBuf {
    packages::node("conformance-node", SUITE)
}

/// A server before a model server, which may misbehave for a second, or for long where it has another name.
struct House {
    scripted: Scripted,
    party: Party,
}

impl House {
    fn new() -> Self {
        let (scripted, home) = (Scripted::start().unwrap(), Home::new());
        let url = scripted.url();
        let configuration = format!(
            r#"
            [[upstreams]]
            name = "house"
            url = "{url}"
            private = true
            head_seconds = 1
            idle_seconds = 1

            [[upstreams]]
            name = "patient"
            url = "{url}"
            private = true
            models = [
                {{ name = "hang-before-head", alias = "patient" }},
                {{ name = "hang-in-stream", alias = "patient-stream" }},
            ]
            "#
        );
        let file = home.root().join("anchorhold.toml");
        fs::write(&file, configuration).unwrap();
        let server = home.start_with("warn", &["--config", file.to_str().unwrap()]);
        let party = Party { home, server };
        Self { scripted, party }
    }

    /// A key that may name users, of a tenant in this mode.
    fn key(&self, tenant: &str, mode: &str) -> String {
        let made = ["tenant", "create", tenant, "--trust-mode", mode];
        assert_eq!(self.party.operate(&made).code, Some(0));
        let made = ["key", "create", "suite", "--tenant", tenant, "--act-as"];
        let said = self.party.operate(&made).stdout;
        let (_, key) = said.split_once("(shown once): ").unwrap();
        key.trim().to_owned()
    }

    /// Plays all cases with a program that has nothing of this machine's environment but where programs are.
    fn plays(&self, program: &Path, arguments: &[&str]) {
        let tenant = self.party.server.tenant;
        packages::run(
            Command::new("/bin/sh")
                .args(["-c", r#"exec env -i PATH="$PATH" "$@""#, "sh"])
                .arg(format!("HOME={}", self.party.home.root().display()))
                .arg(format!("ANCHORHOLD_URL=http://{tenant}"))
                .arg(format!("ANCHORHOLD_KEY={}", self.key("shop", "required")))
                .arg(format!(
                    "ANCHORHOLD_LEGACY_KEY={}",
                    self.key("mine", "legacy")
                ))
                .arg(format!("SCRIPTED_URL=http://{}", self.scripted.address))
                .arg("PYTHONDONTWRITEBYTECODE=1")
                // It would fetch a list of prices.
                .arg("LITELLM_LOCAL_MODEL_COST_MAP=True")
                .arg(program)
                .args(arguments),
        );
    }
}

#[test]
fn the_openai_package_of_python_passes_the_suite() {
    let arguments = [&format!("{SUITE}/play.py"), "openai"];
    House::new().plays(&python().join("bin/python"), &arguments);
}

#[test]
fn litellm_passes_the_suite() {
    let arguments = [&format!("{SUITE}/play.py"), "litellm"];
    House::new().plays(&python().join("bin/python"), &arguments);
}

#[test]
fn the_openai_package_of_node_passes_the_suite() {
    let house = House::new();
    // Node looks for packages where the program lies.
    let place = house.party.home.temporary();
    symlink(node().join("node_modules"), place.join("node_modules")).unwrap();
    for name in ["play.mjs", "cases.json"] {
        fs::copy(format!("{SUITE}/{name}"), place.join(name)).unwrap();
    }
    let program = place.join("play.mjs");
    house.plays(Path::new("node"), &[program.to_str().unwrap()]);
}

#[test]
fn the_suite_has_every_script_of_the_model_server_and_at_least_24_misbehave() {
    let text = fs::read_to_string(format!("{SUITE}/cases.json")).unwrap();
    let suite: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(suite["answer"], ANSWER);
    let scripts = suite["scripts"].as_object().unwrap();
    let mut known: Vec<&str> = Script::ALL.iter().map(|script| script.model()).collect();
    known.sort_unstable();
    let mut played: Vec<&str> = scripts.keys().map(String::as_str).collect();
    played.sort_unstable();
    assert_eq!(played, known);
    let well = ["answer", "echo", "tool-call", "two-choices", "reasoning"];
    assert!(known.len() - well.len() >= 24);
}
