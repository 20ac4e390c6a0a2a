//! What is remembered of a user stands in the prompts of that user and of nobody else.

use anchorhold_evidence::Proof;
use anchorhold_scripted::{Received, Script};
use serde_json::json;

use super::{House, blocks, said};

#[test]
fn a_prompt_holds_what_is_remembered_of_its_user_alone() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    house.remember("bob", "The train to Basel leaves at ten.");
    let reply = house.say("alice", "When does the train leave today?");
    let received = house.received();
    let blocks = blocks(&received);
    assert_eq!(blocks.len(), 1);
    assert!(blocks[0].contains("The train to Bern leaves at nine."));
    assert!(!received.text().contains("Basel"));
    assert_eq!(reply.header("x-anchorhold-memory"), Some("on"));
    assert_eq!(reply.header("x-anchorhold-memory-injected"), Some("1"));
    let tokens: usize = reply
        .header("x-anchorhold-memory-tokens")
        .unwrap()
        .parse()
        .unwrap();
    assert!((30..200).contains(&tokens), "{tokens}");
    // The message of the user stays the last one, as it is.
    let messages = received.json()["messages"].as_array().unwrap().clone();
    assert_eq!(
        messages.last().unwrap()["content"],
        "When does the train leave today?"
    );
    house.say("carol", "When does the train leave today?");
    assert!(super::blocks(&house.received()).is_empty());
}

#[test]
fn what_stood_in_a_prompt_is_shown_again_byte_for_byte_to_its_user_alone() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    let kept = house.remember("alice", "The train to Thun leaves at noon.");
    let reply = house.say("alice", "When does the train leave today?");
    let block = blocks(&house.received()).remove(0);
    let audit_id = reply
        .header("x-anchorhold-memory-audit")
        .unwrap()
        .to_owned();
    let target = format!("/v1/chat/injections/{audit_id}");
    let show = |user: &str| {
        house
            .server
            .ask("GET", &target)
            .key(&house.key)
            .user(user)
            .send()
    };
    let shown = show("alice").json();
    assert_eq!(shown["block"], block);
    assert_eq!(shown["memories"].as_array().unwrap().len(), 2);
    show("bob").is_refused(404, "memory_not_found");
    let other = house.server.ask(
        "GET",
        "/v1/chat/injections/aud_00000000000000000000000000000000",
    );
    other
        .key(&house.key)
        .user("alice")
        .send()
        .is_refused(404, "memory_not_found");
    // What was changed since cannot be shown as it was.
    let id = kept["id"].as_str().unwrap();
    let ask = house
        .server
        .ask("PATCH", &format!("/v1/memories/{id}"))
        .key(&house.key);
    let changed = ask
        .user("alice")
        .json(json!({"content": "It leaves never."}))
        .send();
    assert_eq!(changed.status, 200);
    show("alice").is_refused(409, "version_conflict");
}

#[test]
fn what_is_in_the_prompt_already_does_not_stand_there_twice() {
    let house = House::new();
    house.say("alice", "The train to Bern leaves at nine.");
    house.scripted.take();
    let messages = json!([
        {"role": "user", "content": "The train to Bern leaves at nine."},
        {"role": "assistant", "content": anchorhold_scripted::ANSWER},
        {"role": "user", "content": "When does the train leave?"},
    ]);
    let reply = house
        .chat("alice", json!({"model": "answer", "messages": messages}))
        .send();
    assert_eq!(reply.header("x-anchorhold-memory-injected"), Some("0"));
    assert!(blocks(&house.received()).is_empty());
    // In another conversation it does.
    house.say("alice", "When does the train leave?");
    assert!(blocks(&house.received())[0].contains("leaves at nine"));
}

#[test]
fn who_only_reads_is_told_what_is_remembered_and_nothing_of_theirs_is_kept() {
    let house = House::new();
    house.remember("alice", "The train to Bern leaves at nine.");
    let viewer = house.server.key("acme", json!({"act_as": "read"}));
    let ask = house
        .server
        .ask("POST", "/v1/chat/completions")
        .key(&viewer)
        .user("alice");
    let reply = ask
        .json(said(Script::Answer, "When does the train leave today?"))
        .send();
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(blocks(&house.received()).len(), 1);
    assert_eq!(house.kept("alice").len(), 1);
}

#[test]
fn nobody_who_may_not_ask_has_anything_sent() {
    let house = House::new();
    let body = said(Script::Answer, "When does the train leave today?");
    let strict = house.server.operate("PATCH", "/v1/tenants/acme");
    assert_eq!(
        strict.json(json!({"trust_mode": "strict"})).send().status,
        200
    );
    house
        .chat("alice", body.clone())
        .send()
        .is_refused(403, "identity_unverified");
    let ask = house
        .server
        .ask("POST", "/v1/chat/completions")
        .key(&house.key);
    ask.json(body.clone())
        .send()
        .is_refused(401, "identity_missing");
    let ask = house.server.ask("POST", "/v1/chat/completions");
    ask.user("alice")
        .json(body.clone())
        .send()
        .is_refused(401, "credential_missing");
    let origins = json!({"origins": ["https://app.example"]});
    let page = house.server.key("acme", json!({"publishable": origins}));
    for target in ["/v1/chat/completions", "/v1/embeddings"] {
        let ask = house.server.ask("POST", target).key(&page);
        let ask = ask.header("origin", "https://app.example");
        let refused = ask.json(body.clone()).send();
        assert!(matches!(refused.status, 401 | 403), "{refused:?}");
    }
    assert!(house.scripted.take().is_empty());
    assert!(house.kept_by_proof().is_empty());
}

impl House {
    /// What is kept of Alice, seen with a key of her own.
    fn kept_by_proof(&self) -> Vec<serde_json::Value> {
        let own = self.server.key("acme", json!({"user": "alice"}));
        let listed = self
            .server
            .ask("GET", "/v1/memories")
            .key(&own)
            .send()
            .json();
        listed["memories"].as_array().unwrap().clone()
    }
}

/// Of how many others the prompt is compared with one beside ten.
fn others() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the size of a proof")]
    let others = std::env::var("ANCHORHOLD_OTHERS").ok();
    others.map_or(200, |others| others.parse().unwrap())
}

/// What a model server gets for a user who has so many others beside her.
fn sent_beside(others: usize) -> Received {
    let house = House::new();
    let memory = |content: &str| json!({"content": content, "event_time": "2026-03-01T09:00:00Z"});
    house.remember_as("alice", memory("The train to Bern leaves at nine."));
    house.remember_as("alice", memory("My locker at the station is number 12."));
    for other in 0..others {
        let content = format!("The train to Basel leaves at ten, says passenger {other}.");
        house.remember_as(&format!("user-{other}"), memory(&content));
    }
    house.say("alice", "When does the train to Bern leave?");
    house.received()
}

#[test]
fn a_prompt_is_the_same_beside_few_others_and_beside_many() {
    let many = others();
    let (beside_few, beside_many) = (sent_beside(10), sent_beside(many));
    assert_eq!(blocks(&beside_few).len(), 1);
    let differ = beside_few.body != beside_many.body;
    let mut proof = Proof::new(
        "prompts",
        "what a model server gets for a user is the same in every byte, however many others there are",
        &["P1", "P12"],
        "ANCHORHOLD_OTHERS=10000 cargo nextest run -p anchorhold-http beside_many",
    );
    proof.count("others", u64::try_from(many).unwrap());
    proof.violation("prompts that differ", u64::from(differ));
    proof.write().unwrap();
    assert_eq!(beside_few.text(), beside_many.text());
}
