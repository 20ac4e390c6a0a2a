//! Whatever a user keeps: lists, recalls and exports are the same bytes where it is imported.

use anchorhold_evidence::Proof;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};

use super::{BELOW, Person, counts};
use crate::support::Server;

/// What somebody else keeps.
const CANARY: &str = "canarybird";

fn memory() -> impl Strategy<Value = (Value, usize)> {
    let text = prop_oneof![
        "[a-z ]{1,40}",
        "\\PC{1,60}",
        "(tea|ship|ann|harbor| ){2,9}x",
        Just("\u{0}\u{1}\"\\\n\r\t\u{2028}\u{feff}\u{1f375}".to_owned()),
    ];
    let metadata = (any::<f64>(), any::<i64>(), "\\PC{0,9}", any::<u64>());
    let label = prop::option::of("ann|bo|\\PC{1,9}");
    let rest = (
        label.clone(),
        label,
        prop::option::of(0..4_000_000_000u64),
        0.0..=1.0f64,
    );
    (text, metadata, rest, prop::collection::vec("\\PC{1,5}", 0..4), 0..3usize).prop_map(
        |(text, (float, whole, word, large), (speaker, conversation, second, importance), tags, place)| {
            let mut body = json!({
                "content": text, "importance": importance, "tags": tags,
                "metadata": {"float": if float.is_finite() { float } else { 0.1 }, "whole": whole,
                    "word": word, "large": large, "deep": {"list": [null, true, [float > 0.0]]}},
            });
            if let Some(speaker) = speaker {
                body["speaker"] = speaker.into();
            }
            if let Some(conversation) = conversation {
                body["conversation"] = conversation.into();
            }
            if let Some(second) = second {
                let hours = (second / 3_600) % 24;
                body["event_time"] = format!("2023-0{}-11T{hours:02}:05:06.789Z", 1 + second % 9).into();
            }
            (body, place)
        },
    )
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "the size of a proof")]
    let cases = std::env::var("ANCHORHOLD_PORT_CASES").ok();
    cases.map_or(24, |cases| cases.parse().unwrap())
}

#[test]
fn what_is_moved_to_another_server_answers_in_the_same_bytes() {
    let mut proof = Proof::new(
        "export-http",
        "what GET /v1/export gives and POST /v1/import takes makes another server answer lists, \
         recalls and exports in the same bytes; nothing of another user is in it",
        &["P20"],
        "ANCHORHOLD_PORT_CASES=500 cargo nextest run -p anchorhold-http porting",
    );
    let (here, there) = (Server::new(), Server::new());
    let (key, other_key) = (here.acting(), there.acting());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&anchorhold_evidence::seed(1).to_le_bytes());
    let config = Config {
        cases: cases(),
        max_shrink_iters: 40,
        ..Config::default()
    };
    let rng = TestRng::from_seed(config.rng_algorithm, &seed);
    let number = std::cell::Cell::new(0);
    let kept = std::cell::Cell::new(0);
    let strategy = (prop::collection::vec(memory(), 0..12), any::<bool>());
    let ran = TestRunner::new_with_rng(config, rng).run(&strategy, |(memories, with_vectors)| {
        // Every case is a user of its own.
        number.set(number.get() + 1);
        let person = |server, key, name: &str| {
            let user = format!("{name}{}", number.get());
            Person { server, key, user }
        };
        let alice = person(&here, key.as_str(), "alice");
        let moved = person(&there, other_key.as_str(), "alice");
        person(&here, key.as_str(), "bob").keep(json!({"content": CANARY}), BELOW[1]);
        for (memory, place) in &memories {
            alice.keep(memory.clone(), BELOW[*place]);
        }
        let exported = alice.export(if with_vectors { "" } else { "?vectors=false" });
        prop_assert!(
            !String::from_utf8(exported.clone())
                .unwrap()
                .contains(CANARY)
        );
        let count = u64::try_from(memories.len()).unwrap();
        prop_assert_eq!(counts(&moved.import(&exported)), (count, 0, 0, true));
        prop_assert_eq!(alice.seen(), moved.seen());
        prop_assert!(alice.export("") == moved.export(""));
        prop_assert_eq!(counts(&moved.import(&exported)), (0, count, 0, true));
        prop_assert!(alice.export("") == moved.export(""));
        kept.set(kept.get() + count);
        Ok(())
    });
    let failed = ran.err().map(|error| error.to_string());
    proof.count("users exported and imported", number.get());
    proof.count("memories of theirs", kept.get());
    proof.violation("replies that differ", u64::from(failed.is_some()));
    proof.write().unwrap();
    assert_eq!(failed, None);
}
