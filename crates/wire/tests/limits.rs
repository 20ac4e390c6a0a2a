//! Every limit of a body: the limit itself is accepted, one more is refused with its code.

use anchorhold_model::limits::{
    BATCH_MAX, CONTENT_BYTES_MAX, DESCRIPTION_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_NODES_MAX,
    FILTER_VALUES_MAX, FORGET_IDS_MAX, GRANTS_MAX, KEY_EXPIRY_DAYS_MAX, KEY_NAME_BYTES_MAX,
    LABEL_BYTES_MAX, LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, METADATA_BYTES_MAX, METADATA_KEYS_MAX,
    NAMESPACE_SEGMENTS_MAX, PART_BYTES_MAX, QUERY_BYTES_MAX, RECALL_LIMIT_DEFAULT,
    RECALL_LIMIT_MAX, TAG_BYTES_MAX, TAGS_MAX, TTL_SECONDS_MAX,
};
use anchorhold_wire::erase::EraseRequest;
use anchorhold_wire::export::ImportLine;
use anchorhold_wire::forget::ForgetRequest;
use anchorhold_wire::key::CreateKey;
use anchorhold_wire::memory::{BatchMemories, CreateMemory};
use anchorhold_wire::namespace::{CreateNamespace, PatchNamespace};
use anchorhold_wire::patch::PatchMemory;
use anchorhold_wire::recall::RecallRequest;
use anchorhold_wire::tenant::CreateTenant;
use anchorhold_wire::{Code, Request, page_limit, read};
use serde_json::{Map, Value, json};

/// `body(limit)` is accepted, `body(limit + 1)` refused with `code` at `field`.
fn ends_at<R: Request>(limit: usize, code: Code, field: &str, body: impl Fn(usize) -> Value) {
    let outcome = |size| read::<R>(body(size).to_string().as_bytes()).map(|_| ());
    assert_eq!(outcome(limit), Ok(()), "{field} at {limit}");
    let Err(rejection) = outcome(limit + 1) else {
        unreachable!("{field} is accepted above {limit}");
    };
    assert_eq!(
        (rejection.code, rejection.field.as_deref()),
        (code, Some(field))
    );
}

fn text(bytes: usize) -> String {
    "a".repeat(bytes)
}

/// A memory with one more attribute; as a new one and as a change.
fn attribute_ends_at(
    limit: usize,
    code: Code,
    at: &str,
    attribute: &str,
    value: impl Fn(usize) -> Value,
) {
    let with = |size| -> Map<String, Value> {
        [(attribute.to_owned(), value(size))].into_iter().collect()
    };
    ends_at::<CreateMemory>(limit, code, at, |size| {
        let mut body = with(size);
        body.entry("content").or_insert_with(|| json!("a"));
        Value::Object(body)
    });
    if !matches!(attribute, "speaker" | "conversation") {
        ends_at::<PatchMemory>(limit, code, at, |size| Value::Object(with(size)));
    }
}

#[test]
fn content_ends_at_its_bytes() {
    attribute_ends_at(
        CONTENT_BYTES_MAX,
        Code::ContentTooLarge,
        "content",
        "content",
        |size| json!(text(size)),
    );
}

#[test]
fn tags_end_at_their_number_and_bytes() {
    attribute_ends_at(TAGS_MAX, Code::RequestInvalid, "tags", "tags", |size| {
        json!(vec!["a"; size])
    });
    attribute_ends_at(
        TAG_BYTES_MAX,
        Code::RequestInvalid,
        "tags[1]",
        "tags",
        |size| json!(["a", text(size)]),
    );
}

#[test]
fn metadata_ends_at_its_keys_and_bytes() {
    attribute_ends_at(
        METADATA_KEYS_MAX,
        Code::RequestInvalid,
        "metadata",
        "metadata",
        |size| Value::Object((0..size).map(|key| (key.to_string(), json!(1))).collect()),
    );
    let frame = "{\"k\":\"\"}".len();
    attribute_ends_at(
        METADATA_BYTES_MAX,
        Code::RequestInvalid,
        "metadata",
        "metadata",
        |size| json!({"k": text(size - frame)}),
    );
}

