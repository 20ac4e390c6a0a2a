//! Isolation sessions over a socket: what a browser is told, what it may show, and when it is over.

use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const UUID: &str = "0b9f3c52-8d1e-4c7a-9f00-1234567890ab";

/// A server with a tenant of sessions, and a plain key of it.
fn house(sessions: &Value) -> (Server, String) {
    let server = Server::new();
    server.tenant_with(json!({"name": "acme", "isolation": "session"}));
    if !sessions.is_null() {
        set(&server, sessions);
    }
    let key = server.key("acme", json!({}));
    (server, key)
}

fn set(server: &Server, sessions: &Value) {
    let body = json!({"sessions": sessions});
    let set = server
        .operate("PATCH", "/v1/tenants/acme/identity")
        .json(body)
        .send();
    assert_eq!(set.status, 200, "{set:?}");
}

fn with(ask: Ask, id: Option<&str>) -> Ask {
    match id {
        Some(id) => ask.header("x-session-id", id),
        None => ask,
    }
}

fn keep(server: &Server, key: &str, id: Option<&str>, text: &str) -> Reply {
    let ask = server.ask("POST", "/v1/memories").key(key);
    let kept = with(ask, id).json(json!({"content": text})).send();
    assert_eq!(kept.status, 201, "{kept:?}");
    kept
}

fn list(server: &Server, key: &str, id: Option<&str>) -> (Reply, Vec<String>) {
    let listed = with(server.ask("GET", "/v1/memories").key(key), id).send();
    assert_eq!(listed.status, 200, "{listed:?}");
    let body = listed.json();
    let memories = body["memories"].as_array().unwrap();
    let text = |memory: &Value| memory["content"].as_str().unwrap().to_owned();
    let texts = memories.iter().map(text).collect();
    (listed, texts)
}

fn id_of(reply: &Reply) -> String {
    let id = reply.header("x-session-id").unwrap().to_owned();
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    assert!(id.len() == 32 && id.bytes().all(is_digit), "{id}");
    id
}

fn beginning(reply: &Reply) -> Option<&str> {
    reply.header("x-anchorhold-session")
}

#[test]
fn without_an_id_a_session_begins_and_its_id_leads_back() {
    let (server, key) = house(&Value::Null);
    let kept = keep(&server, &key, None, "tea");
    let id = id_of(&kept);
    assert_eq!(beginning(&kept), Some("new"));
    assert_eq!(kept.json()["namespace"]["kind"], "session");
    let (reply, texts) = list(&server, &key, Some(&id));
    assert_eq!(texts, ["tea"]);
    assert_eq!((id_of(&reply), beginning(&reply)), (id.clone(), None));
    // In its other writing too.
    let uuid = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    assert_eq!(list(&server, &key, Some(&uuid)).1, ["tea"]);
    let (other, texts) = list(&server, &key, None);
    assert!(texts.is_empty());
    assert_ne!(id_of(&other), id);
    // No name of the session in a reply is its id.
    assert!(!kept.text().contains(&id));
}

#[test]
fn what_is_no_living_id_gives_a_fresh_one_and_nothing_of_the_old() {
    let (server, key) = house(&Value::Null);
    let id = id_of(&keep(&server, &key, None, "tea"));
    let longer = format!("{id}0");
    let upper = id.to_uppercase();
    for shown in [&id[1..], &longer, &upper, "../", "..%2f", UUID] {
        if shown == id {
            continue;
        }
        let (reply, texts) = list(&server, &key, Some(shown));
        assert!(texts.is_empty(), "{shown}");
        assert_ne!(id_of(&reply), id);
        assert_eq!(beginning(&reply), Some("replaced"), "{shown}");
    }
    assert_eq!(list(&server, &key, Some(&id)).1, ["tea"]);
}

#[test]
fn a4_ids_that_clients_draw_are_taken_where_the_tenant_says_so_and_replaced_elsewhere() {
    let (server, key) = house(&json!({"client_ids": "adopt"}));
    let kept = keep(&server, &key, Some(UUID), "tea");
    assert_eq!(beginning(&kept), Some("adopted"));
    assert_eq!(id_of(&kept), UUID.replace('-', ""));
    assert_eq!(list(&server, &key, Some(UUID)).1, ["tea"]);
    // A day later it is over, and the same id begins with nothing.
    server.clock.advance_seconds(86_400);
    let (reply, texts) = list(&server, &key, Some(UUID));
    assert!(texts.is_empty());
    assert_eq!(beginning(&reply), Some("adopted"));
    set(&server, &json!({"client_ids": "reissue"}));
    let other = UUID.replace("0b9f", "1b9f");
    let (reply, _) = list(&server, &key, Some(&other));
    assert_eq!(beginning(&reply), Some("replaced"));
    assert_ne!(id_of(&reply), other.replace('-', ""));
    // What was adopted before is a session like any other.
    assert_eq!(beginning(&list(&server, &key, Some(UUID)).0), None);
}

