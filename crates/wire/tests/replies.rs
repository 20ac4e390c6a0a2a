//! One example of each reply as a snapshot, and what is written reads back the same.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests; an example that does not parse is a mistake of the test"
)]

use anchorhold_model::{
    AccessSet, Address, ChatPolicy, Content, Facets, Importance, Isolation, Issuer, KeyId, Memory,
    MemoryType, Metadata, NamespaceId, NamespaceName, Part, Place, RecordId, Role, SubScopes,
    TenantId, Timestamp, TrustMode, User, UserHandle, UserId,
};
use anchorhold_wire::address::{AddressBody, Kind};
use anchorhold_wire::chat::ChatBody;
use anchorhold_wire::embedding::{EgressBody, EmbeddingBody, EmbeddingKind};
use anchorhold_wire::erase::{Receipt, Residue};
use anchorhold_wire::forget::ForgetReply;
use anchorhold_wire::health::{HealthReply, ReadyReply, Status};
use anchorhold_wire::key::{ActAs, GrantBody, KeyCreated, KeyList, KeyListed, Revoked};
use anchorhold_wire::memory::{BatchReply, BatchResult, Deleted, ListReply, MemoryBody};
use anchorhold_wire::namespace::{NamespaceBody, NamespaceDeleted, NamespaceList};
use anchorhold_wire::recall::{RecallReply, RecallResult, RecallUsage};
use anchorhold_wire::tenant::{TenantBody, TenantList};
use anchorhold_wire::user::{UserBody, UserList, UserName};
use anchorhold_wire::whoami::{Strength, SubjectBody, WhoamiReply};
use anchorhold_wire::{Code, ErrorBody};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Reads back what was written; then the snapshot.
fn shown<T: Serialize + DeserializeOwned + PartialEq>(name: &str, reply: &T) {
    assert!(reads_back(reply), "{name}");
    insta::assert_json_snapshot!(name, reply);
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq>(reply: &T) -> bool {
    let json = serde_json::to_string(reply).unwrap();
    serde_json::from_str::<T>(&json).unwrap() == *reply
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn alice_at_work() -> Place {
    let user = User {
        issuer: Issuer::parse("local").unwrap(),
        id: UserId::parse("alice").unwrap(),
    };
    let sub_scopes = SubScopes {
        workspace: Some(Part::parse("work").unwrap()),
        ..SubScopes::default()
    };
    Place::User(user, sub_scopes)
}

fn memory() -> MemoryBody {
    let memory = Memory {
        facets: Facets {
            id: RecordId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
            version: 2,
            ordinal: 7,
            memory_type: MemoryType::Episodic,
            importance: Importance::new(0.75).unwrap(),
            tags: vec!["garden".to_owned()],
            metadata: Metadata::new(json!({"topic": "roses"}).as_object().unwrap().clone())
                .unwrap(),
            speaker: Some("Alice".to_owned()),
            conversation: None,
            event_time: Some(time("2026-11-20T08:00:00+02:00")),
            created_at: time("2026-11-22T10:00:00Z"),
            updated_at: time("2026-11-22T10:05:00.250Z"),
            expires_at: None,
        },
        content: Content::new("The roses are cut back in February.").unwrap(),
    };
    MemoryBody::new(&memory, AddressBody::from(&alice_at_work()))
}

#[test]
fn a_memory_and_the_replies_that_hold_one() {
    shown("memory", &memory());
    let next_cursor = Some("opaque".to_owned());
    shown(
        "list",
        &ListReply {
            memories: vec![memory()],
            next_cursor,
        },
    );
    let refused = ErrorBody::new(Code::RequestInvalid, "content must not be empty", "req_1").error;
    let results = vec![
        BatchResult {
            status: 201,
            memory: Some(memory()),
            error: None,
        },
        BatchResult {
            status: 422,
            memory: None,
            error: Some(refused),
        },
    ];
    shown("batch", &BatchReply { results });
    let result = RecallResult {
        memory: memory(),
        score: 0.875,
        similarity: 0.5,
        rank: 1,
        why: Some(json!({"dense": 0.5})),
    };
    let usage = RecallUsage {
        query_tokens: Some(12),
        windows: None,
    };
    shown(
        "recall",
        &RecallReply {
            results: vec![result],
            usage,
        },
    );
}

#[test]
fn what_is_gone() {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
    shown(
        "deleted",
        &Deleted {
            id: id.clone(),
            deleted: true,
        },
    );
    shown(
        "forget",
        &ForgetReply {
            deleted: 1,
            ids: vec![id],
            dry_run: false,
        },
    );
    let receipt = Receipt {
        receipt_id: "rcp_1".to_owned(),
        namespaces: 2,
        records: 40,
        key_ids: vec![KeyId::from_bytes([1; 16]).to_string()],
        erased_at: time("2026-11-22T10:00:00Z"),
        residues: vec![Residue {
            place: "backups of the catalogue".to_owned(),
            until: Some(time("2026-12-22T10:00:00Z")),
        }],
        audit_id: "aud_1".to_owned(),
    };
    shown("receipt", &receipt);
    let id = NamespaceId::from_bytes([2; 16]);
    shown(
        "namespace_deleted",
        &NamespaceDeleted {
            id,
            deleted: true,
            receipt: Some(receipt),
        },
    );
    shown(
        "revoked",
        &Revoked {
            key_id: KeyId::from_bytes([1; 16]),
            revoked: true,
        },
    );
}

#[test]
fn addresses_name_the_kind_beside_the_name() {
    let named = Place::Named(NamespaceName::parse("org/acme").unwrap());
    let bodies = [named, alice_at_work(), Place::Shared].map(|place| {
        let address = Address {
            tenant: TenantId::from_bytes([0; 16]),
            place,
        };
        let body = AddressBody::from(&address.place);
        let kind = serde_json::to_value(body.kind).unwrap();
        assert_eq!(kind, address.place.kind());
        body
    });
    shown("addresses", &bodies.to_vec());
}

fn listed() -> KeyListed {
    KeyListed {
        key_id: KeyId::from_bytes([1; 16]),
        name: "chat".to_owned(),
        prefix: "ah_4f2c".to_owned(),
        brought: false,
        user: None,
        viewer: false,
        origins: None,
        act_as: ActAs::Read,
        admin: false,
        grants: vec![GrantBody {
            namespace: "org/acme/**".to_owned(),
            access: AccessSet::Write,
        }],
        created_at: time("2026-11-22T10:00:00Z"),
        expires_at: None,
    }
}

#[test]
fn what_operators_see() {
    let tenant = TenantBody {
        name: "default".to_owned(),
        id: TenantId::from_bytes([3; 16]),
        trust_mode: TrustMode::Required,
        isolation: Isolation::User,
        embedding: EmbeddingBody {
            kind: EmbeddingKind::Builtin,
            embedder: None,
            dimension: None,
        },
        egress: EgressBody { embedding: false },
        chat: ChatBody::from(&ChatPolicy::default()),
    };
    shown(
        "tenants",
        &TenantList {
            tenants: vec![tenant],
        },
    );
    shown(
        "keys",
        &KeyList {
            keys: vec![listed()],
        },
    );
    let created = KeyCreated {
        key: Some("ah_not-a-real-key".to_owned()),
        listed: listed(),
    };
    assert!(!format!("{created:?}").contains("real"));
    shown("key_created", &created);
    let namespace = NamespaceBody {
        id: NamespaceId::from_bytes([2; 16]),
        name: "org/acme".to_owned(),
        description: None,
        created_at: time("2026-11-22T10:00:00Z"),
    };
    shown(
        "namespaces",
        &NamespaceList {
            namespaces: vec![namespace],
            next_cursor: None,
        },
    );
}

#[test]
fn users_with_their_second_names() {
    let name = |byte, issuer: &str, id: &str| UserName {
        handle: UserHandle::from_bytes([byte; 16]),
        issuer: issuer.to_owned(),
        id: id.to_owned(),
    };
    let alice = UserBody {
        name: name(7, "local", "alice"),
        role: Role::Viewer,
        known: true,
        linked_to: None,
        links: vec![name(8, "owui", "1")],
        created_at: time("2026-11-22T10:00:00Z"),
    };
    let one = UserBody {
        name: name(8, "owui", "1"),
        linked_to: Some(SubjectBody {
            issuer: "local".to_owned(),
            id: "alice".to_owned(),
        }),
        links: Vec::new(),
        ..alice.clone()
    };
    let list = UserList {
        users: vec![alice, one],
        next_cursor: None,
    };
    shown("users", &list);
}

#[test]
fn who_asks_and_how_the_server_is() {
    let reply = WhoamiReply {
        tenant: "default".to_owned(),
        subject: Some(SubjectBody {
            issuer: "local".to_owned(),
            id: "alice".to_owned(),
        }),
        role: Some(Role::Viewer),
        strength: Strength::Asserted,
        trust_mode: TrustMode::Required,
        namespace: Some(AddressBody::from(&alice_at_work())),
        namespace_id: Some(NamespaceId::from_bytes([2; 16])),
        grants: Vec::new(),
        key_id: KeyId::from_bytes([1; 16]),
    };
    shown("whoami", &reply);
    let health = HealthReply {
        status: Status::Degraded,
        version: "0.1.0".to_owned(),
        degraded: vec!["one namespace waits to be reopened".to_owned()],
    };
    shown("health", &health);
    shown(
        "ready",
        &ReadyReply {
            ready: false,
            reasons: vec!["shutting down".to_owned()],
        },
    );
}

#[test]
fn a_reply_with_more_fields_is_still_read() {
    let mut json = serde_json::to_value(memory()).unwrap();
    json["colour"] = json!("red");
    assert!(serde_json::from_value::<MemoryBody>(json).unwrap() == memory());
}

/// From the year 0 to the last day but one of the year 9999.
fn any_time() -> impl Strategy<Value = Timestamp> {
    (-62_167_219_200_000..253_402_207_200_000_i64).prop_map(Timestamp::from_milliseconds)
}

fn any_address() -> impl Strategy<Value = AddressBody> {
    let kind = prop_oneof![Just(Kind::Named), Just(Kind::User), Just(Kind::Shared)];
    let text = || any::<Option<String>>();
    (kind, text(), text(), text(), text(), text()).prop_map(
        |(kind, name, issuer, workspace, agent, thread)| AddressBody {
            kind,
            name,
            issuer,
            workspace,
            agent,
            thread,
        },
    )
}

prop_compose! {
    fn any_memory()(
        (id, content, tags, speaker, conversation) in any::<(String, String, Vec<String>, Option<String>, Option<String>)>(),
        memory_type in prop::sample::select(&MemoryType::ALL[..]),
        importance in 0.0..=1.0_f64,
        metadata in prop::collection::btree_map(any::<String>(), any::<(Option<i64>, String)>(), 0..4),
        event_time in prop::option::of(any_time()),
        created_at in any_time(),
        (version, replayed, windows) in any::<(u64, bool, Option<u64>)>(),
        namespace in any_address(),
    ) -> MemoryBody {
        let metadata = metadata.into_iter().map(|(key, value)| (key, json!(value))).collect();
        MemoryBody {
            id, content, memory_type, importance, tags, metadata, speaker, conversation, event_time,
            created_at, updated_at: created_at, expires_at: event_time, version, namespace, replayed, windows,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(memory in any_memory(), score in -3.0..3.0_f64, cursor in any::<Option<String>>()) {
        let result = RecallResult { memory: memory.clone(), score, similarity: score.abs() / 3.0, rank: 1, why: None };
        let reply = RecallReply { results: vec![result], usage: RecallUsage::default() };
        prop_assert!(reads_back(&reply));
        let list = ListReply { memories: vec![memory], next_cursor: cursor };
        prop_assert!(reads_back(&list));
    }
}
