//! The command line from outside: exit codes, first start, settings, and every verb on a server.

mod backup;
pub(crate) mod clients;
mod damage;
mod exposure;
mod first_start;
mod guide;
mod identity;
mod issuers;
mod listener;
mod mcp;
mod port;
mod quarantine;
mod relocation;
mod round_trip;
mod sessions;
mod settings;
mod shows;
mod signals;
mod tls;
mod users;
mod verify;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{Ended, Home, Server, ended};

/// Every file below a directory with its bytes, and every directory.
fn tree(directory: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(directory) else {
        return all;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(tree(&path));
            all.insert(path, None);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            all.insert(path, Some(bytes));
        }
    }
    all
}

/// Runs a command with more environment than the home gives.
fn run_with(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = home.command(arguments);
    command.envs(variables.iter().copied());
    ended(&mut command)
}

impl Ended {
    /// The one JSON value on standard output of a command that went well.
    #[track_caller]
    fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks how it ended and that it said so.
    #[track_caller]
    fn ends(&self, code: i32, saying: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(
            self.stderr.contains(saying),
            "{saying:?} is not said: {self:?}"
        );
    }
}

/// A server and the client commands for it.
pub(crate) struct Party {
    pub(crate) home: Home,
    pub(crate) server: Server,
}

impl Party {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let server = home.start("warn");
        Self { home, server }
    }

    /// Runs a client command with this key, perhaps for a user.
    fn run_as(&self, key: &str, user: Option<&str>, arguments: &[&str]) -> Ended {
        let url = format!("http://{}", self.server.tenant);
        let mut variables = vec![("ANCHORHOLD_URL", url.as_str()), ("ANCHORHOLD_KEY", key)];
        variables.extend(user.map(|user| ("ANCHORHOLD_USER", user)));
        run_with(&self.home, &variables, arguments)
    }

    /// Runs a command of the operator.
    pub(crate) fn operate(&self, arguments: &[&str]) -> Ended {
        let url = format!("http://{}", self.server.operator);
        let key = self.home.keys().operator;
        let variables = [
            ("ANCHORHOLD_OPERATOR_URL", url.as_str()),
            ("ANCHORHOLD_OPERATOR_KEY", key.as_str()),
        ];
        run_with(&self.home, &variables, arguments)
    }
}