#[test]
fn a5_a_session_is_over_at_once_after_its_time_and_every_use_prolongs_it() {
    let (server, key) = house(&Value::Null);
    let id = id_of(&keep(&server, &key, None, "tea"));
    server.clock.advance_seconds(23 * 3_600 + 59 * 60);
    assert_eq!(list(&server, &key, Some(&id)).1, ["tea"]);
    server.clock.advance_seconds(23 * 3_600 + 59 * 60);
    assert_eq!(list(&server, &key, Some(&id)).1, ["tea"]);
    server.clock.advance_seconds(24 * 3_600 + 1);
    let (reply, texts) = list(&server, &key, Some(&id));
    assert!(texts.is_empty());
    assert_eq!(beginning(&reply), Some("replaced"));
}

#[test]
fn sessions_are_listed_ended_and_swept_by_their_tenants_admin() {
    let (server, key) = house(&Value::Null);
    let admin = server.key("acme", json!({"admin": true}));
    let sessions = || {
        let listed = server.ask("GET", "/v1/sessions").key(&admin).send();
        assert_eq!(listed.status, 200, "{listed:?}");
        listed.json()["sessions"].as_array().unwrap().clone()
    };
    let id = id_of(&keep(&server, &key, None, "tea"));
    server.clock.advance_seconds(60);
    let empty = id_of(&list(&server, &key, None).0);
    let listed = sessions();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["has_namespace"], false);
    assert_eq!(listed[1]["has_namespace"], true);
    assert!(!json!(listed).to_string().contains(&id));
    let handle = listed[1]["session"].as_str().unwrap();
    let target = format!("/v1/sessions/{handle}");
    server
        .ask("DELETE", &target)
        .key(&key)
        .send()
        .is_refused(403, "access_forbidden");
    let ended = server.ask("DELETE", &target).key(&admin).send();
    assert_eq!(ended.json()["namespaces"], 1, "{ended:?}");
    assert_eq!(ended.json()["records"], 1);
    server
        .ask("DELETE", &target)
        .key(&admin)
        .send()
        .is_refused(404, "namespace_not_found");
    assert_eq!(
        beginning(&list(&server, &key, Some(&id)).0),
        Some("replaced")
    );
    server.clock.advance_days(1);
    assert_eq!(
        beginning(&list(&server, &key, Some(&empty)).0),
        Some("replaced")
    );
    let swept = server.ask("POST", "/v1/sessions/sweep").key(&admin).send();
    assert_eq!(swept.json(), json!({"swept": 2}));
    assert_eq!(sessions().len(), 1);
    for (method, target) in [("GET", "/v1/sessions"), ("POST", "/v1/sessions/sweep")] {
        server
            .ask(method, target)
            .key(&key)
            .send()
            .is_refused(403, "access_forbidden");
    }
}

#[test]
fn whoever_is_in_a_session_erases_it() {
    let (server, key) = house(&Value::Null);
    let erase = |id: Option<&str>, body: Value| {
        let ask = server.ask("POST", "/v1/erase").key(&key);
        with(ask, id).json(body).send()
    };
    let id = id_of(&keep(&server, &key, None, "tea"));
    erase(None, json!({"self": true})).is_refused(404, "namespace_not_found");
    let erased = erase(Some(&id), json!({"self": true}));
    assert_eq!((erased.status, &erased.json()["records"]), (200, &json!(1)));
    assert!(list(&server, &key, Some(&id)).1.is_empty());
    let id = id_of(&keep(&server, &key, None, "tea"));
    assert_eq!(erase(None, json!({"session": id})).status, 200);
    erase(None, json!({"session": id})).is_refused(404, "namespace_not_found");
    let handle = "ses_00000000000000000000000000000000";
    erase(None, json!({"session": handle})).is_refused(403, "access_forbidden");
    erase(None, json!({"session": "mine"})).is_refused(422, "request_invalid");
    let acting = server.key("acme", json!({"act_as": true}));
    let ask = server.ask("POST", "/v1/erase").key(&acting);
    ask.json(json!({"session": handle}))
        .send()
        .is_refused(404, "namespace_not_found");
}

#[test]
fn a_batch_is_in_one_session_and_a_refusal_tells_it_too() {
    let (server, key) = house(&Value::Null);
    let create = json!({"method": "POST", "path": "/v1/memories", "body": {"content": "tea"}});
    let body = json!({"operations": [create, create, {"method": "GET", "path": "/v1/memories"}]});
    let batch = server.ask("POST", "/v1/batch").key(&key).json(body).send();
    assert_eq!(batch.status, 200, "{batch:?}");
    let listed = &batch.json()["results"][2]["body"]["memories"];
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{batch:?}");
    let id = id_of(&batch);
    assert_eq!(list(&server, &key, Some(&id)).1.len(), 2);
    let absent = "/v1/memories/0b9f3c52-8d1e-4c7a-9f00-1234567890ab";
    let refused = server.ask("GET", absent).key(&key).send();
    refused.is_refused(404, "memory_not_found");
    assert_eq!(beginning(&refused), Some("new"));
    id_of(&refused);
}

