//! What a thief of the disk, a reader of logs and a reader of metrics can see: nothing that a
//! caller chose. And what a data directory is without its key: nothing at all.
//!
//! `canary` makes strings that occur nowhere else, `needles` finds them in whatever form, `sweep`
//! looks everywhere, `accepted` and `refused` are the requests that carry them. `kek` and `damage`
//! hold what must not open.

mod accepted;
mod canary;
mod damage;
mod erased;
mod kek;
mod needles;
mod refused;
mod sweep;

use canary::Canaries;
use sweep::sweep;

use crate::process::{Home, Server};
use crate::support::Ask;

/// Looks through everything the home holds and all that both listeners tell about themselves.
fn look_while_it_runs(home: &Home, server: &Server, canaries: &Canaries, when: &str) {
    let mut hits = sweep(home, canaries);
    for (address, path) in [
        (server.operator, "/metrics"),
        (server.operator, "/healthz"),
        (server.tenant, "/healthz"),
        (server.tenant, "/readyz"),
    ] {
        let reply = Ask::new(address, "GET", path).send();
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        hits.extend(canaries.needles().search(path, reply.text().as_bytes()));
    }
    assert_nothing(&hits, when);
}

fn assert_nothing(hits: &[String], when: &str) {
    assert!(
        hits.is_empty(),
        "{when}, nothing should be readable, but:\n{}",
        hits.join("\n")
    );
}

#[test]
fn nothing_a_caller_chose_is_readable_on_disk_in_logs_or_in_metrics() {
    let home = Home::new();
    let mut canaries = Canaries::default();
    let server = home.start("trace");
    let keys = home.keys();
    canaries.plant_key("operator key", &keys.operator);
    canaries.plant_key("first api key", &keys.application);
    canaries.plant_kek(&std::fs::read_to_string(home.kek_file()).unwrap());
    let people = accepted::work(&server, &keys, &mut canaries);
    refused::work(&server, &keys, &people, &mut canaries);
    look_while_it_runs(&home, &server, &canaries, "while it runs");

    assert!(server.stop().success(), "a graceful stop ends with 0");
    assert_nothing(&sweep(&home, &canaries), "after a graceful stop");

    let server = home.start("trace");
    accepted::look(&server, &people);
    refused::work(&server, &keys, &people, &mut canaries);
    server.kill();
    assert_nothing(&sweep(&home, &canaries), "after kill -9");

    let server = home.start("trace");
    accepted::look(&server, &people);
    look_while_it_runs(&home, &server, &canaries, "after the restart");
    // The log did say something, so that its silence about callers means something.
    let said = std::fs::read_to_string(home.stderr()).unwrap();
    assert!(
        said.lines().count() > 3,
        "expected a talkative log, got {said:?}"
    );
}

#[test]
fn the_sweep_finds_what_does_lie_there() {
    let home = Home::new();
    let mut canaries = Canaries::default();
    let canary = canaries.plant("control");
    std::fs::create_dir_all(home.data().join("namespaces")).unwrap();
    let key = format!("ah_{}", "0123456789abcdef".repeat(4) + "01234567");
    canaries.plant_key("control key", &key);
    assert_nothing(&sweep(&home, &canaries), "before anything is written");
    let file = home.data().join("namespaces/file.db");
    let utf16: Vec<u8> = canary.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let secret: Vec<u8> = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef].repeat(4);
    for (form, bytes) in [
        ("as text", canary.as_bytes().to_vec()),
        ("as text", canary.as_bytes()[16..].to_vec()),
        (
            "as hexadecimal",
            needles::hexadecimal(canary.as_bytes()).into_bytes(),
        ),
        ("as UTF-16", utf16),
        ("as text", needles::hexadecimal(&secret).into_bytes()),
        ("as text", secret),
    ] {
        for place in [
            &file,
            &home.stderr(),
            &home.stdout(),
            &home.temporary().join("a"),
        ] {
            let noise = [b"noise ".to_vec(), bytes.clone(), b" noise".to_vec()].concat();
            std::fs::write(place, noise).unwrap();
            let hits = sweep(&home, &canaries);
            assert!(
                hits.iter().any(|hit| hit.contains(form)),
                "{form}: {hits:?}"
            );
            std::fs::remove_file(place).unwrap();
        }
    }
    for shift in 0..3 {
        let bytes = [&b"xyz"[..shift], canary.as_bytes(), b"!"].concat();
        std::fs::write(&file, needles::base64(&bytes)).unwrap();
        let hits = sweep(&home, &canaries);
        assert!(
            hits.iter().any(|hit| hit.contains("as base64")),
            "shift {shift}: {hits:?}"
        );
    }
    std::fs::rename(&file, home.data().join(&canary)).unwrap();
    std::fs::write(home.data().join(&canary), b"").unwrap();
    let hits = sweep(&home, &canaries);
    assert!(
        hits.iter().any(|hit| hit.contains("a file name")),
        "{hits:?}"
    );
}
