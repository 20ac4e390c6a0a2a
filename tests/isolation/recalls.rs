//! Recall through HTTP: how many, how similar, by rare words, and by the newest text alone.

use serde_json::{Value, json};

use super::house::{Caller, House};

fn alice(house: &House) -> Caller {
    house.tenant("acme").user("alice")
}

/// Rows 57 and 58.
#[test]
fn recall_gives_ten_similar_ones_and_finds_rare_words() {
    let house = House::new();
    let alice = alice(&house);
    let fruits = [
        "plums", "pears", "figs", "apples", "cherries", "grapes", "quinces", "lemons", "melons",
        "dates", "limes", "kiwis", "olives", "nuts",
    ];
    for fruit in fruits {
        alice.keeps(&format!("Alice likes {fruit} for breakfast."));
    }
    alice.keeps("The serial number of the boiler is XK4471Q.");
    let recall = |body: Value| alice.post("/v1/recall", &body).gives(200)["results"].clone();
    let results = recall(json!({"query": "What does Alice like for breakfast?"}));
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), 10);
    for (rank, result) in (1..).zip(results) {
        assert_eq!(result["rank"], rank);
        let similarity = result["similarity"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&similarity), "{result}");
        assert!(
            result["score"].is_number() && result["memory"]["id"].is_string(),
            "{result}"
        );
    }
    let query = "What does Alice like for breakfast?";
    assert_eq!(
        recall(json!({"query": query, "limit": 3}))
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let similar = recall(json!({"query": query, "threshold": 0.5, "limit": 200}));
    let similar = similar.as_array().unwrap();
    assert!(!similar.is_empty());
    assert!(
        similar
            .iter()
            .all(|result| result["similarity"].as_f64().unwrap() >= 0.5)
    );
    let irrelevant = json!({"query": "quantum field theory on curved spacetime", "threshold": 0.5});
    assert_eq!(recall(irrelevant), json!([]));
    let rare = recall(json!({"query": "XK4471Q"}));
    assert!(
        rare[0]["memory"]["content"]
            .as_str()
            .unwrap()
            .contains("XK4471Q"),
        "{rare}"
    );
    // An exact rare word passes a threshold that its similarity does not.
    let rare = recall(json!({"query": "XK4471Q", "threshold": 0.99}));
    assert!(rare.to_string().contains("XK4471Q"), "{rare}");
    for bad in [
        json!({"limit": 0}),
        json!({"limit": 201}),
        json!({"threshold": 1.1}),
        json!({"threshold": -0.1}),
        json!({"limit": "ten"}),
    ] {
        let body = super::house::merged(json!({"query": "x"}), bad);
        alice
            .post("/v1/recall", &body)
            .is_refused(422, "request_invalid");
    }
}

/// Row 60.
#[test]
fn a_change_is_found_by_its_new_words_and_not_by_its_old_ones() {
    let house = House::new();
    let alice = alice(&house);
    let id = alice.keeps("Alice repairs old bicycles in her garage.");
    alice.keeps("The train to Oslo leaves at nine.");
    let path = format!("/v1/memories/{id}");
    let before = alice.get(&path).gives(200);
    let change = json!({"content": "Alice bakes sourdough bread on Sundays.", "tags": ["baking"]});
    let changed = alice.patch(&path, &change);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let after = changed.gives(200);
    assert_eq!(
        (&after["content"], &after["tags"]),
        (&change["content"], &change["tags"])
    );
    assert_eq!(
        (&after["version"], &after["created_at"]),
        (&json!(2), &before["created_at"])
    );
    assert_ne!(after["updated_at"], before["updated_at"]);
    assert_eq!(alice.get(&path).gives(200), after);
    let best = |query: &str| {
        alice
            .post("/v1/recall", &json!({"query": query}))
            .gives(200)
    };
    let baking = best("Who makes bread?");
    assert_eq!(baking["results"][0]["memory"], after);
    assert!(
        baking["results"][0]["similarity"].as_f64().unwrap() > 0.3,
        "{baking}"
    );
    let old = json!({"query": "bicycles", "threshold": 0.4});
    assert_eq!(alice.recalls_with(&old), [""; 0]);
    // A change for a version that is over is refused.
    let late = alice
        .ask("PATCH", &path)
        .header("If-Match", "\"1\"")
        .json(&change)
        .send();
    late.is_refused(409, "version_conflict");
    let timely = alice.ask("PATCH", &path).header("If-Match", "\"2\"");
    let timely = timely
        .json(&json!({"metadata": {"a": 1}}))
        .send()
        .gives(200);
    assert_eq!(
        (&timely["version"], &timely["metadata"]),
        (&json!(3), &json!({"a": 1}))
    );
    assert_eq!(timely["content"], change["content"]);
    alice
        .patch(&path, &json!({}))
        .is_refused(422, "request_invalid");
}
