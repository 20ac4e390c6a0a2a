//! `anchorhold mcp`: each line is a message, standard output holds answers and nothing else.

use std::io::Write as _;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use super::Party;
use crate::process::Home;

/// Runs the bridge over these lines, to their end.
fn said(home: &Home, url: &str, key: &str, lines: &[&str]) -> Output {
    let mut command = home.command(&["mcp"]);
    command
        .env("ANCHORHOLD_URL", url)
        .env("ANCHORHOLD_KEY", key);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut bridge = pipes.stderr(Stdio::piped()).spawn().unwrap();
    let mut input = bridge.stdin.take().unwrap();
    let text = lines.join("\n");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = bridge.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
}

fn answers(output: &Output) -> Vec<Value> {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const PING: &str = r#"{"jsonrpc": "2.0", "id": "p", "method": "ping"}"#;

#[test]
fn each_line_is_a_message_and_standard_output_holds_answers_alone() {
    let party = Party::new();
    let made = party.operate(&[
        "--json", "key", "create", "alice", "--tenant", "default", "--user", "alice",
    ]);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let url = format!("http://{}", party.server.tenant);
    let long = format!("{{\"x\": \"{}\"}}", "a".repeat(9 * 1_024 * 1_024));
    let lines = [
        r#"{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}"#,
        r#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#,
        "",
        "nonsense",
        &long,
        r#"{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "memory_store", "arguments": {"content": "tea"}}}"#,
        r#"{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "memory_list", "arguments": {"user": "bob"}}}"#,
        PING,
    ];
    let output = said(&party.home, &url, &key, &lines);
    let answers = answers(&output);
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(
        ids,
        [&json!(1), &Value::Null, &json!(2), &json!(3), &json!("p")]
    );
    assert_eq!(answers[0]["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answers[1]["error"]["code"], -32600);
    assert_eq!(answers[2]["result"]["isError"], false);
    assert_eq!(answers[3]["result"]["isError"], true);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("json_invalid"), "{log}");
    assert!(!log.contains("nonsense"), "{log}");
}

#[test]
fn what_the_door_refuses_is_an_error_of_the_protocol() {
    let party = Party::new();
    let url = format!("http://{}", party.server.tenant);
    let refused = said(&party.home, &url, "ah_nobody", &[PING, PING]);
    for answer in answers(&refused) {
        assert_eq!(answer["id"], "p");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("credential_invalid"), "{message}");
    }
    let nobody = "http://127.0.0.1:1";
    let alone = answers(&said(&party.home, nobody, "ah_nobody", &[PING]));
    let message = alone[0]["error"]["message"].as_str().unwrap();
    assert!(message.contains("127.0.0.1:1"), "{message}");
    let none = said(&party.home, &url, "ah_nobody", &[]);
    assert!(answers(&none).is_empty());
}
