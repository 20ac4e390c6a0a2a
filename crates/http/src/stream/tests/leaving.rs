//! Who leaves while the server works on what was sent.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{BYTES, all, begin, head, limits};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;
use crate::stream::Sink;
use crate::support::{Server, open};

static LABOUR: Labour = Labour {
    has_begun: AtomicBool::new(false),
    is_left: AtomicBool::new(false),
    ends: AtomicBool::new(false),
};

/// Work on a piece that goes on after the client has left.
struct Labour {
    has_begun: AtomicBool,
    is_left: AtomicBool,
    ends: AtomicBool,
}

/// Works on its body until the test lets it end.
struct Labouring(Arc<Call>);

impl Sink for Labouring {
    fn take(&mut self, _: &[u8]) -> Result<(), Refusal> {
        LABOUR.has_begun.store(true, Ordering::SeqCst);
        // Not for ever, should a test fail meanwhile.
        for _ in 0..20_000 {
            if LABOUR.ends.load(Ordering::SeqCst) {
                break;
            }
            if !self.0.is_awaited() {
                LABOUR.is_left.store(true, Ordering::SeqCst);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn end(self: Box<Self>) -> Result<Reply, Refusal> {
        Reply::json(&self.0, StatusCode::CREATED, &json!({}))
    }
}

pub(super) fn route() -> Route {
    let labours = |call: Arc<Call>| Ok(Box::new(Labouring(call)) as Box<dyn Sink>);
    Route::fed("/test/labours", "test", &[BYTES], None, labours)
}

#[test]
fn who_leaves_while_a_piece_is_worked_on_holds_the_place_until_that_ends() {
    let server = Server::with(limits(), 2);
    let key = server.acting();
    let mut sender = open(server.tenant_address());
    let head = head("/test/labours", &key, 4);
    sender.write_all(format!("{head}work").as_bytes()).unwrap();
    let wait_for = |flag: &AtomicBool| {
        while !flag.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    wait_for(&LABOUR.has_begun);
    drop(sender);
    wait_for(&LABOUR.is_left);
    // The work would go on for seconds; until it ends nobody begins more of it.
    for _ in 0..20 {
        let refused = server.ask("GET", "/test/three").send();
        refused.is_refused(503, "overloaded");
    }
    LABOUR.ends.store(true, Ordering::SeqCst);
    let mut replies = std::iter::repeat_with(|| all(begin(&server, "GET /test/three HTTP/1.1")));
    assert!(
        replies
            .by_ref()
            .take(1_000)
            .any(|reply| reply.ends_with("three\r\n0\r\n\r\n"))
    );
}
