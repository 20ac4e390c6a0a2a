//! A prompt fits its model, and what must stay stays.

use anchorhold_model::{Placement, Timestamp, Tokenizer};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Fit, Prompt, TooLong};
use crate::tokens::Counter;
use crate::{Chat, Recollection, Role, Zones};

const MODEL: &str = "a-model";

fn fit(context_tokens: Option<usize>) -> Fit {
    Fit {
        tokenizer: Tokenizer::Estimate,
        context_tokens,
        reserve_tokens: 100,
        recent_keep: 6,
        system_tokens_max: None,
        zones: Zones {
            soft_tokens: 400,
            hard_tokens: 800,
        },
        placement: Placement::System,
    }
}

fn memory(content: &str, importance: f64) -> Recollection {
    Recollection {
        content: content.to_owned(),
        speaker: None,
        at: Timestamp::parse("2026-03-05T10:00:00Z").unwrap(),
        importance,
    }
}

fn said(role: &str, content: impl Into<Value>) -> Value {
    json!({"role": role, "content": content.into()})
}

fn body(messages: &[Value]) -> String {
    json!({"model": MODEL, "messages": messages, "seed": 7}).to_string()
}

fn fitted(body: &str, found: &[Recollection], fit: &Fit) -> Result<(Prompt, Vec<Value>), TooLong> {
    let chat = Chat::read(body.as_bytes()).unwrap();
    let prompt = Prompt::fitted(&chat, MODEL, found, fit)?;
    let after: Value = serde_json::from_slice(&prompt.body).unwrap();
    let messages = after["messages"].as_array().unwrap().clone();
    Ok((prompt, messages))
}

/// Tokens of a body, counted anew.
fn counted(body: &[u8], tokenizer: Tokenizer) -> usize {
    let (chat, counter) = (Chat::read(body).unwrap(), Counter(tokenizer));
    let messages = chat.messages.iter().map(|one| counter.message(one));
    let tools = chat
        .object
        .get("tools")
        .map(serde_json::value::RawValue::get);
    messages.sum::<usize>() + counter.frame(tools)
}

#[test]
fn nothing_changes_where_nothing_has_to() {
    let text = "{ \"messages\" : [ {\"content\": \"h\\u0069\",\"role\":\"user\"} ],\"model\":\"a-model\", \"x\": 1e3}";
    let (prompt, _) = fitted(text, &[], &fit(Some(4_000))).unwrap();
    assert_eq!(prompt.body, text.as_bytes());
    assert_eq!(prompt.block, "");
}

#[test]
fn memories_stand_before_the_last_message_of_the_user_and_every_other_byte_stays() {
    let text = "{\"messages\":[ {\"role\":\"system\",\"content\":\"Be  kind.\"},{\"role\":\"user\",\"content\":\"When \\u0069s it?\"} ],\"model\":\"alias\",\"n\":1}";
    let found = [memory("It is at nine.", 0.5)];
    let (prompt, messages) = fitted(text, &found, &fit(None)).unwrap();
    assert_eq!(prompt.injected, [0]);
    assert_eq!(messages[1]["role"], "system");
    assert_eq!(messages[1]["content"], prompt.block);
    assert!(prompt.block.contains("- [2026-03-05] \"It is at nine.\""));
    let own = super::own(&prompt.block);
    let expected = text
        .replace("[ {", "[{")
        .replace("} ]", "}]")
        .replace("\"alias\"", "\"a-model\"")
        .replace(
            "},{\"role\":\"user\"",
            &format!("}},{own},{{\"role\":\"user\""),
        );
    assert_eq!(String::from_utf8(prompt.body).unwrap(), expected);
}

#[test]
fn where_a_model_takes_one_system_message_memories_stand_in_the_users() {
    let fit = Fit {
        placement: Placement::User,
        ..fit(None)
    };
    let found = [memory("It is at nine.", 0.5)];
    let (prompt, messages) = fitted(&body(&[said("user", "When is it?")]), &found, &fit).unwrap();
    let expected = format!("{}\n\nWhen is it?", prompt.block);
    assert_eq!(messages[0], said("user", expected));
    let image = json!({"type": "image_url", "image_url": {"url": "data:,"}});
    let parts = json!([{"type": "text", "text": "What is this?"}, image]);
    let (prompt, messages) = fitted(&body(&[said("user", parts)]), &found, &fit).unwrap();
    assert_eq!(messages[0]["content"][0]["text"], prompt.block);
    assert_eq!(messages[0]["content"][2], image);
}

#[test]
fn the_last_six_stay_and_older_ones_are_condensed() {
    let long = "A long story about a train that leaves every day. ".repeat(40);
    let turns: Vec<Value> = (0..20)
        .map(|turn| {
            said(
                if turn % 2 == 0 { "user" } else { "assistant" },
                format!("{turn} {long}"),
            )
        })
        .chain([said("user", "And now?")])
        .collect();
    let text = body(&turns);
    let all = counted(text.as_bytes(), Tokenizer::Estimate);
    let (prompt, messages) = fitted(&text, &[], &fit(Some(all / 2))).unwrap();
    assert_eq!(messages.len(), 21);
    assert_eq!(messages[15..], turns[15..]);
    assert!(prompt.condensed >= 8 && prompt.dropped == 0, "{prompt:?}");
    let first = messages[0]["content"].as_str().unwrap();
    assert!(
        first.starts_with("0 A long story") && first.contains(" … "),
        "{first}"
    );
    // With less room the oldest go.
    let (prompt, messages) = fitted(&text, &[], &fit(Some(all / 3))).unwrap();
    assert!(prompt.dropped > 0);
    assert_eq!(messages[messages.len() - 6..], turns[15..]);
}

