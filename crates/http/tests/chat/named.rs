//! A chat whose body names its user, as clients of OpenAI's API do.

use anchorhold_scripted::Script;
use serde_json::{Value, json};

use super::{House, blocks, said};
use crate::support::{Ask, Reply};

const FACT: &str = "The train to Bern leaves at nine.";
const QUESTION: &str = "When does the train leave today?";

/// A chat with a key that names nobody, and with these fields beside the messages.
fn chat(house: &House, key: &str, text: &str, fields: &Value) -> Ask {
    let mut body = said(Script::Answer, text);
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    let ask = house.server.ask("POST", "/v1/chat/completions");
    ask.key(key).json(body)
}

/// Whether the fact stood in the prompt of a chat that was let in.
fn is_told(house: &House, reply: &Reply) -> bool {
    assert_eq!(reply.status, 200, "{reply:?}");
    let blocks = blocks(&house.received());
    blocks.iter().any(|block| block.contains("Bern"))
}

#[test]
fn a_chat_has_the_memory_of_the_user_in_its_body_where_nothing_else_names_one() {
    let house = House::new();
    house
        .server
        .tenant_with(json!({"name": "old", "trust_mode": "legacy"}));
    let key = house.server.key("old", json!({}));
    let alice = json!({"user": "alice"});
    let told = chat(&house, &key, FACT, &alice).send();
    assert!(!is_told(&house, &told));
    assert_eq!(told.header("x-anchorhold-identity"), Some("advisory"));
    for (fields, is_alice) in [
        (alice.clone(), true),
        (json!({"user": "bob"}), false),
        (json!({"safety_identifier": "alice"}), true),
        // The newer field counts.
        (json!({"safety_identifier": "alice", "user": "bob"}), true),
        (json!({"safety_identifier": "bob", "user": "alice"}), false),
        (json!({}), false),
    ] {
        let reply = chat(&house, &key, QUESTION, &fields).send();
        assert_eq!(is_told(&house, &reply), is_alice, "{fields}");
    }
    // A header says who it is, so nobody looks; and the alice of a header is another one.
    for user in ["bob", "alice"] {
        let reply = chat(&house, &key, QUESTION, &alice).user(user).send();
        assert!(!is_told(&house, &reply), "{user}");
    }
    let unfilled = json!({"user": "{{user}}"});
    chat(&house, &key, QUESTION, &unfilled)
        .send()
        .is_refused(400, "identity_header_invalid");
    // A tenant that does not want it reads none.
    let target = "/v1/tenants/old/identity";
    let changed = house.server.operate("PATCH", target);
    changed.json(json!({"body_user": false})).send();
    assert!(!is_told(
        &house,
        &chat(&house, &key, QUESTION, &alice).send()
    ));
}

#[test]
fn the_user_in_the_body_of_a_chat_is_believed_in_no_mode_that_demands_more() {
    let house = House::new();
    for (mode, status, code) in [
        ("required", 403, "identity_not_permitted"),
        ("strict", 403, "identity_unverified"),
    ] {
        house
            .server
            .tenant_with(json!({"name": mode, "trust_mode": mode}));
        for act_as in [false, true] {
            let key = house.server.key(mode, json!({"act_as": act_as}));
            let refused = chat(&house, &key, QUESTION, &json!({"user": "alice"})).send();
            refused.is_refused(status, code);
        }
    }
    assert!(house.scripted.take().is_empty());
}
