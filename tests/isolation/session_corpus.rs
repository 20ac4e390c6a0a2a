//! Everything that is nearly the id of a session leads into a new and empty one, or is refused.

use serde_json::json;

use super::house::{Caller, House};

const SESSION: &str = "x-session-id";

/// Values near an id that lives.
fn near(id: &str) -> Vec<String> {
    let uuid = dashed(id);
    let last = if id.ends_with('0') { '1' } else { '0' };
    let mut near: Vec<String> = (0..id.len())
        .map(|place| {
            let other = if &id[place..=place] == "0" { "1" } else { "0" };
            format!("{}{other}{}", &id[..place], &id[place + 1..])
        })
        .collect();
    near.extend([
        format!("{}{last}", &id[..31]),
        id[..31].to_owned(),
        id.to_uppercase(),
        format!("{id}0"),
        format!("0{id}"),
        format!("{id}{id}"),
        format!("0x{id}"),
        format!("{{{uuid}}}"),
        format!("urn:uuid:{uuid}"),
        format!("\"{id}\""),
        format!("'{id}'"),
        format!("%{:02x}{}", id.as_bytes()[0], &id[1..]),
        format!("../{id}"),
        format!("{id}/.."),
        format!("{id};"),
        format!("{id}%00"),
        format!("{SESSION}={id}"),
        format!("{} {}", &id[..16], &id[16..]),
        format!("{}-{}", &id[..16], &id[16..]),
        uuid.replace('-', ""),
        uuid.replace('-', "_"),
        uuid[..35].to_owned(),
    ]);
    for word in [
        "0",
        "null",
        "undefined",
        "*",
        "",
        "new",
        "shared",
        "alice",
        "\u{202e}",
        "é",
    ] {
        near.push(word.to_owned());
    }
    near.retain(|value| value != id);
    near
}

/// The same id as UUIDs are written.
fn dashed(id: &str) -> String {
    let ends = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    ends.map(|(start, end)| &id[start..end]).join("-")
}

#[test]
fn what_is_nearly_an_id_leads_into_no_session_that_lives() {
    let house = House::new();
    let tenant = house.tenant_with("visitors", json!({"isolation": "session"}));
    let limits = json!({"sessions": {"new_per_minute": 10_000}});
    let target = "/v1/tenants/visitors/identity";
    house.operator().patch(target, &limits).gives(200);
    let visitor = tenant.key(json!({}));
    let kept = visitor.post("/v1/memories", &json!({"content": "The visitor's own."}));
    let id = kept.header(SESSION).unwrap().to_owned();
    let shows = |value: &str| visitor.with(SESSION, value);
    for value in near(&id) {
        let listed = shows(&value).get("/v1/memories");
        assert_eq!(listed.gives(200)["memories"], json!([]), "{value:?}");
        assert_ne!(listed.header(SESSION), Some(id.as_str()), "{value:?}");
    }
    // In two ways at once it is nobody's.
    let twin = SESSION.replace('-', "_");
    let ambiguous: [Caller; 6] = [
        shows(&id).with(SESSION, &id),
        shows(&id).with(SESSION, "0"),
        shows(&id).with(&twin, &id),
        visitor.with(&twin, &id),
        shows(&format!("{id},{id}")),
        shows("{{session}}"),
    ];
    for caller in ambiguous {
        let listed = caller.get("/v1/memories");
        listed.is_refused(400, "identity_header_invalid");
    }
    assert_eq!(shows(&id).lists(), ["The visitor's own."]);
    assert_eq!(shows(&dashed(&id)).lists(), ["The visitor's own."]);
}