#[test]
fn labels_end_at_their_bytes() {
    for label in ["speaker", "conversation"] {
        attribute_ends_at(
            LABEL_BYTES_MAX,
            Code::RequestInvalid,
            label,
            label,
            |size| json!(text(size)),
        );
    }
}

#[test]
fn a_time_to_live_ends_at_a_hundred_years_and_begins_at_a_second() {
    let limit = usize::try_from(TTL_SECONDS_MAX).unwrap();
    attribute_ends_at(
        limit,
        Code::RequestInvalid,
        "ttl_seconds",
        "ttl_seconds",
        |size| json!(size),
    );
    assert!(read::<CreateMemory>(b"{\"content\": \"a\", \"ttl_seconds\": 0}").is_err());
    assert!(read::<CreateMemory>(b"{\"content\": \"a\", \"ttl_seconds\": 1}").is_ok());
}

#[test]
fn importance_goes_from_zero_to_one() {
    for (value, accepted) in [(0.0, true), (1.0, true), (-0.001, false), (1.001, false)] {
        let body = json!({"content": "a", "importance": value}).to_string();
        assert_eq!(
            read::<CreateMemory>(body.as_bytes()).is_ok(),
            accepted,
            "{value}"
        );
    }
}

#[test]
fn a_batch_ends_at_its_memories() {
    ends_at::<BatchMemories>(
        BATCH_MAX,
        Code::RequestInvalid,
        "memories",
        |size| json!({"memories": vec![json!({"content": "a"}); size]}),
    );
}

#[test]
fn a_question_ends_at_its_bytes_and_results() {
    ends_at::<RecallRequest>(
        QUERY_BYTES_MAX,
        Code::RequestInvalid,
        "query",
        |size| json!({"query": text(size)}),
    );
    ends_at::<RecallRequest>(
        RECALL_LIMIT_MAX,
        Code::RequestInvalid,
        "limit",
        |size| json!({"query": "a", "limit": size}),
    );
    assert!(read::<RecallRequest>(b"{\"query\": \"a\", \"limit\": 0}").is_err());
    assert_eq!(
        read::<RecallRequest>(b"{\"query\": \"a\"}").unwrap().limit,
        RECALL_LIMIT_DEFAULT
    );
}

#[test]
fn a_filter_ends_at_its_nodes_values_and_depth() {
    let filter = |filter: Value| json!({"filter": filter});
    ends_at::<ForgetRequest>(FILTER_VALUES_MAX, Code::FilterInvalid, "filter", |size| {
        filter(json!({"tags": {"any": vec!["a"; size]}}))
    });
    // The list is a node, and a condition two: its field and its operator.
    ends_at::<ForgetRequest>(
        (FILTER_NODES_MAX - 1) / 2,
        Code::FilterInvalid,
        "filter",
        |size| filter(json!({"or": vec![json!({"tags": {"eq": "a"}}); size]})),
    );
    ends_at::<RecallRequest>(FILTER_DEPTH_MAX, Code::FilterInvalid, "filter", |size| {
        let leaf = json!({"tags": {"eq": "a"}});
        let nested = (1..size).fold(leaf, |inner, _| json!({"not": inner}));
        json!({"query": "a", "filter": nested})
    });
}

#[test]
fn forget_ends_at_its_ids() {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    ends_at::<ForgetRequest>(
        FORGET_IDS_MAX,
        Code::RequestInvalid,
        "ids",
        |size| json!({"ids": vec![id; size]}),
    );
}

#[test]
fn a_page_ends_at_its_memories() {
    assert_eq!(page_limit(None), Ok(LIST_LIMIT_DEFAULT));
    assert_eq!(page_limit(Some(1)), Ok(1));
    assert_eq!(page_limit(Some(200)), Ok(LIST_LIMIT_MAX));
    for refused in [0, 201, u64::MAX] {
        assert_eq!(
            page_limit(Some(refused)).unwrap_err().code,
            Code::RequestInvalid
        );
    }
}

