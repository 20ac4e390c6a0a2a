//! The access matrix: every served route, tried by everybody. The outcome is a snapshot, so a
//! change of who may do what is a change of a file that people read.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::actors::{ACTORS, Cast, NAMED};
use super::house::House;
use super::past;
use super::requests::{Line, Listener, lines};
use super::world::World;
use crate::support::{Ask, Server};

/// Listener, method, template.
type Route = (Listener, String, String);

/// Every route of both documents.
fn served(house: &House) -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    for (listener, address) in [
        (Listener::Tenant, house.server.listen),
        (Listener::Operator, house.server.operator_listen),
    ] {
        let document = Ask::new(address, "GET", "/openapi.json").send().gives(200);
        for (template, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                routes.insert((listener, method.to_uppercase(), template.clone()));
            }
        }
    }
    routes
}

/// The routes that the lines try.
fn tried(lines: &[Line]) -> BTreeSet<Route> {
    let of_line = |line: &Line| {
        let (method, template) = (line.method.to_owned(), line.template.to_owned());
        (line.listener, method, template)
    };
    lines.iter().map(of_line).collect()
}

#[track_caller]
fn check_coverage(served: &BTreeSet<Route>, lines: &[Line]) {
    let expected = tried(lines);
    if let Some((listener, method, template)) = served.difference(&expected).next() {
        panic!(
            "nobody says who may {method} {template} on the {listener:?} listener: add a line \
             to tests/isolation/requests.rs, run with INSTA_UPDATE=always and read the snapshot"
        );
    }
    let gone: Vec<_> = expected.difference(served).collect();
    assert!(
        gone.is_empty(),
        "tests/isolation/requests.rs asks for what is not served: {gone:?}"
    );
}

/// What an actor is told on a line.
fn outcome(cast: &Cast<'_>, world: &World<'_>, line: &Line, actor: &str) -> String {
    let request = (line.build)(world);
    let address = match line.listener {
        Listener::Tenant => cast.house.server.listen,
        Listener::Operator => cast.house.server.operator_listen,
    };
    let mut ask = Ask::new(address, line.method, &request.path);
    if let Some(key) = cast.key(actor, &world.user()) {
        ask = ask.key(&key);
    }
    if let Some(user) = request.user {
        ask = ask.header("x-anchorhold-user", user);
    }
    if request.is_in_named {
        ask = ask.header("x-anchorhold-namespace", NAMED);
    }
    if line.template == "/mcp" {
        ask = ask.header("Accept", "application/json, text/event-stream");
    }
    if let Some(bytes) = request.bytes {
        let typed = ask.header("Content-Type", "application/octet-stream");
        ask = typed.bytes(bytes);
    }
    if let Some(body) = request.body {
        ask = ask.json(&body);
    }
    if let Some(lines) = request.lines {
        let lined = ask.header("Content-Type", "application/x-ndjson");
        ask = lined.bytes(lines);
    }
    let reply = ask.send();
    let mut outcome = format!("{} {}", reply.status, reply.code());
    if reply.status == 200 {
        // The counters are no JSON.
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        outcome.push_str(&how_much(&body));
        // A batch is judged by what stands in it.
        if line.template == "/v1/batch" {
            let inner = &body["results"][0];
            let code = inner["body"]["error"]["code"].as_str().unwrap_or_default();
            write!(outcome, " of {} {code}", inner["status"]).unwrap();
            outcome.push_str(&how_much(&inner["body"]));
        }
        // And so is a tool by its result.
        if line.template == "/mcp" {
            outcome.push_str(&of_tool(&body["result"]));
        }
        if reply.header("content-type") == Some("application/x-ndjson") {
            // A head and an end, and what stands between them.
            let memories = reply.body.split(|byte| *byte == b'\n').count() > 3;
            outcome.push_str(if memories { "(memory)" } else { "(nothing)" });
        }
    }
    outcome.trim_end().to_owned()
}

/// What a tool gave, or the code with which it refused.
fn of_tool(result: &Value) -> String {
    if result["isError"] == true {
        let error = result["content"][0]["text"].as_str().unwrap_or_default();
        let error: Value = serde_json::from_str(error).unwrap_or_default();
        return format!(
            " of {}",
            error["error"]["code"].as_str().unwrap_or_default()
        );
    }
    let given = &result["structuredContent"];
    let mut words = how_much(given);
    if let Some(kept) = given["kept"].as_u64() {
        write!(words, "({kept} kept)").unwrap();
    }
    if let Some(count) = given["memories"].as_u64() {
        words.push_str(if count == 0 { "(nothing)" } else { "(block)" });
    }
    words
}

/// How much a successful reply gives, where a number tells whether anything was reached.
fn how_much(body: &Value) -> String {
    let mut words = String::new();
    for (list, one) in [("memories", "memory"), ("results", "result")] {
        if let Some(items) = body[list].as_array() {
            let what = if items.is_empty() { "nothing" } else { one };
            write!(words, "({what})").unwrap();
        }
    }
    if let Some(deleted) = body["deleted"].as_u64() {
        write!(words, "({deleted} deleted)").unwrap();
    }
    if let Some(imported) = body["imported"].as_u64() {
        write!(words, "({imported} imported)").unwrap();
    }
    if let Some(erased) = body["namespaces"].as_u64() {
        write!(words, "({erased} erased)").unwrap();
    }
    if let Some(listed) = body["namespaces"].as_array() {
        let what = if listed.is_empty() { "nothing" } else { "some" };
        write!(words, "({what})").unwrap();
    }
    words
}

#[test]
fn everybody_meets_every_route_as_the_snapshot_says() {
    let mut expired = String::new();
    let server = Server::start_after(|data, operator_key| {
        expired = past::expired_admin(data, operator_key, "acme");
    });
    let house = House { server };
    let lines = lines();
    check_coverage(&served(&house), &lines);
    house.tenant("spare");
    let cast = Cast {
        house: &house,
        tenant: house.known_tenant("acme"),
        rival: house.tenant("rival"),
        expired,
    };
    let (hands, serial) = (cast.hands(), Cell::new(0));
    let mut matrix = String::new();
    for line in &lines {
        let mut outcomes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for actor in ACTORS {
            let world = World::new(&cast, &hands, &serial);
            let outcome = outcome(&cast, &world, line, actor);
            outcomes.entry(outcome).or_default().push(actor);
        }
        let variant = match line.variant {
            "" => String::new(),
            variant => format!(" ({variant})"),
        };
        let listener = match line.listener {
            Listener::Tenant => "tenant",
            Listener::Operator => "operator",
        };
        writeln!(
            matrix,
            "{listener}: {} {}{variant}",
            line.method, line.template
        )
        .unwrap();
        for (outcome, actors) in &outcomes {
            let actors = match actors.len() {
                all if all == ACTORS.len() => "everybody".to_owned(),
                _ => actors.join(", "),
            };
            writeln!(matrix, "    {outcome:28} {actors}").unwrap();
        }
        matrix.push('\n');
    }
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("access_matrix", matrix);
    });
}

#[test]
#[should_panic(expected = "nobody says who may PUT /v1/new on the Tenant listener")]
fn a_route_that_nobody_thought_of_fails_the_matrix() {
    let lines = lines();
    let mut served = tried(&lines);
    check_coverage(&served, &lines);
    served.insert((Listener::Tenant, "PUT".to_owned(), "/v1/new".to_owned()));
    check_coverage(&served, &lines);
}
