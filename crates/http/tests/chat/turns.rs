//! What is said is kept once, with who said it; what is no conversation is not kept.

use anchorhold_scripted::{ANSWER, Script};
use serde_json::{Value, json};

use super::{House, said};

const QUESTION: &str = "When does the train leave today?";

fn turn(asked: &str, answered: &str) -> Vec<(String, String)> {
    let part = |who: &str, text: &str| (who.to_owned(), text.to_owned());
    vec![part("user", asked), part("assistant", answered)]
}

#[test]
fn a_turn_is_kept_verbatim_once_the_answer_has_ended() {
    let house = House::new();
    house.say("alice", QUESTION);
    assert_eq!(house.kept("alice"), turn(QUESTION, ANSWER));
    let mut body = said(Script::Answer, "And when does it arrive there?");
    body["stream"] = true.into();
    assert_eq!(house.chat("bob", body).send().status, 200);
    assert_eq!(
        house.kept("bob"),
        turn("And when does it arrive there?", ANSWER)
    );
    let listed = house.server.ask("GET", "/v1/memories").key(&house.key);
    let listed = listed.user("alice").send().json();
    for one in listed["memories"].as_array().unwrap() {
        assert_eq!(one["type"], "episodic");
        assert!(one["event_time"].is_string() && one["conversation"].is_string());
    }
}

#[test]
fn a_turn_that_comes_again_is_kept_once_and_a_new_answer_takes_the_place_of_the_old_one() {
    let house = House::new();
    for _ in 0..5 {
        house.say("alice", QUESTION);
    }
    assert_eq!(house.kept("alice"), turn(QUESTION, ANSWER));
    // A regenerated answer: the same question, another answer.
    let reply = house.chat("alice", said(Script::Echo, QUESTION)).send();
    assert_eq!(reply.status, 200);
    assert_eq!(house.kept("alice"), turn(QUESTION, QUESTION));
    // The next turn of the conversation is another one, though the same is said.
    let messages = json!([
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": QUESTION},
    ]);
    let next = json!({"model": "answer", "messages": messages});
    assert_eq!(house.chat("alice", next).send().status, 200);
    assert_eq!(house.kept("alice").len(), 4);
    // So is the same question on another day, and in a conversation with another name.
    house.server.clock.advance_seconds(7 * 3_600);
    house.say("alice", QUESTION);
    assert_eq!(house.kept("alice").len(), 6);
    for _ in 0..2 {
        let chat = house.chat("alice", said(Script::Answer, QUESTION));
        chat.header("x-openwebui-chat-id", "c-1").send();
        house.server.clock.advance_seconds(7 * 3_600);
    }
    assert_eq!(house.kept("alice").len(), 8);
}

/// A21: what a chat program asks for itself is nothing that a user said.
#[test]
fn a21_a_task_of_open_webui_is_not_kept_and_recalls_nothing() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    let history = "<chat_history>\nUSER: My cat is called Zoroaster, and when does the train \
                   to Bern leave?\nASSISTANT: At nine.\n</chat_history>";
    for task in [
        "Generate a concise, 3-5 word title with an emoji summarizing the chat history.",
        "Generate 1-3 broad tags categorizing the main themes of the chat history.",
        "Suggest 3-5 relevant follow-up questions that the user might naturally ask next.",
        "Analyze the chat history to determine the necessity of generating search queries.",
        "Your task is to reflect the speaker's likely facial expression through a fitting emoji.",
    ] {
        let prompt = format!("### Task:\n{task}\n### Chat History:\n{history}");
        for stream in [false, true] {
            let mut body = said(Script::Answer, &prompt);
            body["stream"] = stream.into();
            let reply = house.chat("alice", body.clone()).send();
            assert_eq!(reply.status, 200, "{reply:?}");
            assert_eq!(reply.header("x-anchorhold-memory"), Some("task"), "{task}");
            assert_eq!(house.received().json(), body);
        }
    }
    assert_eq!(house.kept("alice").len(), 1);
}

#[test]
fn tasks_and_trifles_are_not_kept() {
    let house = House::new();
    house.remember("alice", "ok thanks title translate the train");
    let asked = |body: Value, header: Option<(&str, &str)>| {
        let chat = house.chat("alice", body);
        let chat = match header {
            Some((name, value)) => chat.header(name, value),
            None => chat,
        };
        let reply = chat.send();
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.header("x-anchorhold-memory").unwrap().to_owned()
    };
    let task = "### Task:\nGenerate a concise, 3-5 word title for the chat.";
    assert_eq!(asked(said(Script::Answer, task), None), "task");
    let of_program = said(Script::Answer, "Suggest what the user may ask next.");
    assert_eq!(
        asked(of_program, Some(("x-task", "follow_up_generation"))),
        "task"
    );
    for received in house.scripted.take() {
        assert!(super::blocks(&received).is_empty());
    }
    for trifle in [
        "ok",
        "thanks a",
        "Translate the following into German: the train is late again today",
        "```\nfn main() { println!(\"train\"); }\n```",
        "好的",
    ] {
        assert_eq!(asked(said(Script::Answer, trifle), None), "on", "{trifle}");
    }
    // A header whose template was not filled says nothing.
    let talk = said(Script::Answer, "Tell me about the train to Bern.");
    assert_eq!(house.kept("alice").len(), 1);
    assert_eq!(asked(talk, Some(("x-task", "{{TASK}}"))), "on");
    assert_eq!(house.kept("alice").len(), 3);
}

#[test]
fn a_client_may_have_nothing_kept() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    for (word, injected) in [("read", true), ("off", false)] {
        let chat = house.chat("alice", said(Script::Answer, QUESTION));
        let reply = chat.header("x-anchorhold-memory", word).send();
        assert_eq!(reply.status, 200);
        assert_eq!(
            !super::blocks(&house.received()).is_empty(),
            injected,
            "{word}"
        );
    }
    assert_eq!(house.kept("alice").len(), 1);
}

#[test]
fn a_long_message_is_kept_in_parts() {
    let house = House::new();
    let long = "é train ".repeat(10_000);
    house.say("alice", &long);
    let kept = house.kept("alice");
    let asked = kept.iter().filter(|(who, _)| who == "user");
    let whole: String = asked.map(|(_, text)| text.as_str()).collect();
    assert_eq!(whole, long);
}
