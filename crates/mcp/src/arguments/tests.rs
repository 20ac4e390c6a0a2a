//! What a tool lists is taken, and nothing else; what it must have is asked for.

use anchorhold_wire::Code;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::Asked;
use crate::{Tool, schema};

/// Arguments that use everything that a tool lists; those that exclude each other one after the other.
fn full(tool: Tool) -> Vec<Map<String, Value>> {
    let filter = json!({"tags": {"any": ["work"]}});
    let arguments = match tool {
        Tool::Store => json!([{
            "content": "Alice likes tea.", "type": "episodic", "importance": 0.7, "tags": ["tea"],
            "metadata": {"user": "bob"}, "event_time": "2026-01-02T03:04:05Z", "ttl_seconds": 60,
            "speaker": "user",
        }]),
        Tool::Recall => json!([{
            "query": "tea?", "limit": 50, "threshold": 0.2, "filter": filter,
        }]),
        Tool::Context => json!([{"query": "tea?", "max_tokens": 300}]),
        Tool::List => json!([{"limit": 1, "cursor": "a/b +&limit=9\u{e9}"}]),
        Tool::Forget => {
            json!([{"ids": ["x"], "dry_run": true}, {"filter": filter, "dry_run": false}])
        }
        Tool::Append => json!([{
            "conversation": "monday",
            "messages": [
                {"speaker": "user", "content": "Hi.", "event_time": "2026-01-02T03:04:05Z"},
                {"speaker": "assistant", "content": "Hello."},
            ],
        }]),
    };
    serde_json::from_value(arguments).unwrap()
}

fn properties(tool: Tool) -> Map<String, Value> {
    let schema = schema::arguments(tool);
    schema["properties"].as_object().unwrap().clone()
}

#[test]
fn all_that_a_tool_lists_is_taken() {
    for tool in Tool::ALL {
        let examples = full(tool);
        for arguments in &examples {
            assert!(Asked::read(tool, arguments).is_ok(), "{tool:?}");
        }
        for name in properties(tool).keys() {
            let is_tried = examples
                .iter()
                .any(|arguments| arguments.contains_key(name));
            assert!(is_tried, "{tool:?} lists {name}");
        }
        assert_eq!(
            schema::arguments(tool)["additionalProperties"],
            json!(false)
        );
    }
}

#[test]
fn what_a_tool_must_have_is_asked_for_by_its_name() {
    for tool in Tool::ALL {
        let required = schema::arguments(tool)
            .remove("required")
            .unwrap_or_default();
        for name in required.as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            let mut arguments = full(tool).remove(0);
            arguments.remove(name);
            let refused = Asked::read(tool, &arguments).unwrap_err();
            assert_eq!(refused.code, Code::RequestInvalid);
            assert_eq!(refused.field.as_deref(), Some(name), "{tool:?}");
        }
    }
}

#[test]
fn a_page_begins_where_the_cursor_says_and_nowhere_else() {
    let asked = Asked::read(Tool::List, &full(Tool::List)[0]).unwrap();
    let query = "limit=1&cursor=a%2Fb%20%2B%26limit%3D9%C3%A9";
    assert_eq!(asked.query.as_deref(), Some(query));
    let asked = Asked::read(Tool::List, &Map::new()).unwrap();
    assert_eq!(asked.query.as_deref(), Some("limit=10"));
    for limit in [0, 51] {
        let arguments = Map::from_iter([("limit".to_owned(), json!(limit))]);
        let refused = Asked::read(Tool::List, &arguments).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("limit"));
    }
}

#[test]
fn a_list_is_within_its_limit() {
    let many = |count| vec![json!({"speaker": "user", "content": "Hi."}); count];
    for (count, is_taken) in [(0, false), (1, true), (50, true), (51, false)] {
        let arguments = json!({"conversation": "c", "messages": many(count)});
        let arguments = arguments.as_object().unwrap();
        assert_eq!(Asked::read(Tool::Append, arguments).is_ok(), is_taken);
    }
    for (count, is_taken) in [(100, true), (101, false)] {
        let arguments = json!({"ids": vec!["x"; count]});
        let arguments = arguments.as_object().unwrap();
        assert_eq!(Asked::read(Tool::Forget, arguments).is_ok(), is_taken);
    }
}

proptest! {
    #[test]
    fn what_a_tool_does_not_list_is_refused_by_its_name(
        tool in prop::sample::select(Tool::ALL.to_vec()),
        name in "[a-z_]{1,12}|namespace|namespaces|user|user_id|tenant|scope|as|_meta|workspace|agent|thread|id|vector",
        value in prop::sample::select(vec![json!("bob"), json!(null), json!({"user": "bob"}), json!(["bob"])]),
    ) {
        prop_assume!(!properties(tool).contains_key(&name));
        let mut arguments = full(tool).remove(0);
        arguments.insert(name.clone(), value);
        let refused = Asked::read(tool, &arguments).unwrap_err();
        prop_assert_eq!(refused.code, Code::RequestInvalid);
        prop_assert_eq!(refused.field, Some(name));
    }

    /// Inside a message of a conversation too.
    #[test]
    fn nor_is_it_taken_further_inside(
        name in "namespace|user|user_id|tenant|scope|as|_meta|id|vector|conversation|metadata",
    ) {
        let mut arguments = full(Tool::Append).remove(0);
        arguments["messages"][1][&name] = json!("bob");
        let refused = Asked::read(Tool::Append, &arguments).unwrap_err();
        prop_assert_eq!(refused.field, Some(format!("messages[1].{name}")));
    }
}
