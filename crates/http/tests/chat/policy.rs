//! What a tenant says of its chats: to whom memories go, and how many.

use anchorhold_scripted::Script;
use anchorhold_upstream::Model;
use serde_json::{Value, json};

use super::{House, blocks, model, said};

const QUESTION: &str = "When does the train leave today?";

#[test]
fn a_model_server_that_a_tenant_forbids_receives_no_memory() {
    let house = House::of(|settings| {
        let memory = false;
        settings.models = vec![
            model("answer"),
            Model {
                memory,
                ..model("echo")
            },
        ];
    });
    house.remember("alice", "The train to Bern leaves at nine.");
    let asked = |model: Script| {
        let chat = house.chat("alice", said(model, QUESTION));
        let reply = chat.header("x-anchorhold-memory", "read").send();
        let word = reply.header("x-anchorhold-memory").unwrap().to_owned();
        (word, blocks(&house.received()).len())
    };
    assert_eq!(asked(Script::Answer), ("on".to_owned(), 1));
    // The operator says of this model that it gets none.
    assert_eq!(asked(Script::Echo), ("denied".to_owned(), 0));
    for denied in [
        json!({"memory_to": "nowhere"}),
        json!({"memory_to": "inside", "memory_denied": ["house"]}),
        json!({"memory_denied": ["answer"]}),
    ] {
        house.patch(denied);
        assert_eq!(asked(Script::Answer), ("denied".to_owned(), 0));
    }
    house.patch(json!({"memory_denied": [], "types_denied": ["semantic"]}));
    assert_eq!(asked(Script::Answer), ("on".to_owned(), 0));
}

#[test]
fn what_is_said_of_chats_is_checked_and_shown() {
    let house = House::new();
    let patch = |chat: Value| {
        let ask = house.server.operate("PATCH", "/v1/tenants/acme");
        ask.json(json!({"chat": chat})).send()
    };
    for (chat, field) in [
        (json!({"threshold_percent": 101}), "chat.threshold_percent"),
        (json!({"hard_tokens": 100_001}), "chat.hard_tokens"),
        (json!({"recent_keep": 0}), "chat.recent_keep"),
        (json!({"system_tokens_max": 1}), "chat.system_tokens_max"),
        (json!({"memory_denied": [""]}), "chat.memory_denied"),
    ] {
        let refused = patch(chat);
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some(field));
    }
    let shown = patch(json!({"soft_tokens": 100, "system_tokens_max": 64})).json();
    assert_eq!(shown["chat"]["soft_tokens"], 100);
    assert_eq!(shown["chat"]["hard_tokens"], 1_600);
    assert_eq!(shown["chat"]["system_tokens_max"], 64);
    let shown = patch(json!({"system_tokens_max": null})).json();
    assert_eq!(shown["chat"]["system_tokens_max"], Value::Null);
    assert_eq!(shown["chat"]["soft_tokens"], 100);
}

/// Below the soft limit everything, between the limits what matters much, above the hard one nothing.
#[test]
fn zones_say_how_much_of_the_memory_stands_in_a_prompt() {
    let house = House::new();
    for (number, importance) in [(1, 0.2), (2, 0.9), (3, 0.3), (4, 0.8)] {
        let content = format!("train {number} {}", "leave today ".repeat(20));
        house.remember_as(
            "alice",
            json!({"content": content, "importance": importance}),
        );
    }
    let shown = |soft: usize, hard: usize| {
        house.patch(json!({"soft_tokens": soft, "hard_tokens": hard}));
        house.say("dave", "a new conversation about nothing");
        house.scripted.take();
        let reply = house
            .chat("alice", said(Script::Answer, QUESTION))
            .header("x-anchorhold-memory", "read")
            .send();
        assert_eq!(reply.status, 200);
        let block = blocks(&house.received()).pop().unwrap_or_default();
        let tokens: usize = reply
            .header("x-anchorhold-memory-tokens")
            .unwrap()
            .parse()
            .unwrap();
        assert!(tokens <= hard, "{tokens}");
        let numbers = (1..=4).filter(|number| block.contains(&format!("train {number} ")));
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(shown(2_000, 2_000), [1, 2, 3, 4]);
    assert_eq!(shown(0, 2_000), [2, 4]);
    assert_eq!(shown(0, 0), [0; 0]);
}

#[test]
fn a_prompt_that_cannot_fit_is_refused_and_one_that_can_is_made_to() {
    let house = House::of(|settings| {
        settings.models = vec![Model {
            context_tokens: Some(1_000),
            reserve_tokens: 200,
            ..model("answer")
        }];
    });
    let long = said(Script::Answer, &"a long story ".repeat(400));
    let refused = house.chat("alice", long).send();
    refused.is_refused(400, "context_length_exceeded");
    assert!(house.scripted.take().is_empty());
    let story = "Once there was a train that left every day. ".repeat(10);
    let mut messages: Vec<Value> = (0..20)
        .map(|turn| json!({"role": if turn % 2 == 0 { "user" } else { "assistant" }, "content": story}))
        .collect();
    messages.push(json!({"role": "user", "content": "And where does it go?"}));
    let reply = house
        .chat("alice", json!({"model": "answer", "messages": messages}))
        .send();
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("x-anchorhold-dropped").is_some());
    let tokens: usize = reply
        .header("x-anchorhold-prompt-tokens")
        .unwrap()
        .parse()
        .unwrap();
    assert!(tokens <= 800, "{tokens}");
    let sent = house.received().json();
    assert_eq!(sent["messages"].as_array().unwrap().last(), messages.last());
}
