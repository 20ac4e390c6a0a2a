//! Documents name tests, and those tests exist: ARCHITECTURE.md and docs/features.md.

use std::collections::BTreeSet;

use super::Tree;

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let known = tests(tree);
    let mut complaints = Vec::new();
    for path in ["ARCHITECTURE.md", "SECURITY.md", "docs/features.md"] {
        let Some(file) = tree.get(path) else {
            complaints.push(format!("{path} is missing"));
            continue;
        };
        for (number, line) in file.text.lines().enumerate() {
            for name in named_tests(line) {
                if !known.contains(name) {
                    complaints.push(format!("{path}:{}: no test is called `{name}`", number + 1));
                }
            }
        }
        if path == "ARCHITECTURE.md" {
            complaints.extend(bare_invariants(&file.text));
        }
    }
    complaints
}

/// The names of all test functions.
fn tests(tree: &Tree) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for file in tree.rust() {
        let mut lines = file.text.lines();
        while let Some(line) = lines.next() {
            let is_test = ["#[test]", "#[tokio::test"]
                .iter()
                .any(|mark| line.trim().starts_with(mark));
            if !is_test {
                continue;
            }
            let declaration = lines.by_ref().find(|line| line.contains("fn "));
            let name = declaration.and_then(|line| line.split("fn ").nth(1)?.split('(').next());
            names.extend(name);
        }
    }
    names
}

/// Names that a line puts behind `test:` as `code`, such as ``test: `a_b`, `c_d` ``.
fn named_tests(line: &str) -> impl Iterator<Item = &str> {
    let behind = line.split_once("test:").map(|(_, behind)| behind);
    let quoted = behind
        .into_iter()
        .flat_map(|behind| behind.split('`').skip(1).step_by(2));
    quoted.filter(|name| !name.contains([' ', '/', '.', ':']))
}

/// Every numbered invariant names at least one test.
fn bare_invariants(text: &str) -> Vec<String> {
    let numbered = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("- **I"));
    numbered
        .filter(|(_, line)| named_tests(line).next().is_none())
        .map(|(number, _)| {
            format!(
                "ARCHITECTURE.md:{}: the invariant names no test",
                number + 1
            )
        })
        .collect()
}
