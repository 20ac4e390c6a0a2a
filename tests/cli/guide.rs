//! The commands of the guide, run as they stand there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::Party;
use crate::process::{Ended, ended};

const GUIDE: &str = include_str!("../../docs/guide.md");

/// The lines of the guide that a reader would type.
fn typed() -> impl Iterator<Item = &'static str> {
    let blocks = GUIDE.split("```sh\n").skip(1);
    blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines())
}

/// Whose key a reader would have at hand for a line, and who the user is.
fn caller(line: &str) -> (&'static str, Option<&'static str>) {
    if line.contains("namespace create") || line.contains("key create") {
        ("admin", None)
    } else if line.contains("with the key phone") {
        ("phone", None)
    } else if line.contains("with the key everything") {
        ("everything", None)
    } else if line.contains("--namespace") {
        ("writer", None)
    } else {
        ("backend", Some("alice"))
    }
}

/// Types a line into a shell that finds the program.
fn type_line(party: &Party, line: &str, keys: &BTreeMap<String, String>) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_anchorhold"));
    let (name, user) = caller(line);
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", line])
        .env_clear()
        .env("PATH", program.parent().unwrap())
        .env("ANCHORHOLD_URL", format!("http://{}", party.server.tenant))
        .env(
            "ANCHORHOLD_OPERATOR_URL",
            format!("http://{}", party.server.operator),
        )
        .env("ANCHORHOLD_OPERATOR_KEY", party.home.keys().operator)
        .envs(keys.get(name).map(|key| ("ANCHORHOLD_KEY", key)))
        .envs(user.map(|user| ("ANCHORHOLD_USER", user)));
    ended(&mut shell)
}

/// The last word of a text that begins with a mark.
fn word(text: &str, mark: &str) -> Option<String> {
    let mut words = text.split_whitespace().rev();
    words.find(|word| word.starts_with(mark)).map(str::to_owned)
}

#[test]
fn every_command_of_the_guide_works_as_it_stands_there() {
    let party = Party::new();
    let mut keys = BTreeMap::new();
    let mut revocable = String::new();
    let mut typed_count = 0;
    for line in typed() {
        let line = line.replace(" ID ", &format!(" {revocable} "));
        let said = type_line(&party, &line, &keys);
        assert_eq!(said.code, Some(0), "{line}: {said:?}");
        if let Some(rest) = line.strip_prefix("anchorhold key create ") {
            let key = word(&said.stdout, "ah_").unwrap_or_else(|| panic!("{line}: {said:?}"));
            let name = rest.split_whitespace().next().unwrap();
            keys.insert(name.to_owned(), key);
        }
        if line.contains("key list") {
            let report = said.stdout.lines().find(|row| row.contains("report"));
            revocable = report.and_then(|row| word(row, "key_")).unwrap();
        }
        if line.contains("finds nothing") {
            assert!(!said.stdout.contains("Thursday"), "{line}: {said:?}");
        } else if line.contains("When is the review?") {
            assert!(said.stdout.contains("Thursday"), "{line}: {said:?}");
        }
        typed_count += 1;
    }
    assert!(typed_count > 12, "{typed_count}");
}