#[test]
fn a_call_of_a_tool_stays_with_its_results() {
    let long = "result ".repeat(300);
    let mut turns = Vec::new();
    for call in 0..6 {
        turns.push(said("user", format!("call {call}")));
        turns.push(json!({"role": "assistant", "content": null, "tool_calls": [{"id": call}]}));
        turns.push(json!({"role": "tool", "tool_call_id": call, "content": long}));
        turns.push(json!({"role": "tool", "tool_call_id": call, "content": "x"}));
        turns.push(said("assistant", "done"));
    }
    turns.push(said("user", "And now?"));
    let text = body(&turns);
    let all = counted(text.as_bytes(), Tokenizer::Estimate);
    for context in (500..all).step_by(97) {
        let (_, messages) = fitted(&text, &[], &fit(Some(context))).unwrap();
        let calls = messages
            .iter()
            .filter(|one| one.get("tool_calls").is_some())
            .count();
        let results = messages.iter().filter(|one| one["role"] == "tool").count();
        assert_eq!(results, 2 * calls, "{context}");
    }
}

#[test]
fn what_the_application_says_is_cut_only_where_that_is_wanted() {
    let system = "You are a patient assistant. ".repeat(100);
    let text = body(&[said("system", system.as_str()), said("user", "Hi there.")]);
    let too_long = fitted(&text, &[], &fit(Some(400))).unwrap_err();
    assert!(too_long.input_tokens > 300 && too_long.context_tokens == 400);
    let capped = Fit {
        system_tokens_max: Some(100),
        ..fit(Some(400))
    };
    let (prompt, messages) = fitted(&text, &[], &capped).unwrap();
    assert!(prompt.is_system_cut);
    assert!(
        messages[0]["content"]
            .as_str()
            .unwrap()
            .starts_with("You are a patient")
    );
    let text = body(&[said("system", "Short."), said("user", "Hi there.")]);
    let (prompt, _) = fitted(&text, &[], &capped).unwrap();
    assert!(!prompt.is_system_cut);
}

#[test]
fn memories_leave_room_for_the_latest_and_older_messages_make_room_for_memories() {
    let found: Vec<_> = (0..10)
        .map(|n| memory(&format!("fact {n}: {}", "word ".repeat(30)), 0.9))
        .collect();
    let long = "A long story about a train. ".repeat(30);
    let turns: Vec<Value> = (0..12)
        .map(|_| said("user", long.as_str()))
        .chain([said("user", "Hi")])
        .collect();
    let text = body(&turns);
    let all = counted(text.as_bytes(), Tokenizer::Estimate);
    let (prompt, _) = fitted(&text, &found, &fit(Some(all + 100))).unwrap();
    assert!(
        !prompt.injected.is_empty() && prompt.condensed > 0,
        "{prompt:?}"
    );
    let (prompt, _) = fitted(&text, &found, &fit(Some(all / 3))).unwrap();
    assert!(prompt.injected.is_empty(), "{prompt:?}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,400}",
        "[你好世界今天天气\u{3042}-\u{3096}]{0,200}",
        "[🎉👩‍👧🔥é\u{301}]{0,60}",
        "\\PC{0,100}",
    ]
}

fn message() -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![
        4 => (prop::sample::select(vec!["user", "assistant"]), text())
            .prop_map(|(role, text)| vec![said(role, text)]),
        1 => text().prop_map(|text| vec![said("system", text)]),
        1 => text().prop_map(|text| vec![said("user", json!([{"type": "text", "text": text}]))]),
        1 => (text(), text()).prop_map(|(one, other)| vec![
            json!({"role": "assistant", "content": null, "tool_calls": [{"id": "1", "function": {"arguments": one}}]}),
            json!({"role": "tool", "tool_call_id": "1", "content": other}),
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Input and reserve never exceed the context, whatever is said in whatever script.
    #[test]
    fn a_prompt_fits_or_is_refused(
        turns in prop::collection::vec(message(), 0..20),
        asked in text(),
        found in prop::collection::vec((text(), 0.0..1.0), 0..12),
        context in 50_usize..3_000,
        tokenizer in prop::sample::select(vec![Tokenizer::O200k, Tokenizer::Cl100k, Tokenizer::Estimate]),
        placement in prop::sample::select(vec![Placement::System, Placement::User]),
    ) {
        let mut turns = turns.concat();
        turns.push(said("user", asked));
        let text = body(&turns);
        let found: Vec<_> = found.iter().map(|(text, importance)| memory(text, *importance)).collect();
        let fit = Fit { tokenizer, placement, ..fit(Some(context)) };
        match fitted(&text, &found, &fit) {
            Ok((prompt, messages)) => {
                let input = counted(&prompt.body, tokenizer);
                prop_assert!(input + fit.reserve_tokens <= context, "{} + {}", input, context);
                prop_assert!(input <= prompt.input_tokens + 1);
                let systems = |messages: &[Value]| -> Vec<Value> {
                    let all = messages.iter().filter(|one| one["role"] == "system");
                    all.filter(|one| one["content"] != prompt.block).cloned().collect()
                };
                prop_assert_eq!(systems(&messages), systems(&turns));
                let last = messages.last().unwrap()["content"].as_str().unwrap();
                prop_assert!(last.ends_with(turns.last().unwrap()["content"].as_str().unwrap()));
                let again = fitted(&text, &found, &fit).unwrap().0;
                prop_assert_eq!(again.body, prompt.body);
            }
            Err(refused) => prop_assert!(refused.input_tokens + fit.reserve_tokens > context),
        }
    }
}

#[test]
fn the_role_of_a_developer_is_that_of_the_application() {
    let text = body(&[said("developer", "Be kind."), said("user", "Hi")]);
    let chat = Chat::read(text.as_bytes()).unwrap();
    assert_eq!(chat.messages[0].role, Role::System);
}
