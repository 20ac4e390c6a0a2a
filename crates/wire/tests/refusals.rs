//! What is no body, and what is a body of another shape: the code, the field, a sentence, and
//! never a value that the caller keeps.

use anchorhold_model::limits::JSON_DEPTH_MAX;
use anchorhold_model::{Change, Changes};
use anchorhold_wire::erase::EraseRequest;
use anchorhold_wire::forget::ForgetRequest;
use anchorhold_wire::key::CreateKey;
use anchorhold_wire::memory::{BatchMemories, CreateMemory};
use anchorhold_wire::namespace::{CreateNamespace, PatchNamespace};
use anchorhold_wire::patch::PatchMemory;
use anchorhold_wire::recall::RecallRequest;
use anchorhold_wire::tenant::{CreateTenant, PatchTenant};
use anchorhold_wire::{Code, Rejection, Request, read};

fn refused<R: Request>(body: &str) -> Rejection {
    match read::<R>(body.as_bytes()) {
        Ok(_) => unreachable!("accepted: {body}"),
        Err(rejection) => rejection,
    }
}

fn accepted<R: Request>(body: &str) -> R::Domain {
    read::<R>(body.as_bytes()).unwrap_or_else(|rejection| unreachable!("{body}: {rejection}"))
}

#[test]
fn refusals_of_memories_read_as_in_the_snapshot() {
    let create: &[&str] = &[
        "",
        "  ",
        "{",
        "{\"content\": \"a\"} {}",
        "{\"content\": \"\\ud800\"}",
        "[\"a\"]",
        "null",
        "{\"content\": \"a\", \"content\": \"b\"}",
        "{\"content\": \"a\", \"metadata\": {\"k\": 1, \"k\": 2}}",
        "{\"contnt\": \"a\"}",
        "{\"content\": \"a\", \"colour\": \"red\"}",
        "{\"content\": \"a\", \"`, expected `x\": 1}",
        "{}",
        "{\"content\": null}",
        "{\"content\": 5}",
        "{\"content\": \"\"}",
        "{\"content\": \"a\", \"type\": \"sematic\"}",
        "{\"content\": \"a\", \"type\": 3}",
        "{\"content\": \"a\", \"type\": {\"semantic\": null}}",
        "{\"content\": \"a\", \"importance\": \"high\"}",
        "{\"content\": \"a\", \"importance\": 1.5}",
        "{\"content\": \"a\", \"tags\": \"a\"}",
        "{\"content\": \"a\", \"tags\": [\"a\", 2]}",
        "{\"content\": \"a\", \"metadata\": []}",
        "{\"content\": \"a\", \"event_time\": \"yesterday\"}",
        "{\"content\": \"a\", \"event_time\": 5}",
        "{\"content\": \"a\", \"ttl_seconds\": -5}",
        "{\"content\": \"a\", \"ttl_seconds\": 1.5}",
        "{\"content\": \"a\", \"id\": \"7\"}",
        "{\"content\": \"a\", \"namespace\": \"../shared\"}",
        "{\"content\": \"a\", \"namespace\": \"\"}",
    ];
    let mut table: Vec<_> = create.iter().map(line::<CreateMemory>).collect();
    table.extend(
        ["{\"memories\": []}", "{\"memories\": {}}"].map(|body| line::<BatchMemories>(&body)),
    );
    table.extend(
        ["{}", "{\"tags\": null}", "{\"namespace\": \"a\"}"].map(|body| line::<PatchMemory>(&body)),
    );
    insta::assert_snapshot!("refused_memories", table.join("\n"));
}

