//! A signed request proves its user once, and no byte of it may be another.

use anchorhold_crypto::{RequestKey, Secret, sha256};
use anchorhold_identity::{
    Evidence, Fields, Headers, HmacKey, Message, Reason, Replays, SignatureProblem, Source,
    Strength, canonical, resolve,
};
use anchorhold_model::{KeyId, Timestamp, hex};
use std::sync::Arc;

use crate::world::{NOW, World, plain, user};

const SIGNING: KeyId = KeyId::from_bytes([5; 16]);

/// Seconds of the clock of the world, a while after the start.
const SECONDS: u64 = 1_000;

/// One request, as its client sends it.
#[derive(Clone)]
struct Sent {
    headers: Vec<(String, Vec<u8>)>,
    method: String,
    target: String,
    body: Option<Vec<u8>>,
    request: u8,
    arrived: Timestamp,
    is_again: bool,
}

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32])
}

fn world() -> World {
    let mut world = World::usual(plain());
    let mut tenant = (*world.tenant.take().unwrap()).clone();
    let key = HmacKey::new(SIGNING, "backend".to_owned(), NOW, secret(3));
    tenant.identity.hmac_keys.push(key);
    world.tenant = Some(tenant.into());
    world
}

fn replays() -> Replays {
    Replays::new(Timestamp::from_milliseconds(0))
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(0).plus_seconds(seconds)
}

