//! What no committed file may name: registry hosts, paths of one machine, unfinished work.

use super::Tree;

/// Spelled in halves, so that this file does not break its own rule.
const FORBIDDEN: [(&str, &str, &str); 7] = [
    (
        "registry.npm",
        "js.org",
        "name packages, not the host they come from",
    ),
    (
        "static.crat",
        "es.io",
        "name packages, not the host they come from",
    ),
    (
        "index.crat",
        "es.io",
        "name packages, not the host they come from",
    ),
    (
        "files.pytho",
        "nhosted.org",
        "name packages, not the host they come from",
    ),
    ("/wo", "rk/", "a path of one machine"),
    ("/root", "/.", "a path of one machine"),
    ("FIX", "ME", "do it, or write down why not"),
];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in &tree.0 {
        if is_lock_file(&file.path) {
            continue;
        }
        for (first, second, why) in FORBIDDEN {
            let word = format!("{first}{second}");
            for (number, line) in file.text.lines().enumerate() {
                if line.contains(&word) {
                    complaints.push(format!("{}:{}: {why}", file.path, number + 1));
                }
            }
        }
    }
    complaints
}

/// Lock files name where packages come from; that is their job.
fn is_lock_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "Cargo.lock" | "package-lock.json" | "uv.lock")
}
