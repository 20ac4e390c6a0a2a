//! Streams over a real connection: whole, cut, slow and left.

mod leaving;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_wire::{Code, ErrorBody};
use axum::http::StatusCode;
use serde_json::json;

use super::Sink;
use crate::Limits;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route};
use crate::support::{Server, open, read_reply};

const BYTES: &str = "application/octet-stream";
const PIECE_BYTES: usize = 64 * 1_024;

/// Pieces without end, counted; one counter for each test that uses them.
struct Endless(&'static Counters);

struct Counters {
    made: AtomicUsize,
    dropped: AtomicUsize,
}

impl Counters {
    const fn new() -> Self {
        Self {
            made: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
        }
    }

    fn wait_for_drop(&self, count: usize) {
        while self.dropped.load(Ordering::SeqCst) < count {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

static STOPS: Counters = Counters::new();
static LEAVES: Counters = Counters::new();
static UNREAD: Counters = Counters::new();
static STALLS: Counters = Counters::new();
static SPIN_ENDS: AtomicBool = AtomicBool::new(false);
static DRIPS: Counters = Counters::new();

impl Iterator for Endless {
    type Item = Result<Vec<u8>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.made.fetch_add(1, Ordering::SeqCst);
        Some(Ok(vec![b'x'; PIECE_BYTES]))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts what it takes and refuses what begins with an exclamation mark.
struct Counting(usize, Option<&'static Counters>, Arc<Call>);

impl Sink for Counting {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.first() == Some(&b'!') {
            return Err(Refusal::memory_not_found());
        }
        self.0 += bytes.len();
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<Reply, Refusal> {
        Reply::json(&self.2, StatusCode::CREATED, &json!({"bytes": self.0}))
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        if let Some(counters) = self.1 {
            counters.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Routes that stand on the tenant listener in these tests alone.
pub(crate) fn routes() -> Vec<Route> {
    let gives = |template, run| {
        Route::get(template, "test", run)
            .guard(Guard::Open)
            .gives_pieces(BYTES, None, "")
    };
    let three = |_: &Call| {
        let words = ["one ", "two ", "three"].map(|word| Ok(word.as_bytes().to_vec()));
        Ok(Reply::pieces(BYTES, Box::new(words.into_iter())))
    };
    let fails = |_: &Call| {
        let pieces = [Ok(b"half".to_vec()), Err(Refusal::internal("a test"))];
        Ok(Reply::pieces(BYTES, Box::new(pieces.into_iter())))
    };
    let panics = |_: &Call| {
        let words: [fn() -> Vec<u8>; 2] = [|| b"half".to_vec(), || panic!("a test")];
        Ok(Reply::pieces(
            BYTES,
            Box::new(words.into_iter().map(|word| Ok(word()))),
        ))
    };
    let counts = |call: Arc<Call>| Ok(Box::new(Counting(0, None, call)) as Box<dyn Sink>);
    let stalls = |call: Arc<Call>| Ok(Box::new(Counting(0, Some(&STALLS), call)) as Box<dyn Sink>);
    let spins = |_: &Call| {
        // On the connection's own thread, as an answer from memory is; not for ever, should a test
        // fail meanwhile.
        for _ in 0..20_000 {
            if SPIN_ENDS.load(Ordering::SeqCst) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Reply::bytes(StatusCode::OK, BYTES, ""))
    };
    let drips = |call: Arc<Call>| Ok(Box::new(Counting(0, Some(&DRIPS), call)) as Box<dyn Sink>);
    vec![
        Route::get("/test/spins", "test", spins).guard(Guard::Open),
        gives("/test/three", three),
        gives("/test/fails", fails),
        gives("/test/panics", panics),
        gives("/test/stops", |_| Ok(forever(&STOPS))),
        gives("/test/leaves", |_| Ok(forever(&LEAVES))),
        gives("/test/unread", |_| Ok(forever(&UNREAD))),
        Route::fed("/test/counts", "test", &[BYTES], None, counts)
            .gives::<ErrorBody>(201, "")
            .refuses(&[Code::MemoryNotFound]),
        Route::fed("/test/stalls", "test", &[BYTES], None, stalls),
        Route::fed("/test/drips", "test", &[BYTES], None, drips),
        leaving::route(),
    ]
}

fn forever(counters: &'static Counters) -> Reply {
    Reply::pieces(BYTES, Box::new(Endless(counters)))
}

/// Sends a request and leaves the reply unread.
fn begin(server: &Server, head: &str) -> TcpStream {
    let mut stream = open(server.tenant_address());
    let head = format!("{head}\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn all(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that ends early may be reset.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

fn is_served(server: &Server, key: &str) -> bool {
    server.ask("GET", "/v1/whoami").key(key).send().status == 200
}

fn limits() -> Limits {
    Limits {
        streams_max: 1,
        write_time_max: Duration::from_millis(300),
        body_time_max: Duration::from_millis(300),
        ..Limits::default()
    }
}

#[test]
fn a_reply_in_pieces_arrives_whole() {
    let server = Server::new();
    let reply = all(begin(&server, "GET /test/three HTTP/1.1"));
    assert!(
        reply.contains("transfer-encoding: chunked"),
        "no length is known: {reply}"
    );
    assert!(reply.contains("content-type: application/octet-stream"));
    assert!(reply.contains("x-anchorhold-request-id: "));
    let chunks = "4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n";
    assert!(reply.ends_with(chunks), "{reply}");
}

#[test]
fn a_reply_that_fails_on_the_way_has_no_end() {
    let server = Server::new();
    for path in ["/test/fails", "/test/panics"] {
        let reply = all(begin(&server, &format!("GET {path} HTTP/1.1")));
        assert!(reply.starts_with("HTTP/1.1 200"), "{path}: {reply}");
        assert!(!reply.contains("\r\n0\r\n"), "{path}: {reply}");
        assert!(!reply.contains("a test"), "{path}: {reply}");
    }
}

#[test]
fn who_does_not_read_a_reply_holds_no_worker_and_makes_nothing_grow() {
    let limits = Limits {
        write_time_max: Duration::from_mins(1),
        ..limits()
    };
    let server = Server::with(limits, 1);
    let key = server.acting();
    let unread = begin(&server, "GET /test/unread HTTP/1.1");
    // What the kernel buffers is made, and then no more.
    let mut made = 0;
    loop {
        let now = UNREAD.made.load(Ordering::SeqCst);
        assert!(now < 1_000, "{now} pieces were made for nobody");
        assert!(is_served(&server, &key), "the only worker is taken");
        if now > 0 && now == made {
            break;
        }
        made = now;
        std::thread::sleep(Duration::from_millis(100));
    }
    // There is no second place until the first is left.
    let refused = server.ask("GET", "/test/three").send();
    refused.is_refused(503, "overloaded");
    drop(unread);
    UNREAD.wait_for_drop(1);
}

#[test]
fn a_reader_that_stops_is_left_in_time() {
    let server = Server::with(limits(), 1);
    let stopped = begin(&server, "GET /test/stops HTTP/1.1");
    STOPS.wait_for_drop(1);
    // The work ends just before its place is free.
    let mut replies = std::iter::repeat_with(|| all(begin(&server, "GET /test/three HTTP/1.1")));
    let served = |reply: String| reply.ends_with("three\r\n0\r\n\r\n");
    assert!(
        replies.by_ref().take(1_000).any(served),
        "its place is free"
    );
    let cut = all(stopped);
    assert!(!cut.ends_with("0\r\n\r\n"), "it was told that it had all");
}

#[test]
fn a_client_that_leaves_ends_the_work() {
    let server = Server::new();
    for count in 1..=3 {
        let mut stream = begin(&server, "GET /test/leaves HTTP/1.1");
        stream.read_exact(&mut vec![0; 3 * PIECE_BYTES]).unwrap();
        drop(stream);
        LEAVES.wait_for_drop(count);
    }
}

#[test]
fn a_body_in_pieces_may_be_longer_than_any_body_that_is_kept() {
    let limits = Limits {
        body_bytes_max: 1_024,
        bodies_bytes_max: 1_024,
        ..Limits::default()
    };
    let server = Server::with(limits, 1);
    let key = server.acting();
    let counted = |bytes: Vec<u8>| {
        let asked = server.ask("POST", "/test/counts").key(&key);
        asked.header("Content-Type", BYTES).bytes(bytes).send()
    };
    for length in [0, 1, 16 * 1_024, 5_000_000] {
        let reply = counted(vec![b'x'; length]);
        assert_eq!(reply.status, 201);
        assert_eq!(reply.json()["bytes"], length);
    }
    counted(b"!".to_vec()).is_refused(404, "memory_not_found");
    counted(vec![b'!'; 5_000_000]).is_refused(404, "memory_not_found");
    let stranger = server.ask("POST", "/test/counts").bytes("x").send();
    stranger.is_refused(401, "credential_missing");
    let untyped = server.ask("POST", "/test/counts").key(&key).bytes("x");
    untyped.send().is_refused(415, "media_type_unsupported");
}

/// The head of a request whose body has so many bytes.
fn head(path: &str, key: &str, bytes: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: {BYTES}\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n"
    )
}

/// Sends a head, and then one piece after the other until nobody takes them: it is refused, and its
/// place is `free` while it still drips.
fn drip(server: &Server, head: &str, piece: usize, pause: Duration, free: impl FnOnce()) {
    let mut stream = open(server.tenant_address());
    stream.write_all(head.as_bytes()).unwrap();
    let mut drips = stream.try_clone().unwrap();
    let dripper = std::thread::spawn(move || {
        while drips.write_all(&vec![b'x'; piece]).is_ok() {
            std::thread::sleep(pause);
        }
    });
    assert_eq!(read_reply(&mut stream, false).status, 408);
    free();
    drop(stream);
    dripper.join().unwrap();
}

#[test]
fn a_body_that_stalls_or_drips_is_refused_and_frees_its_place() {
    let server = Server::with(limits(), 1);
    let key = server.acting();
    let head = head("/test/stalls", &key, 100_000);
    let mut stalled = open(server.tenant_address());
    stalled.write_all(head.as_bytes()).unwrap();
    stalled.write_all(&vec![b'x'; 20_000]).unwrap();
    assert!(is_served(&server, &key), "the only worker is taken");
    assert_eq!(read_reply(&mut stalled, false).status, 408);
    STALLS.wait_for_drop(1);
    let pause = Duration::from_millis(20);
    drip(&server, &head, 1, pause, || STALLS.wait_for_drop(2));
}

#[test]
fn a_body_that_drips_in_whole_pieces_is_refused_and_frees_its_place() {
    let limits = Limits {
        body_time_max: Duration::from_secs(20),
        stream_pace_time: Duration::from_millis(200),
        stream_bytes_per_second_min: 10_000_000,
        ..limits()
    };
    let server = Server::with(limits, 1);
    let key = server.acting();
    let head = head("/test/drips", &key, 100_000_000);
    let pause = Duration::from_millis(50);
    drip(&server, &head, 17_000, pause, || DRIPS.wait_for_drop(1));
}

#[test]
fn streams_of_one_tenant_leave_places_for_others_and_for_the_operator() {
    let limits = Limits {
        streams_max: 4,
        ..Limits::default()
    };
    let server = Server::with(limits, 2);
    let (hostile, acme) = (server.acting(), {
        server.tenant("other");
        server.key("other", json!({"act_as": true}))
    });
    let begin = |key: &str| {
        let mut stream = open(server.tenant_address());
        let head = format!(
            "POST /v1/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
             x-anchorhold-user: alice\r\nContent-Type: application/x-ndjson\r\n\
             Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // Told to go on, it has its place.
        let status = read_reply(&mut stream, true).status;
        (stream, status)
    };
    let held: Vec<_> = (0..2).map(|_| begin(&hostile)).collect();
    assert!(held.iter().all(|(_, status)| *status == 100));
    assert_eq!(begin(&hostile).1, 503);
    let (other, status) = begin(&acme);
    assert_eq!(status, 100);
    assert_eq!(begin(&acme).1, 503);
    let restored = server.operate("POST", "/v1/restore");
    let restored = restored.header("Content-Type", "application/octet-stream");
    assert_ne!(restored.bytes("x").send().status, 503);
    drop((held, other));
}

#[test]
fn the_operator_is_served_while_every_thread_of_the_tenants_is_busy() {
    let server = Server::new();
    server.tenant("acme");
    let (_, key) = server.key_with_id("acme", json!({"act_as": true}));
    let is_served = || {
        let mut stream = begin(&server, "GET /healthz HTTP/1.1");
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        stream.read(&mut [0; 1]).is_ok()
    };
    let mut spinning = Vec::new();
    while is_served() {
        spinning.push(begin(&server, "GET /test/spins HTTP/1.1"));
    }
    let revoked = server.operate("DELETE", &format!("/v1/tenants/acme/keys/{key}"));
    assert_eq!(revoked.send().status, 200);
    SPIN_ENDS.store(true, Ordering::SeqCst);
    drop(spinning);
}
