//! What lies on the disk when a run is over: equal files for equal lives, and nothing of dead ones.

use std::collections::BTreeSet;
use std::path::Path;

use anchorhold_model::{NamespaceId, hex, unhex};

use crate::caller::{Caller, Who};
use crate::cast::Side;
use crate::duo::{Run, Violation};

/// Compares the namespace files of every caller byte for byte, where nothing was closed in between;
/// and looks in both worlds for keys that should be gone. Answers how many files were compared.
pub(crate) fn compare(
    run: &Run,
    one: &mut Side,
    other: &mut Side,
    past: &[[Caller; 2]],
    bytes: bool,
) -> Result<u64, Box<Violation>> {
    let namespaces: Vec<BTreeSet<String>> = past
        .iter()
        .map(|callers| namespaces(&callers[0], one))
        .collect();
    let mut compared = 0;
    let data = [one.world.data(), other.world.data()];
    // Looked for before the next start, which would finish what was left undone.
    for side in [&mut *one, &mut *other] {
        side.world.stop();
    }
    for callers in past {
        for key in &callers[0].actor.known.destroyed {
            let seen = [0, 1].map(|side: usize| remains(&data[side], key));
            if seen != [const { String::new() }; 2] {
                return run.found(callers[0].pair, run.steps, "a destroyed key", seen);
            }
        }
    }
    for side in [one, other] {
        side.world.settle();
    }
    for (callers, namespaces) in past.iter().zip(&namespaces) {
        for namespace in namespaces.iter().filter(|_| bytes) {
            let seen = [0, 1].map(|side: usize| read(&data[side], namespace));
            compared += 1;
            if seen[0] != seen[1] {
                let lengths = seen.map(|bytes| match bytes {
                    Some(bytes) => format!("{} bytes", bytes.len()),
                    None => "no file".to_owned(),
                });
                return run.found(callers[0].pair, run.steps, "a file", lengths);
            }
        }
    }
    Ok(compared)
}

/// The namespaces that a caller ever wrote to, by its audit log.
fn namespaces(caller: &Caller, side: &Side) -> BTreeSet<String> {
    let keys = (caller.who != Who::Tenant).then_some(&caller.keys[..]);
    let entries = side.world.audit(caller.tenant, keys);
    entries
        .iter()
        .filter_map(|entry| entry.namespace)
        .map(|namespace: NamespaceId| hex(namespace.as_bytes()))
        .collect()
}

/// The file of a namespace, whole; its write-ahead log is empty by now.
fn read(data: &Path, namespace: &str) -> Option<Vec<u8>> {
    let directory = data.join("namespaces").join(namespace.get(..2)?);
    std::fs::read(directory.join(format!("{namespace}.db"))).ok()
}

/// Where the id of a destroyed key still stands in the keyring, and whether its file does.
fn remains(data: &Path, key: &str) -> String {
    let digits = key.strip_prefix("nsk_").unwrap();
    let id: [u8; 16] = unhex(digits).unwrap();
    let mut found = String::new();
    for name in ["keyring.db", "keyring.db-wal"] {
        let bytes = std::fs::read(data.join(name)).unwrap_or_default();
        if bytes.windows(id.len()).any(|window| window == id) {
            found.push_str(name);
        }
    }
    if read(data, digits).is_some() {
        found.push_str("file");
    }
    found
}