impl Sent {
    /// A request of alice, signed at a time with a nonce.
    fn new(seconds: u64, nonce: &str) -> Self {
        let timestamp = seconds.to_string();
        let key_id = SIGNING.to_string();
        let fields = Fields {
            key_id: &key_id,
            timestamp: &timestamp,
            nonce,
            host: "memory.example:3300",
            user: "alice",
            workspace: "desk",
            agent: "clerk",
            thread: "one",
            ..Fields::default()
        };
        let (method, target, body) = ("POST", "/v1/memories?a=%2F", b"{\"content\": \"x\"}");
        let bytes = canonical(&fields, method, target, &sha256(body));
        let signature = hex(&RequestKey::new(&secret(3)).sign(&bytes));
        let headers = [
            ("host", fields.host),
            ("x-anchorhold-user", fields.user),
            ("x-anchorhold-workspace", fields.workspace),
            ("x-anchorhold-agent", fields.agent),
            ("x-anchorhold-thread", fields.thread),
            ("x-anchorhold-key-id", fields.key_id),
            ("x-anchorhold-timestamp", fields.timestamp),
            ("x-anchorhold-nonce", fields.nonce),
            ("x-anchorhold-signature", signature.as_str()),
        ];
        let line = |(name, value): (&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
        Self {
            headers: headers.map(line).to_vec(),
            method: method.to_owned(),
            target: target.to_owned(),
            body: Some(body.to_vec()),
            request: 1,
            arrived: at(SECONDS),
            is_again: false,
        }
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }

    fn header(&mut self, name: &str) -> &mut Vec<u8> {
        let line = self.headers.iter_mut().find(|(known, _)| known == name);
        &mut line.unwrap().1
    }

    /// What the request is taken for.
    fn outcome(&self, world: &World, replays: &Replays) -> Result<(Strength, Source), Reason> {
        let lines: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let message = Message {
            body: None,
            method: &self.method,
            target: &self.target,
            body_sha256: self.body.as_deref().map(sha256),
            request: [self.request; 16],
            arrived: self.arrived,
            is_again: self.is_again,
        };
        let evidence = Evidence {
            headers: Headers::new(&lines),
            message: Some((message, replays)),
            peer: None,
            visit: Arc::default(),
        };
        let found = resolve(&world.caller(), evidence).map_err(|denial| denial.reason)?;
        let piece = &found.pieces()[0];
        assert_eq!(piece.subject, user("local", "alice"));
        Ok((piece.strength, piece.source))
    }

    fn problem(&self) -> SignatureProblem {
        match self.outcome(&world(), &replays()) {
            Err(Reason::SignatureInvalid(problem)) => problem,
            other => panic!("{other:?}"),
        }
    }
}

const PROVEN: Result<(Strength, Source), Reason> = Ok((Strength::Proven, Source::Signature));

fn usual() -> Sent {
    Sent::new(SECONDS, "0123456789abcdef")
}

#[test]
fn a_signed_request_proves_its_user() {
    assert_eq!(usual().outcome(&world(), &replays()), PROVEN);
    let unsigned = usual().with(|sent| {
        sent.headers.retain(|(name, _)| {
            !["key-id", "timestamp", "nonce", "signature"]
                .iter()
                .any(|end| name == &format!("x-anchorhold-{end}"))
        });
    });
    let claimed = Ok((Strength::Claimed, Source::UserHeader));
    assert_eq!(unsigned.outcome(&world(), &replays()), claimed);
}

#[test]
fn no_byte_that_is_covered_may_be_another() {
    let mut changed = 0;
    let mut refuse = |sent: Sent| {
        let outcome = sent.outcome(&world(), &replays());
        assert!(outcome.is_err(), "{:?}", sent.headers);
        changed += 1;
    };
    let sent = usual();
    for (line, (name, value)) in sent.headers.iter().enumerate() {
        for (position, before) in value.iter().enumerate() {
            for byte in [b'0', b'a', b'Z', b'/'] {
                if *before != byte {
                    refuse(sent.with(|sent| sent.headers[line].1[position] = byte));
                }
            }
        }
        let moved = [value.as_slice(), b"x"].concat();
        refuse(sent.with(|sent| sent.headers[line].1 = moved));
        if name != "x-anchorhold-user" {
            refuse(sent.with(|sent| drop(sent.headers.remove(line))));
        }
    }
    for (from, to) in [("user", "workspace"), ("agent", "thread")] {
        // The same texts in other places.
        refuse(sent.with(|sent| {
            let names = [from, to].map(|name| format!("x-anchorhold-{name}"));
            let one = sent.header(&names[0]).clone();
            let other = std::mem::replace(sent.header(&names[1]), one);
            *sent.header(&names[0]) = other;
        }));
    }
    for named in ["x-anchorhold-namespace", "x-isolation-key"] {
        let more = (named.to_owned(), b"org".to_vec());
        refuse(sent.with(|sent| sent.headers.push(more)));
    }
    for method in ["post", "PUT", ""] {
        refuse(sent.with(|sent| method.clone_into(&mut sent.method)));
    }
    for target in [
        "/v1/memories?a=/",
        "/v1/memories",
        "/v1/recall?a=%2F",
        "/v1/memories?a=%2f",
    ] {
        refuse(sent.with(|sent| target.clone_into(&mut sent.target)));
    }
    let body = sent.body.clone().unwrap();
    for position in 0..body.len() {
        refuse(sent.with(|sent| sent.body.as_mut().unwrap()[position] ^= 1));
    }
    refuse(sent.with(|sent| sent.body = Some(Vec::new())));
    assert!(changed > 500, "{changed}");
}

#[test]
fn what_is_wrong_with_a_signature_has_a_name() {
    use SignatureProblem as Problem;
    let set = |name: &'static str, value: &'static str| {
        usual().with(|sent| *sent.header(name) = value.as_bytes().to_vec())
    };
    let without = |name: &str| usual().with(|sent| sent.headers.retain(|(known, _)| known != name));
    let unknown = KeyId::from_bytes([6; 16]).to_string();
    let unknown = usual().with(|sent| *sent.header("x-anchorhold-key-id") = unknown.into_bytes());
    for (sent, problem) in [
        (without("x-anchorhold-nonce"), Problem::Incomplete),
        (without("x-anchorhold-signature"), Problem::Incomplete),
        (set("x-anchorhold-timestamp", "01000"), Problem::Malformed),
        (set("x-anchorhold-timestamp", "+1000"), Problem::Malformed),
        (
            set("x-anchorhold-timestamp", "1000000000000"),
            Problem::Malformed,
        ),
        (
            set("x-anchorhold-nonce", "0123456789abcde"),
            Problem::Malformed,
        ),
        (
            set("x-anchorhold-nonce", "0123456789abcde "),
            Problem::Malformed,
        ),
        (Sent::new(SECONDS, &"a".repeat(65)), Problem::Malformed),
        (set("x-anchorhold-signature", "00"), Problem::Malformed),
        (set("x-anchorhold-key-id", "backend"), Problem::KeyUnknown),
        (unknown, Problem::KeyUnknown),
        (set("x-anchorhold-user", "victim"), Problem::Mismatch),
        (Sent::new(SECONDS - 61, "0123456789abcdef"), Problem::TooOld),
        (
            Sent::new(SECONDS + 6, "0123456789abcdef"),
            Problem::TooEarly,
        ),
        (usual().with(|sent| sent.body = None), Problem::BodyInPieces),
    ] {
        assert_eq!(sent.problem(), problem, "{:?}", sent.headers);
    }
    for seconds in [SECONDS - 60, SECONDS + 5] {
        let sent = Sent::new(seconds, "0123456789abcdef");
        assert_eq!(sent.outcome(&world(), &replays()), PROVEN, "{seconds}");
    }
    for nonce in ["0123456789-_ABcd", &"a".repeat(64)] {
        let sent = Sent::new(SECONDS, nonce);
        assert_eq!(sent.outcome(&world(), &replays()), PROVEN, "{nonce}");
    }
}

#[test]
fn a_signature_counts_once() {
    let (world, replays) = (world(), replays());
    let sent = usual();
    assert_eq!(sent.outcome(&world, &replays), PROVEN);
    // The same request asks the gate more than once.
    assert_eq!(sent.outcome(&world, &replays), PROVEN);
    let replayed = sent.with(|sent| sent.request = 2);
    let refused = Err(Reason::SignatureInvalid(SignatureProblem::Replayed));
    assert_eq!(replayed.outcome(&world, &replays), refused);
    // While its reply goes out, it is asked again without its nonce.
    let again = sent.with(|sent| sent.is_again = true);
    assert_eq!(again.outcome(&world, &replays), PROVEN);
    // A signature that does not count leaves its nonce to the one that does.
    let other = Sent::new(SECONDS, "fedcba9876543210");
    let forged = other.with(|sent| *sent.header("x-anchorhold-user") = b"victim".to_vec());
    assert!(forged.outcome(&world, &replays).is_err());
    assert_eq!(other.outcome(&world, &replays), PROVEN);
}

#[test]
fn without_room_for_its_nonce_a_request_is_not_let_in() {
    let (world, replays) = (world(), replays().with_room(0));
    assert_eq!(usual().outcome(&world, &replays), Err(Reason::Unavailable));
}

#[test]
fn a_signature_where_nobody_can_check_it_is_refused() {
    let sent = usual();
    let lines: Vec<(&str, &[u8])> = sent
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    let denial = resolve(&world().caller(), Headers::new(&lines)).unwrap_err();
    let reason = Reason::SignatureInvalid(SignatureProblem::Mismatch);
    assert_eq!(denial.reason, reason);
}

/// The example of docs/identity.md, which clients are written from.
#[test]
fn the_example_of_the_documents_is_signed_like_this() {
    let fields = Fields {
        key_id: "key_05050505050505050505050505050505",
        timestamp: "1790000000",
        nonce: "q5kVnD0a7TfYwXc2",
        host: "127.0.0.1:3300",
        user: "alice",
        ..Fields::default()
    };
    let bytes = canonical(
        &fields,
        "POST",
        "/v1/recall",
        &sha256(b"{\"query\": \"tea\"}"),
    );
    assert_eq!(bytes.len(), 196);
    let signature = RequestKey::new(&secret(3)).sign(&bytes);
    assert_eq!(
        hex(&signature),
        "c8a3371892606be5d447379979a55db152a689387a501c451152b2b638081ef5"
    );
}