#[test]
fn names_end_at_their_bytes_and_segments() {
    ends_at::<CreateTenant>(
        PART_BYTES_MAX,
        Code::NameInvalid,
        "name",
        |size| json!({"name": text(size)}),
    );
    ends_at::<EraseRequest>(
        PART_BYTES_MAX,
        Code::NameInvalid,
        "user",
        |size| json!({"user": text(size)}),
    );
    ends_at::<CreateKey>(
        PART_BYTES_MAX,
        Code::NameInvalid,
        "user",
        |size| json!({"name": "a", "user": text(size)}),
    );
    let name = |size| vec!["a"; size].join("/");
    ends_at::<CreateNamespace>(
        NAMESPACE_SEGMENTS_MAX,
        Code::NameInvalid,
        "name",
        |size| json!({"name": name(size)}),
    );
    ends_at::<EraseRequest>(
        NAMESPACE_SEGMENTS_MAX,
        Code::NameInvalid,
        "namespace",
        |size| json!({"namespace": name(size)}),
    );
    ends_at::<CreateMemory>(
        NAMESPACE_SEGMENTS_MAX,
        Code::NameInvalid,
        "namespace",
        |size| json!({"content": "a", "namespace": name(size)}),
    );
    ends_at::<CreateKey>(
        NAMESPACE_SEGMENTS_MAX,
        Code::GrantPatternInvalid,
        "grants[0].namespace",
        |size| json!({"name": "a", "grants": [{"namespace": name(size), "access": "read"}]}),
    );
}

#[test]
fn a_description_ends_at_its_bytes() {
    ends_at::<CreateNamespace>(
        DESCRIPTION_BYTES_MAX,
        Code::RequestInvalid,
        "description",
        |size| json!({"name": "a", "description": text(size)}),
    );
    ends_at::<PatchNamespace>(
        DESCRIPTION_BYTES_MAX,
        Code::RequestInvalid,
        "description",
        |size| json!({"description": text(size)}),
    );
}

#[test]
fn a_key_ends_at_its_name_grants_and_days() {
    ends_at::<CreateKey>(
        KEY_NAME_BYTES_MAX,
        Code::RequestInvalid,
        "name",
        |size| json!({"name": text(size)}),
    );
    ends_at::<CreateKey>(
        GRANTS_MAX,
        Code::RequestInvalid,
        "grants",
        |size| json!({"name": "a", "grants": vec![json!({"namespace": "org/**", "access": "write"}); size]}),
    );
    let days = usize::try_from(KEY_EXPIRY_DAYS_MAX).unwrap();
    ends_at::<CreateKey>(
        days,
        Code::RequestInvalid,
        "expires_in_days",
        |size| json!({"name": "a", "expires_in_days": size}),
    );
}

/// Versions go on behind what was imported, and what they become is imported again.
#[test]
fn the_version_after_an_import_and_a_change_may_be_imported_again() {
    let version = |version: u64| {
        let line = json!({"content": "a", "version": version}).to_string();
        match ImportLine::read(line.as_bytes()) {
            Ok(ImportLine::Memory(memory)) => Ok(memory.version),
            Ok(_) => unreachable!("it is a memory"),
            Err(rejection) => Err((rejection.code, rejection.field)),
        }
    };
    let (taken_max, max) = (1 << 52, 1 << 53);
    for sent in [1, 7, taken_max - 1, taken_max, taken_max + 1, max] {
        let taken = version(sent).unwrap();
        assert_eq!(taken, sent.min(taken_max));
        assert_eq!(version(taken + 1), Ok((taken + 1).min(taken_max)));
    }
    let refused = (Code::RequestInvalid, Some("version".to_owned()));
    assert_eq!(version(max + 1), Err(refused));
}
