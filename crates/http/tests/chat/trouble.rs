//! What goes wrong: a model server that misbehaves ends in a refusal in time, a memory that fails in a chat without
//! it, a client that leaves in the end of the work.

use std::io::Read as _;
use std::time::Duration;

use anchorhold_http::Limits;
use anchorhold_scripted::Script;
use serde_json::{Value, json};

use super::{House, said};
use crate::support::{HELD, PANICS};

const QUESTION: &str = "When does the train leave today?";

/// A chat whose answer may break off: its status and every byte that came.
fn asked(house: &House, script: Script, is_stream: bool) -> (u16, String) {
    let mut body = said(script, QUESTION);
    body["stream"] = is_stream.into();
    let mut stream = house.chat("alice", body).start();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or(0), text)
}

#[test]
fn whatever_a_model_server_does_a_client_is_told_in_time() {
    let house = House::new();
    for script in Script::ALL {
        for is_stream in [false, true] {
            let (status, text) = asked(&house, *script, is_stream);
            let expected = match (script, is_stream) {
                (Script::HangUnread | Script::HangBeforeHead | Script::HangInHead, _)
                | (Script::HangAfterHead, false) => 504,
                (
                    Script::Close
                    | Script::Unavailable
                    | Script::LengthTooLong
                    | Script::LengthTooShort
                    | Script::BadJson
                    | Script::ErrorInBody
                    | Script::Gzip
                    | Script::Redirect
                    | Script::KeyRefused
                    | Script::Page,
                    _,
                ) => 502,
                (Script::Busy | Script::BusyWithout, _) | (Script::BusyOnce, false) => 429,
                (Script::Refused, _) => 400,
                _ => 200,
            };
            assert_eq!(status, expected, "{script:?}, stream {is_stream}: {text}");
            assert!(!text.contains("sk-up"), "{script:?}: {text}");
            assert!(!text.contains("169.254"), "{script:?}: {text}");
            let is_whole =
                text.ends_with("0\r\n\r\n") || text.to_lowercase().contains("content-length");
            let is_broken = match script {
                Script::HangAfterHead
                | Script::HangInStream
                | Script::ResetInStream
                | Script::CutInChunk => is_stream,
                _ => false,
            };
            assert_eq!(
                is_whole, !is_broken,
                "{script:?}, stream {is_stream}: {text}"
            );
            if is_broken {
                assert!(text.contains("upstream_"), "{script:?}: {text}");
                // Whoever reads on finds the failure behind whole events.
                for data in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
                    let event: Result<Value, _> = serde_json::from_str(data);
                    assert!(event.is_ok(), "{script:?}: {data}");
                }
            }
            // So that the server is not left alone after so many failures.
            house.say("alice", "Are you still there, dear model?");
        }
    }
}

#[test]
fn errors_are_worded_as_clients_show_them() {
    let house = House::new();
    for script in [Script::Page, Script::KeyRefused, Script::Close] {
        let refused = house.chat("alice", said(script, QUESTION)).send();
        refused.is_refused(502, "upstream_failed");
        assert_eq!(refused.json()["error"]["type"], "server_error");
    }
    // An error that says of itself that all is well is one all the same.
    let refused = house.chat("alice", said(Script::ErrorInBody, QUESTION));
    let refused = refused.send();
    assert_eq!(refused.status, 502);
    assert_eq!(
        refused.json()["error"]["message"],
        "the model is not loaded"
    );
    let refused = house.chat("alice", said(Script::Refused, QUESTION)).send();
    assert_eq!(refused.json()["error"]["code"], "invalid_value");
}

#[test]
fn a_memory_that_fails_never_breaks_a_chat() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    for word in [PANICS, HELD] {
        let reply = house.say("alice", &format!("When does the {word} leave?"));
        assert_eq!(
            reply.header("x-anchorhold-memory"),
            Some("degraded"),
            "{word}"
        );
        house.received();
    }
    house.server.embedder.release();
    let reply = house.say("alice", QUESTION);
    assert_eq!(reply.header("x-anchorhold-memory"), Some("on"));
}

/// The answer cannot be kept as long as the embedder is held.
#[test]
fn nobody_waits_for_long_until_a_turn_is_kept() {
    let house = House::new();
    two_turns_wait(&house);
    house.server.embedder.release();
    for user in ["alice", "bob"] {
        while house.kept(user).len() != 2 {
            std::thread::yield_now();
        }
    }
}

/// Two chats whose answers are told, and whose turns cannot be kept yet.
fn two_turns_wait(house: &House) {
    for (user, is_stream) in [("alice", false), ("bob", true)] {
        let messages = json!([
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": HELD},
        ]);
        let body = json!({"model": "echo", "stream": is_stream, "messages": messages});
        let reply = house.chat(user, body).send();
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("x-anchorhold-memory"), Some("on"));
    }
    house.server.embedder.wait_for(2);
}

#[test]
fn turns_that_wait_have_their_places_among_the_chats() {
    let limits = Limits {
        // A tenant that is alone gets half.
        chats_max: 4,
        ..Limits::default()
    };
    let house = House::with(limits, |_| ());
    two_turns_wait(&house);
    house.scripted.take();
    let chat = || house.chat("carol", said(Script::Answer, QUESTION)).send();
    let refused = chat();
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.json()["error"]["code"], "overloaded");
    assert!(house.scripted.take().is_empty());
    house.server.embedder.release();
    while chat().status != 200 {
        std::thread::yield_now();
    }
}

#[test]
fn a_model_server_that_hangs_takes_nothing_from_others() {
    let house = House::of(|settings| settings.deadlines.head = Duration::from_mins(1));
    let hung: Vec<_> = (0..64)
        .map(|user| {
            house
                .chat(
                    &format!("user-{user}"),
                    said(Script::HangBeforeHead, QUESTION),
                )
                .start()
        })
        .collect();
    while house.scripted.playing() < hung.len() {
        std::thread::yield_now();
    }
    // Far more hang than there are workers.
    house.remember("alice", "The train to Bern leaves at nine.");
    let reply = house.say("alice", QUESTION);
    assert_eq!(reply.header("x-anchorhold-memory-injected"), Some("1"));
}

#[test]
fn a_client_that_leaves_ends_the_work_of_the_model_server() {
    let house = House::new();
    for (script, left) in [(Script::HangInStream, 1), (Script::HangBeforeHead, 2)] {
        let mut body: Value = said(script, QUESTION);
        body["stream"] = true.into();
        let mut stream = house.chat("alice", body).start();
        if script == Script::HangInStream {
            let mut some = [0; 64];
            stream.read_exact(&mut some).unwrap();
        }
        while house.scripted.playing() == 0 {
            std::thread::yield_now();
        }
        drop(stream);
        while house.scripted.left() < left {
            std::thread::yield_now();
        }
    }
    // What was asked is kept all the same.
    while house.kept("alice").len() != 1 {
        std::thread::yield_now();
    }
}