#[test]
fn refusals_of_other_bodies_read_as_in_the_snapshot() {
    let mut table = Vec::new();
    let recall = [
        "{\"query\": \"\"}",
        "{\"query\": \"a\", \"threshold\": 1.1}",
        "{\"query\": \"a\", \"filter\": {}}",
        "{\"query\": \"a\", \"filter\": {\"type\": {\"like\": \"x\"}}}",
        "{\"query\": \"a\", \"namespaces\": [\"a\", {\"kind\": \"user\"}]}",
        "{\"query\": \"a\", \"namespaces\": [5]}",
        "{\"query\": \"a\", \"explain\": 1}",
    ];
    table.extend(recall.map(|body| line::<RecallRequest>(&body)));
    let forget = [
        "{}",
        "{\"ids\": []}",
        "{\"ids\": [\"x\"]}",
        "{\"filter\": {}}",
        "{\"filter\": null}",
        "{\"ids\": [], \"filter\": {}}",
    ];
    table.extend(forget.map(|body| line::<ForgetRequest>(&body)));
    let erase = [
        "{}",
        "{\"session\": \"a\"}",
        "{\"self\": false}",
        "{\"self\": true, \"user\": \"a\"}",
        "{\"user\": \" a\"}",
    ];
    table.extend(erase.map(|body| line::<EraseRequest>(&body)));
    let key = [
        "{\"name\": \"\"}",
        "{\"name\": \"a\", \"act_as\": \"write\"}",
        "{\"name\": \"a\", \"act_as\": true, \"user\": \"a\"}",
        "{\"name\": \"a\", \"viewer\": true, \"admin\": true}",
        "{\"name\": \"a\", \"publishable\": {\"origins\": []}}",
        "{\"name\": \"a\", \"user\": \"..\"}",
        "{\"name\": \"a\", \"grants\": [{\"namespace\": \"a/*\", \"access\": \"read\"}]}",
        "{\"name\": \"a\", \"grants\": [{\"namespace\": \"a\", \"access\": \"all\"}]}",
        "{\"name\": \"a\", \"grants\": [{\"namespace\": \"a\", \"acces\": \"read\"}]}",
        "{\"name\": \"a\", \"grants\": [[\"a\", \"read\"]]}",
        "{\"name\": \"a\", \"expires_in_days\": 0}",
    ];
    table.extend(key.map(|body| line::<CreateKey>(&body)));
    table.extend(["{\"name\": \"a//b\"}"].map(|body| line::<CreateNamespace>(&body)));
    table.extend(["{}"].map(|body| line::<PatchNamespace>(&body)));
    let tenant = [
        "{\"name\": \"a/b\"}",
        "{\"name\": \"a\", \"trust_mode\": \"open\"}",
    ];
    table.extend(tenant.map(|body| line::<CreateTenant>(&body)));
    table.extend(["{}", "{\"isolation\": null}"].map(|body| line::<PatchTenant>(&body)));
    insta::assert_snapshot!("refused_others", table.join("\n"));
}

fn line<R: Request>(body: &&str) -> String {
    let Rejection {
        code,
        message,
        field,
    } = refused::<R>(body);
    let field = field.unwrap_or_default();
    format!("{body}\n    {code} [{field}] {message}")
}

#[test]
fn a_body_may_be_as_deep_as_the_limit_and_no_deeper() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 2), "]".repeat(depth - 2));
        format!("{{\"content\": \"a\", \"metadata\": {{\"k\": {open}{close}}}}}")
    };
    accepted::<CreateMemory>(&nested(JSON_DEPTH_MAX));
    let rejection = refused::<CreateMemory>(&nested(JSON_DEPTH_MAX + 1));
    assert_eq!(rejection.code, Code::JsonInvalid);
    let bomb = "[".repeat(4_000_000);
    assert_eq!(refused::<CreateMemory>(&bomb).code, Code::JsonInvalid);
}

#[test]
fn an_unknown_field_is_named_with_the_nearest_known_one_wherever_it_stands() {
    let cases = [
        (
            refused::<CreateMemory>("{\"content\": \"a\", \"importence\": 1}"),
            "importence",
            "importance",
        ),
        (
            refused::<RecallRequest>("{\"querry\": \"a\"}"),
            "querry",
            "query",
        ),
        (
            refused::<ForgetRequest>("{\"dryrun\": true}"),
            "dryrun",
            "dry_run",
        ),
        (refused::<EraseRequest>("{\"usr\": \"a\"}"), "usr", "user"),
    ];
    for (rejection, name, nearest) in cases {
        assert_eq!(rejection.code, Code::RequestInvalid);
        assert_eq!(rejection.field.as_deref(), Some(name));
        let message = format!("unknown field \"{name}\", did you mean \"{nearest}\"?");
        assert_eq!(rejection.message, message);
    }
    let inner = refused::<CreateKey>("{\"name\": \"a\", \"grants\": [{\"namspace\": \"a\"}]}");
    assert_eq!(inner.field.as_deref(), Some("grants[0].namspace"));
}

