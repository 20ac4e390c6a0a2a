//! The official clients of the Model Context Protocol drive a real server, over HTTP and over `anchorhold mcp`.

use std::process::Command;

use serde_json::json;

use crate::cli::clients::ROOT;
use crate::support::packages::{run, venv};
use crate::support::{Ask, Server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_anchorhold");

/// A server with a tenant, and the keys of two users of it.
struct House {
    server: Server,
    alice: String,
    bob: String,
}

impl House {
    fn new() -> Self {
        let server = Server::start();
        let operate = |path: &str, body| {
            let ask = Ask::new(server.operator_listen, "POST", path).key(&server.operator_key);
            ask.json(&body).send().gives(201)
        };
        operate("/v1/tenants", json!({"name": "acme"}));
        let key = |user: &str| {
            let made = operate("/v1/tenants/acme/keys", json!({"name": user, "user": user}));
            made["key"].as_str().unwrap().to_owned()
        };
        let (alice, bob) = (key("alice"), key("bob"));
        Self { server, alice, bob }
    }

    /// Runs a driver to its good end; what it says.
    fn driven(&self, driver: &mut Command) -> String {
        let url = format!("http://{}", self.server.listen);
        run(driver
            .env_remove("ANCHORHOLD_KEY")
            .env_remove("ANCHORHOLD_USER")
            .env("ANCHORHOLD_URL", url)
            .env("ANCHORHOLD_PROGRAM", PROGRAM)
            .env("ALICE_KEY", &self.alice)
            .env("BOB_KEY", &self.bob))
    }
}

#[test]
fn the_official_client_of_python_drives_both_ways() {
    let place = format!("{ROOT}/clients/conformance/mcp/python");
    let venv = venv("mcp-client", &format!("{place}/requirements.txt"));
    let house = House::new();
    let mut driver = Command::new(venv.join("bin/python"));
    let said = house.driven(driver.arg(format!("{place}/drive.py")));
    let expected = [
        "http auto 2026-07-28",
        "http legacy 2025-11-25",
        "stdio auto 2026-07-28",
        "stdio legacy 2025-11-25",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn the_official_client_of_typescript_drives_both_ways() {
    let place = format!("{ROOT}/clients/conformance/mcp/typescript");
    let house = House::new();
    run(Command::new("npm").arg("ci").current_dir(&place));
    let said = house.driven(Command::new("node").arg("drive.mjs").current_dir(&place));
    assert_eq!(said.lines().collect::<Vec<_>>(), ["http", "stdio"]);
}
