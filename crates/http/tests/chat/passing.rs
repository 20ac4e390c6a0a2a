//! Without the memory a chat passes byte for byte, in both directions; nothing of the client but its body goes out.

use anchorhold_scripted::{ANSWER, Script, answer, stream};
use anchorhold_upstream::Model;
use serde_json::json;

use super::{House, model, said};

/// Bytes that no writer of JSON would write in this way.
const ODD: &str = "{ \"model\" : \"answer\",\n \"messages\":[{\"content\":\"h\\u0069  there, how are you\",\"role\":\"user\",\"x\":1e3}],\
    \"tools\": [ ], \"logprobs\":true ,\"unknown\": {\"a\":[1,2 ]}}";

#[test]
fn without_the_memory_every_byte_stays() {
    let house = House::new();
    for target in ["/v1/chat/completions", "/chat/completions"] {
        let ask = house.server.ask("POST", target).key(&house.key);
        let ask = ask.user("alice").header("x-anchorhold-memory", "off");
        let ask = ask.header("content-type", "application/json").bytes(ODD);
        let reply = ask.send();
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("x-anchorhold-memory"), Some("off"));
        assert_eq!(reply.json(), answer("answer", ANSWER));
        assert_eq!(house.received().text(), ODD);
    }
    assert!(house.kept("alice").is_empty());
}

#[test]
fn nothing_of_the_client_but_its_body_goes_out_and_nothing_of_others_comes_back() {
    let house = House::new();
    let chat = house.chat("alice", said(Script::Busy, "When does the train leave?"));
    let reply = chat
        .header("cookie", "session=secret")
        .header("x-openwebui-user-email", "alice@example.org")
        .header("accept", "text/event-stream")
        .send();
    let received = house.received();
    assert_eq!(received.header("authorization"), Some("Bearer sk-upstream"));
    assert_eq!(received.header("accept"), Some("text/event-stream"));
    assert_eq!(received.header("accept-encoding"), Some("identity"));
    let text = format!("{:?}", received.headers);
    for secret in [&house.key, "alice", "secret", "x-"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("retry-after"), Some("7"));
    assert_eq!(reply.json()["error"]["message"], "slow down");
    assert_eq!(reply.header("x-ratelimit-remaining-requests"), None);
}

#[test]
fn a_stream_comes_as_it_is() {
    let house = House::new();
    let streams = [
        Script::Answer,
        Script::ToolCall,
        Script::TwoChoices,
        Script::Reasoning,
        Script::UsageChunk,
        Script::Comments,
        Script::CrLf,
        Script::MixedLines,
        Script::SplitCharacters,
        Script::LongLine,
        Script::NoDone,
        Script::HangAtEnd,
        Script::BadEvents,
    ];
    for script in streams {
        let mut body = said(script, "When does the train leave?");
        body["stream"] = true.into();
        let ask = |word: &str| {
            house
                .chat("alice", body.clone())
                .header("x-anchorhold-memory", word)
                .send()
        };
        let (off, on) = (ask("off"), ask("on"));
        assert_eq!(
            off.header("content-type"),
            Some("text/event-stream"),
            "{script:?}"
        );
        assert_eq!(off.body, on.body, "{script:?}");
    }
    let mut body = said(Script::Answer, "When does the train leave?");
    body["stream"] = true.into();
    let reply = house.chat("alice", body).send();
    assert_eq!(reply.text(), stream("answer", ANSWER));
}

#[test]
fn an_alias_stands_in_place_of_the_name_in_both_directions() {
    let house = House::of(|settings| {
        let alias = Some("smart".to_owned());
        settings.models = vec![Model {
            alias,
            ..model("answer")
        }];
    });
    let ask = |stream: bool| {
        let message = json!({"role": "user", "content": "When does the train leave?"});
        let body = json!({"model": "smart", "stream": stream, "messages": [message]});
        let reply = house.chat("alice", body).send();
        assert_eq!(house.received().json()["model"], "answer");
        reply
    };
    assert_eq!(ask(false).json(), answer("smart", ANSWER));
    assert_eq!(ask(true).text(), stream("smart", ANSWER));
    let listed = house.server.ask("GET", "/v1/models").key(&house.key).send();
    assert_eq!(listed.json()["data"][0]["id"], "smart");
    assert!(!listed.text().contains("answer"));
    let unknown = house
        .chat("alice", said(Script::Answer, "Hello to you there"))
        .send();
    unknown.is_refused(404, "model_not_found");
    assert!(house.scripted.take().is_empty());
}

#[test]
fn completions_and_embeddings_pass_as_they_are() {
    let house = House::new();
    for (target, body, field) in [
        (
            "/v1/completions",
            json!({"model": "answer", "prompt": "Once"}),
            "choices",
        ),
        (
            "/v1/embeddings",
            json!({"model": "answer", "input": ["a", "b"]}),
            "data",
        ),
    ] {
        let ask = house.server.ask("POST", target).key(&house.key);
        let reply = ask.json(body.clone()).send();
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(reply.json()[field].is_array());
        let received = house.received();
        assert_eq!((received.target.as_str(), received.json()), (target, body));
    }
    for target in ["/v1/models", "/models"] {
        let listed = house
            .server
            .ask("GET", target)
            .key(&house.key)
            .send()
            .json();
        assert_eq!(listed["object"], "list");
        assert!(listed["data"].as_array().unwrap().len() > 20);
    }
}

#[test]
fn a_request_that_cannot_be_read_goes_nowhere() {
    let house = House::new();
    for (body, field) in [
        (
            json!({"messages": [{"role": "user", "content": "x"}]}),
            "model",
        ),
        (
            json!({"model": 1, "messages": [{"role": "user", "content": "x"}]}),
            "model",
        ),
        (json!({"model": "answer"}), "messages"),
        (json!({"model": "answer", "messages": []}), "messages"),
        (json!({"model": "answer", "messages": {}}), "messages"),
        (json!({"model": "answer", "messages": [1]}), "messages"),
        (
            json!({"model": "answer", "messages": [{"role": "king", "content": "x"}]}),
            "messages",
        ),
    ] {
        let reply = house.chat("alice", body.clone()).send();
        reply.is_refused(422, "request_invalid");
        assert_eq!(reply.field().as_deref(), Some(field), "{body}");
    }
    for text in ["[]", "{", "\"x\""] {
        let ask = house
            .server
            .ask("POST", "/v1/chat/completions")
            .key(&house.key);
        let ask = ask.user("alice").header("content-type", "application/json");
        ask.bytes(text).send().is_refused(400, "json_invalid");
    }
    let twice = "{\"model\":\"answer\",\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    let ask = house
        .server
        .ask("POST", "/v1/chat/completions")
        .key(&house.key);
    let ask = ask.user("alice").header("content-type", "application/json");
    ask.bytes(twice).send().is_refused(422, "request_invalid");
    let odd = house.chat("alice", said(Script::Answer, "Hello to you there"));
    let odd = odd.header("x-anchorhold-memory", "perhaps").send();
    odd.is_refused(422, "request_invalid");
    assert!(house.scripted.take().is_empty());
}