#[test]
fn a_peer_that_asks_for_too_many_sessions_waits_and_those_it_has_go_on() {
    let (server, key) = house(&json!({"new_per_minute": 3, "live_max": 5}));
    let first = id_of(&keep(&server, &key, None, "tea"));
    for _ in 0..2 {
        list(&server, &key, None);
    }
    let refused = server.ask("GET", "/v1/memories").key(&key).send();
    refused.is_refused(429, "session_limit");
    let seconds: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(list(&server, &key, Some(&first)).1, ["tea"]);
    server.clock.advance_seconds(seconds);
    for _ in 0..2 {
        list(&server, &key, None);
    }
    // Now as many live as may.
    server.clock.advance_seconds(60);
    let refused = server.ask("GET", "/v1/memories").key(&key).send();
    refused.is_refused(429, "session_limit");
    assert_eq!(list(&server, &key, Some(&first)).1, ["tea"]);
}

#[test]
fn the_id_travels_in_a_cookie_where_the_tenant_says_so() {
    let (server, key) = house(&json!({"cookie": "lax"}));
    let kept = keep(&server, &key, None, "tea");
    let id = id_of(&kept);
    let cookie = kept.header("set-cookie").unwrap().to_owned();
    let (named, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(
        attributes,
        "Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax"
    );
    assert!(
        named.starts_with("__Host-anchorhold-") && named.ends_with(&id),
        "{named}"
    );
    let sent = format!("theme=dark; {named}");
    let ask = server
        .ask("GET", "/v1/memories")
        .key(&key)
        .header("Cookie", &sent);
    assert_eq!(ask.send().json()["memories"][0]["content"], "tea");
    set(&server, &json!({"cookie": "none"}));
    let again = ask.send();
    assert!(
        again
            .header("set-cookie")
            .unwrap()
            .ends_with("Secure; SameSite=None")
    );
    // The cookie of another tenant of the server leads nowhere here.
    server.tenant_with(json!({"name": "other", "isolation": "session"}));
    let cookies = json!({"sessions": {"cookie": "lax"}});
    let target = "/v1/tenants/other/identity";
    assert_eq!(
        server.operate("PATCH", target).json(cookies).send().status,
        200
    );
    let foreign = keep(&server, &server.key("other", json!({})), None, "coffee");
    let foreign = foreign
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let (name, _) = foreign.split_once('=').unwrap();
    assert!(!named.starts_with(name), "{named} {name}");
    set(&server, &json!({"cookie": "off"}));
    let off = ask.send();
    assert_eq!(off.header("set-cookie"), None);
    assert_eq!(beginning(&off), Some("new"));
}

#[test]
fn to_ask_who_one_is_begins_no_session_and_tells_the_one_that_lives() {
    let (server, key) = house(&Value::Null);
    let who = |id| with(server.ask("GET", "/v1/whoami").key(&key), id).send();
    let nobody = who(None);
    assert_eq!(nobody.json()["namespace"], Value::Null, "{nobody:?}");
    assert_eq!(nobody.header("x-session-id"), None);
    let id = id_of(&keep(&server, &key, None, "tea"));
    let within = who(Some(&id)).json();
    assert_eq!(within["namespace"]["kind"], "session");
    assert_eq!(within["subject"]["issuer"], "session");
    assert_eq!(within["subject"]["id"], within["namespace"]["name"]);
    assert_eq!(within["strength"], "proven");
}

#[test]
fn how_sessions_live_is_checked_by_its_place() {
    let (server, _) = house(&Value::Null);
    let change = |sessions: Value| {
        let body = json!({"sessions": sessions});
        server
            .operate("PATCH", "/v1/tenants/acme/identity")
            .json(body)
            .send()
    };
    for (sessions, field) in [
        (json!({"idle_seconds": 59}), "sessions.idle_seconds"),
        (json!({"live_max": 0}), "sessions.live_max"),
        (json!({"new_per_minute": 0}), "sessions.new_per_minute"),
    ] {
        let refused = change(sessions);
        refused.is_refused(422, "request_invalid");
        assert_eq!(refused.field().as_deref(), Some(field));
    }
    let changed = change(json!({"idle_seconds": 600})).json();
    assert_eq!(changed["sessions"]["idle_seconds"], 600);
    assert_eq!(changed["sessions"]["client_ids"], "reissue");
}
