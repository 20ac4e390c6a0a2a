//! The real binary over loopback: two servers, callers who do the same on both, and others who do
//! next to nothing on one and all they can on the other, which is restarted too.

mod mask;

use std::collections::VecDeque;

use anchorhold_evidence::Proof;
use anchorhold_sim::actor::{Actor, Power, Role};
use anchorhold_sim::chance::Dice;
use anchorhold_sim::exchange::encode;
use anchorhold_sim::known::Known;
use anchorhold_sim::request::{Reply, Request, Verb};
use mask::{MASKED, Mask};
use serde_json::{Value, json};

use crate::support::{Ask, Server, exchange};

const COMMAND: &str =
    "ANCHORHOLD_BINARY_PAIRS=100 cargo test --package anchorhold-cli --test suite noninterference";
/// Steps of one caller.
const STEPS: u64 = 20;

/// Somebody on one of the servers, and what they have seen there.
struct Person {
    actor: Actor,
    mask: Mask,
}

fn operate(server: &Server, path: &str, body: &Value) -> Value {
    let ask = Ask::new(server.operator_listen, "POST", path);
    let reply = ask.key(&server.operator_key).json(body).send();
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

/// A new tenant with an admin and an application.
fn arrive(server: &Server, name: &str) -> Person {
    operate(server, "/v1/tenants", &json!({"name": name}));
    let key = |power, mut rights: Value| {
        rights["name"] = "simulated".into();
        let made = operate(server, &format!("/v1/tenants/{name}/keys"), &rights);
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        Role {
            token: text("key"),
            key: text("key_id"),
            power,
        }
    };
    let names = ["org/acme/team", "org/acme/notes", "shared"];
    Person {
        actor: Actor {
            roles: vec![
                key(Power::Admin, json!({"admin": true})),
                key(Power::Application, json!({"act_as": true})),
            ],
            users: vec!["alice", "bob", "Alice", "a:b"],
            strangers: vec!["zoe", "mallory"],
            claims: "alice",
            names: names.map(str::to_owned).to_vec(),
            canary: format!("canary-{name}."),
            numbers: None,
            known: Known::default(),
            has_sessions: false,
            has_quarantine: false,
            plans: VecDeque::new(),
        },
        mask: Mask::default(),
    }
}

/// Without anything that ends: two servers do not take the same time for the same steps.
fn lasting(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "ttl_seconds" && name != "expires_at");
            fields.values_mut().for_each(lasting);
        }
        Value::Array(items) => items.iter_mut().for_each(lasting),
        _ => {}
    }
}

/// Sends a request; answers what is compared.
fn ask(server: &Server, person: &mut Person, mut request: Request) -> String {
    request.body.iter_mut().for_each(lasting);
    let inner = request.inner.iter_mut();
    inner.filter_map(|one| one.body.as_mut()).for_each(lasting);
    request.headers.push(("connection", "close".to_owned()));
    if request.verb == Verb::UserList {
        // Pages are cut in an order that is drawn.
        request.query.clear();
    }
    let bytes = exchange(server.listen, &encode(&request));
    let reply = crate::support::Reply::parse(&bytes).expect("a reply");
    let mut text = reply.status.to_string();
    for (name, value) in &reply.headers {
        if name != "date" && name != "x-anchorhold-request-id" {
            text.extend(["\n", name, ": ", value]);
        }
    }
    let id = reply.header("x-anchorhold-request-id").unwrap();
    let body = reply.text().replace(id, "the request id");
    let mut parsed = if reply.status < 400 {
        serde_json::from_str(&body).unwrap_or_else(|_| body.clone().into())
    } else {
        Value::Null
    };
    if let Some(Value::Array(users)) = parsed.get_mut("users") {
        users.sort_by_key(|user| (user["issuer"].to_string(), user["id"].to_string()));
        text.extend(["\n", &parsed.to_string()]);
    } else {
        text.extend(["\n", &body]);
    }
    let shown = Reply { text, body: parsed };
    person.actor.learn(&request, &shown);
    person.mask.of(&shown.text)
}