#[test]
fn a_refusal_never_repeats_what_the_caller_keeps() {
    let canary = "canary-7f3a";
    let bodies = [
        format!("{{\"content\": \"{canary}\", \"tags\": \"{canary}\"}}"),
        format!("{{\"content\": [\"{canary}\"]}}"),
        format!("{{\"content\": \"{canary}\", \"type\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}\", \"importance\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}\", \"event_time\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}\", \"id\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}\", \"metadata\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}"),
        format!("{{\"content\": \"{canary}\", \"ttl_seconds\": \"{canary}\"}}"),
        format!("{{\"content\": \"{canary}\", \"namespace\": \"{canary}/../{canary}\"}}"),
        format!("\"{canary}\""),
    ];
    for body in bodies {
        let rejection = refused::<CreateMemory>(&body);
        assert!(!format!("{rejection:?}").contains(canary), "{rejection:?}");
    }
    let long = "k".repeat(5_000);
    let rejection = refused::<CreateMemory>(&format!("{{\"{long}\": 1}}"));
    assert!(rejection.message.len() < 400, "{}", rejection.message);
    assert!(rejection.field.unwrap().len() < 100);
}

#[test]
fn one_bad_memory_of_a_batch_does_not_stop_the_others() {
    let batch = accepted::<BatchMemories>(
        "{\"memories\": [{\"content\": \"a\"}, {\"content\": \"\"}, {\"contnt\": \"b\"}, 5, [\"c\"], {\"content\": \"d\", \"namespace\": \"n\"}, {\"content\": \"e\"}], \"namespace\": \"org/acme\"}",
    );
    assert_eq!(batch.namespace.unwrap().to_string(), "org/acme");
    let outcome: Vec<_> = batch
        .memories
        .iter()
        .map(|item| {
            item.as_ref()
                .map(|memory| memory.draft.content.as_str())
                .map_err(|rejection| rejection.field.as_deref())
        })
        .collect();
    let expected = vec![
        Ok("a"),
        Err(Some("memories[1].content")),
        Err(Some("memories[2].contnt")),
        Err(Some("memories[3]")),
        Err(Some("memories[4]")),
        Err(Some("memories[5].namespace")),
        Ok("e"),
    ];
    assert_eq!(outcome, expected);
}

#[test]
fn absent_and_null_differ_in_a_change() {
    let changes = accepted::<PatchMemory>("{\"importance\": 0.25}");
    assert_eq!(changes.changes.event_time, Change::Keep);
    assert_eq!(changes.changes.ttl_seconds, Change::Keep);
    let changes = accepted::<PatchMemory>("{\"event_time\": null, \"ttl_seconds\": null}");
    assert_eq!(changes.changes.event_time, Change::Clear);
    assert_eq!(changes.changes.ttl_seconds, Change::Clear);
    assert!(changes.changes != Changes::default());
    let changes = accepted::<PatchMemory>("{\"ttl_seconds\": 60, \"tags\": [], \"metadata\": {}}");
    assert_eq!(changes.changes.ttl_seconds, Change::Set(60));
    assert_eq!(changes.changes.tags.as_deref(), Some(&[][..]));
    assert_eq!(changes.changes.metadata.unwrap().as_str(), "{}");
    assert_eq!(
        accepted::<PatchNamespace>("{\"description\": null}").description,
        None
    );
}

#[test]
fn null_is_the_same_as_absent_when_a_memory_is_made() {
    let memory = accepted::<CreateMemory>(
        "{\"content\": \"a\", \"type\": null, \"importance\": null, \"tags\": null, \"metadata\": null, \"event_time\": null, \"ttl_seconds\": null, \"speaker\": null, \"conversation\": null, \"id\": null, \"namespace\": null}",
    );
    assert!(memory == accepted::<CreateMemory>("{\"content\": \"a\"}"));
    assert!((memory.draft.importance.value() - 0.5).abs() < f64::EPSILON);
}

#[test]
fn a_name_of_any_length_is_refused_without_being_compared() {
    let body = format!("{{\"{}\": 1}}", "a".repeat(4_000_000));
    let Err(rejection) =
        anchorhold_wire::read::<anchorhold_wire::memory::CreateMemory>(body.as_bytes())
    else {
        unreachable!("an unknown field is accepted");
    };
    assert_eq!(rejection.code, Code::RequestInvalid);
    assert!(!rejection.message.contains("did you mean"));
}
