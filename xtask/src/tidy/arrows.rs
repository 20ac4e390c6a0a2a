//! Arrows point downward only: which crate may depend on which.

use super::Tree;

/// Each crate with the crates it may depend on. To add an arrow, read the drawing in
/// ARCHITECTURE.md first; upward ones are never added.
const ARROWS: [(&str, &[&str]); 21] = [
    ("model", &[]),
    ("evidence", &[]),
    ("fuzzing", &["evidence"]),
    ("crypto", &["model"]),
    ("identity", &["model", "crypto"]),
    ("index", &["model"]),
    ("outbound", &["model"]),
    ("embed", &["model", "outbound"]),
    ("upstream", &["model", "outbound"]),
    ("proxy", &["model", "crypto"]),
    ("scripted", &[]),
    ("store", &["model", "crypto", "identity"]),
    (
        "memory",
        &["model", "crypto", "identity", "store", "index", "embed"],
    ),
    ("gate", &["model", "crypto", "identity"]),
    ("wire", &["model"]),
    ("mcp", &["model", "wire"]),
    ("client", &["model", "wire", "outbound"]),
    (
        "http",
        &[
            "model", "crypto", "identity", "gate", "memory", "wire", "mcp", "proxy", "upstream",
        ],
    ),
    (
        "embedded",
        &[
            "model", "crypto", "identity", "outbound", "embed", "store", "memory", "gate", "http",
            "upstream",
        ],
    ),
    (
        "sim",
        &[
            "model", "crypto", "identity", "index", "store", "embed", "memory", "gate", "wire",
            "http", "proxy", "scripted", "upstream",
        ],
    ),
    (
        "cli",
        &[
            "model", "crypto", "identity", "index", "outbound", "embed", "store", "memory", "gate",
            "wire", "client", "http", "embedded", "upstream", "scripted",
        ],
    ),
];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let manifests = tree.0.iter().filter_map(|file| {
        let inner = file
            .path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")?;
        Some((inner, file))
    });
    for (name, manifest) in manifests {
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            complaints.push(format!(
                "{}: no line in xtask/src/tidy/arrows.rs",
                manifest.path
            ));
            continue;
        };
        for dependency in dependencies(&manifest.text) {
            if !allowed.contains(&dependency.as_str()) {
                complaints.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    complaints
}

/// Our crates among `[dependencies]`; what tests alone use may point anywhere.
fn dependencies(manifest: &str) -> Vec<String> {
    let table: toml::Table = manifest.parse().unwrap_or_default();
    let found = table.get("dependencies").and_then(toml::Value::as_table);
    let names = found.into_iter().flat_map(toml::Table::keys);
    names
        .filter_map(|name| match name.as_str() {
            "anchorhold" => Some("embedded"),
            name => name.strip_prefix("anchorhold-"),
        })
        .map(str::to_owned)
        .collect()
}
