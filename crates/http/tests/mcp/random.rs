//! Whatever a client sends, the server stays whole and shows nobody what is another one's.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};

use super::{House, call, message};

const CANARY: &str = "canary of bob";

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let house = House::new();
    call(
        &house.server,
        &house.bob,
        "memory_store",
        json!({"content": CANARY}),
    );
    house
});

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "jsonrpc",
        "id",
        "method",
        "params",
        "name",
        "arguments",
        "_meta",
        "content",
        "query",
        "limit",
        "cursor",
        "ids",
        "filter",
        "messages",
        "conversation",
        "namespace",
        "user",
        "bob",
        "protocolVersion",
        "capabilities",
        "clientInfo",
        "uri",
        "progressToken",
        "",
    ])
    .prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2026-07-28")),
        Just(json!("canary")),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word(), inner, 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn method() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(json!("tools/call")),
        1 => prop::sample::select(vec![
            "initialize", "ping", "tools/list", "server/discover", "resources/list",
            "resources/read", "resources/subscribe", "prompts/list", "prompts/get",
            "completion/complete", "logging/setLevel", "subscriptions/listen", "tasks/get",
            "tasks/cancel", "skills/list", "notifications/initialized", "notifications/cancelled",
            "notifications/progress", "sampling/createMessage",
        ]).prop_map(Value::from),
        1 => value(),
    ]
}

fn asked() -> impl Strategy<Value = Value> {
    let tool = prop::sample::select(vec![
        "memory_store",
        "memory_recall",
        "memory_context",
        "memory_list",
        "memory_forget",
        "conversation_append",
        "memory_steal",
    ]);
    let params = prop_oneof![
        (tool, value(), value()).prop_map(
            |(name, arguments, meta)| json!({"name": name, "arguments": arguments, "_meta": meta})
        ),
        value(),
    ];
    let id = prop_oneof![3 => Just(json!(1)), 1 => value()];
    let whole = (id, method(), params, any::<bool>()).prop_map(|(id, method, params, has_id)| {
        let mut whole = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if has_id {
            whole["id"] = id;
        }
        whole
    });
    prop_oneof![8 => whole, 1 => value()]
}

proptest! {
    #![proptest_config(Config { cases: 200, ..Config::default() })]

    #[test]
    fn no_message_breaks_the_server_or_shows_what_is_anothers(
        asked in asked(),
        version in prop::sample::select(vec!["", "2025-03-26", "2025-11-25", "2026-07-28", "x"]),
        names in any::<bool>(),
    ) {
        let House { server, alice, bob } = &*HOUSE;
        let mut ask = message(server, alice, &asked);
        if !version.is_empty() {
            ask = ask.header("mcp-protocol-version", version);
        }
        if names {
            let text = |value: &Value| value.as_str().filter(|text| text.is_ascii()).map(str::to_owned);
            if let Some(method) = text(&asked["method"]) {
                ask = ask.header("mcp-method", &method);
            }
            if let Some(name) = text(&asked["params"]["name"]) {
                ask = ask.header("mcp-name", &name);
            }
        }
        let reply = ask.send();
        prop_assert!(reply.status < 500, "{}: {:?}", asked, reply);
        // A client is told what it said itself.
        if !asked.to_string().contains(CANARY) {
            prop_assert!(!reply.text().contains(CANARY), "{}: {:?}", asked, reply);
        }
        if reply.status == 200 {
            let answer = reply.json();
            prop_assert!(answer.get("result").is_some() != answer.get("error").is_some(), "{}", answer);
        }
        let left = call(server, bob, "memory_list", json!({}));
        prop_assert_eq!(&left["memories"][0]["content"], CANARY);
        prop_assert_eq!(left["memories"].as_array().map(Vec::len), Some(1));
    }
}