/// What others do before a step: they know all that the caller knows.
fn disturb(server: &Server, others: &mut Person, caller: &Known, dice: &mut Dice, deeds: usize) {
    for _ in 0..deeds {
        let mut nosy = others.actor.clone();
        nosy.known.overhear(caller);
        ask(server, others, nosy.next(dice));
    }
}

/// What was compared without finding a difference.
#[derive(Default)]
struct Tally {
    steps: u64,
    deeds: u64,
}

/// Runs so many callers on both servers. The intruder keeps something on the second one before a
/// step of the first caller, with that caller's own key: what must be seen.
fn run(pairs: u64, shard: u64, intruder: Option<u64>) -> Tally {
    let mut servers = [Server::start(), Server::start()];
    let mut others = [0, 1].map(|side| arrive(&servers[side], "foreign"));
    let mut tally = Tally::default();
    for pair in 0..pairs {
        let name = format!("tenant-{pair}");
        let mut callers = [0, 1].map(|side| arrive(&servers[side], &name));
        for step in 0..STEPS {
            if step == STEPS / 2 {
                servers[1].stop();
                servers[1].serve();
            }
            for side in 0..2 {
                let number = u64::try_from(side).unwrap();
                let mut dice = Dice::new(shard, &[pair, step, number]);
                let many = dice.below(1 + 4 * side);
                let known = callers[side].actor.known.clone();
                disturb(&servers[side], &mut others[side], &known, &mut dice, many);
                tally.deeds += u64::try_from(many).unwrap();
            }
            if pair == 0 && intruder == Some(step) {
                intrude(&servers[1], &callers[1]);
            }
            let dice = Dice::new(shard, &[pair, step, 2]);
            let [(request, one), (_, other)] = [0, 1].map(|side| {
                let request = callers[side].actor.next(&mut dice.clone());
                let shown = ask(&servers[side], &mut callers[side], request.clone());
                (request, shown)
            });
            assert_eq!(
                one, other,
                "shard {shard}, {name}, step {step}: {request:?}"
            );
            tally.steps += 1;
        }
        let listed = [0, 1].map(|side| {
            let export = Request::new(Verb::Export, alice(&callers[side].actor));
            ask(&servers[side], &mut callers[side], export)
        });
        assert_eq!(listed[0], listed[1], "{name}, at the end");
    }
    tally
}

/// The application of somebody, for alice.
fn alice(actor: &Actor) -> Vec<(&'static str, String)> {
    let bearer = format!("Bearer {}", actor.roles[1].token);
    vec![
        ("authorization", bearer),
        ("x-anchorhold-user", "alice".to_owned()),
    ]
}

/// Keeps one memory among those of the caller, who is not told.
fn intrude(server: &Server, caller: &Person) {
    let mut request = Request::new(Verb::Remember, alice(&caller.actor));
    request.body = Some(json!({"content": "one more"}));
    let mut intruder = Person {
        actor: caller.actor.clone(),
        mask: Mask::default(),
    };
    let shown = ask(server, &mut intruder, request);
    assert!(shown.starts_with("201"), "{shown}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "its environment says how long it runs"
)]
fn callers_of_the_real_server_see_the_same_whatever_others_do() {
    for masked in MASKED {
        println!("masked: {masked}");
    }
    let pairs = std::env::var("ANCHORHOLD_BINARY_PAIRS").ok();
    let pairs: u64 = pairs.map_or(6, |pairs| pairs.parse().unwrap());
    let Tally { steps, deeds } = run(pairs, anchorhold_evidence::seed(0), None);
    assert!(deeds > pairs);
    let claim = "whatever others do, a caller of the real server sees the same";
    let mut proof = Proof::new("noninterference-binary", claim, &["P1"], COMMAND);
    proof.count("trace pairs", pairs);
    proof.count("steps compared", steps);
    proof.count("requests of others", deeds);
    proof.violation("differences", 0);
    for masked in MASKED {
        proof.note(&format!("masked: {masked}"));
    }
    proof.write().unwrap();
}

/// So that the comparison is shown to be able to fail.
#[test]
#[should_panic(expected = "tenant-0, ")]
fn one_memory_that_somebody_keeps_with_a_callers_own_key_is_seen() {
    run(1, 0, Some(STEPS - 1));
}
