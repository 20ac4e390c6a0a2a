//! Looks through every file of a home, and at every file's name.

use std::collections::BTreeSet;
use std::fs;

use super::canary::Canaries;
use crate::process::{Home, files_below};

/// One sentence for each thing that can be read and should not be.
///
/// Two places may hold secrets, and only their own: the key file the key-encryption key, standard
/// output the keys that a first start shows.
pub(crate) fn sweep(home: &Home, canaries: &Canaries) -> Vec<String> {
    let mut hits = BTreeSet::new();
    for path in files_below(home.root()) {
        let name = path
            .strip_prefix(home.root())
            .unwrap()
            .display()
            .to_string();
        let place = format!("a file name, {name},");
        hits.extend(canaries.needles().search(&place, name.as_bytes()));
        // A file that has just been removed holds nothing.
        let content = fs::read(&path).unwrap_or_default();
        let found = canaries.needles().search(&name, &content);
        let is_meant_to = |hit: &String| {
            path == home.kek_file() && hit.contains(" key-encryption key (")
                || path == home.stdout() && hit.contains(" operator key (")
                || path == home.stdout() && hit.contains(" first api key (")
        };
        hits.extend(found.into_iter().filter(|hit| !is_meant_to(hit)));
    }
    hits.into_iter().collect()
}
