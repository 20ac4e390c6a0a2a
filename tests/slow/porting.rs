//! What passes in pieces is never held as a whole: an import and an export of far more than the
//! server may keep in memory meanwhile.

use serde_json::{Value, json};

use crate::process::{Home, Server};
use crate::support::Ask;

const MEMORIES: usize = 20_000;
/// Bytes of a text, so that all of them are 160 MB.
const TEXT_BYTES: usize = 8_000;
/// What an import or an export may take beside what the index keeps of the memories.
const MORE_MAX_KIB: u64 = 48 * 1_024;

fn status_kib(server: &Server, field: &str) -> u64 {
    let path = format!("/proc/{}/status", server.pid().as_raw_nonzero());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// Resident now, and from here on the peak counts anew.
fn resident_kib(server: &Server) -> u64 {
    let path = format!("/proc/{}/clear_refs", server.pid().as_raw_nonzero());
    std::fs::write(path, "5").unwrap();
    status_kib(server, "VmRSS:")
}

fn peak_kib(server: &Server) -> u64 {
    status_kib(server, "VmHWM:")
}

/// A line as the server itself exports it, with a vector.
fn pattern(ask: impl Fn(&str, &str) -> Ask) -> Value {
    let one = json!({"content": "a line to copy"});
    ask("POST", "/v1/memories").json(&one).send().gives(201);
    let export = ask("GET", "/v1/export").send().text();
    serde_json::from_str(export.lines().nth(1).unwrap()).unwrap()
}

fn lines(pattern: &Value) -> Vec<u8> {
    let mut lines = Vec::new();
    let text = "word ".repeat(TEXT_BYTES / 5);
    for number in 0..MEMORIES {
        let mut line = pattern.clone();
        line["id"] = json!(format!("00000000-0000-4000-8000-{number:012x}"));
        line["content"] = json!(format!("{number} {text}"));
        line["ordinal"] = json!(number);
        lines.extend_from_slice(line.to_string().as_bytes());
        lines.push(b'\n');
    }
    lines
}

#[test]
fn far_more_than_fits_passes_in_and_out_in_pieces() {
    let home = Home::new();
    let server = home.start("error");
    let key = home.keys().application;
    let as_user = |user: &'static str| {
        let (address, key) = (server.tenant, key.clone());
        move |method: &str, target: &str| {
            let ask = Ask::new(address, method, target).key(&key);
            ask.header("x-anchorhold-user", user)
        }
    };
    let lines = lines(&pattern(as_user("pattern")));
    let alice = as_user("alice");

    let before = resident_kib(&server);
    let import = alice("POST", "/v1/import").header("Content-Type", "application/x-ndjson");
    let imported = import.bytes(lines.as_slice()).send().gives(200);
    assert_eq!(imported["imported"], MEMORIES, "{imported}");
    let (after, peak) = (status_kib(&server, "VmRSS:"), peak_kib(&server));
    let kept = after.saturating_sub(before);
    eprintln!("import: {before} KiB before, {after} after, {peak} at most");
    assert!(
        peak < after + MORE_MAX_KIB && kept < MORE_MAX_KIB,
        "an import holds pieces"
    );

    let before = resident_kib(&server);
    let export = alice("GET", "/v1/export").send();
    assert_eq!(export.status, 200);
    let peak = peak_kib(&server);
    eprintln!("export: {before} KiB before, {peak} at most");
    assert!(peak < before + MORE_MAX_KIB, "an export holds pieces");
    let end: Value = serde_json::from_str(export.text().lines().last().unwrap()).unwrap();
    assert_eq!(end["memories"], MEMORIES);
    assert!(export.body.len() > MEMORIES * TEXT_BYTES);
}
