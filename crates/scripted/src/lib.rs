//! A model server that does what the name of the asked model says: it answers as OpenAI's API does, or
//! misbehaves in one of the ways in which model servers do.
//!
//! It speaks raw HTTP/1.1, because what it does wrong no library would do. To add a behaviour: a line in
//! [`Script`], and its bytes in `play.rs`.
#![forbid(unsafe_code)]
#![expect(
    clippy::indexing_slicing,
    reason = "it indexes JSON, where what is absent is null"
)]

mod play;
mod reading;
mod words;

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

pub use reading::Received;
pub use words::{ANSWER, answer, stream};

macro_rules! scripts {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal)*) => {
        /// What the server does with a request, by the name of the model that it asks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Script {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Script {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The model that asks for it.
            pub const fn model(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

scripts! {
    /// Answers, as a stream where the request wants one.
    Answer "answer"
    /// Answers with what was said last to it.
    Echo "echo"
    /// Answers with all that was sent to it.
    Mirror "mirror"
    /// Calls a tool.
    ToolCall "tool-call"
    /// Two answers at once, with their probabilities.
    TwoChoices "two-choices"
    /// Thinks aloud before it answers, in fields that are no part of OpenAI's.
    Reasoning "reasoning"
    /// Ends its stream with what it used, in an event without choices.
    UsageChunk "usage-chunk"
    /// Comments between its events, and events with other fields.
    Comments "comments"
    /// Ends lines with CR LF.
    CrLf "cr-lf"
    /// Ends lines now in this way, now in that.
    MixedLines "mixed-lines"
    /// Cuts its pieces in the middle of characters.
    SplitCharacters "split-characters"
    /// One event of a megabyte.
    LongLine "long-line"
    /// Sends each byte by itself.
    Trickle "trickle"
    /// Takes its time for every word, as a model does.
    Paced "paced"
    /// Ends its stream without saying that it is done.
    NoDone "no-done"
    /// Events that are no JSON.
    BadEvents "bad-events"
    /// Accepts the connection and reads nothing.
    HangUnread "hang-unread"
    /// Reads the request and says nothing.
    HangBeforeHead "hang-before-head"
    /// Half of a head.
    HangInHead "hang-in-head"
    /// A head and nothing behind it.
    HangAfterHead "hang-after-head"
    /// Stops in the middle of its stream.
    HangInStream "hang-in-stream"
    /// Says that it is done, and never ends the body.
    HangAtEnd "hang-at-end"
    /// Breaks the connection in the middle of its stream.
    ResetInStream "reset-in-stream"
    /// Ends the connection in the middle of a chunk.
    CutInChunk "cut-in-chunk"
    /// Ends the connection without an answer.
    Close "close"
    /// Says a longer body than it has.
    LengthTooLong "length-too-long"
    /// Says a shorter body than it has.
    LengthTooShort "length-too-short"
    /// A body that is no JSON.
    BadJson "bad-json"
    /// Status 200, and an error in the body.
    ErrorInBody "error-in-body"
    /// 429 with the seconds to wait.
    Busy "busy"
    /// 429 without them.
    BusyWithout "busy-without"
    /// 429 without them to what it hears for the first time, and an answer to what comes again.
    BusyOnce "busy-once"
    /// 500 with a page for people.
    Page "page"
    /// 503.
    Unavailable "unavailable"
    /// 400 as OpenAI says it.
    Refused "refused"
    /// 401 with a part of the key in its text.
    KeyRefused "key-refused"
    /// Sends the caller to an address inside a cloud.
    Redirect "redirect"
    /// A compressed body that nobody asked for.
    Gzip "gzip"
}

/// A server that plays, until it is dropped.
pub struct Scripted {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
pub(crate) struct Shared {
    received: Mutex<Vec<Received>>,
    /// Connections whose other end left before the answer had ended.
    left: AtomicUsize,
    /// Answers that are being given.
    playing: AtomicUsize,
    /// What was said to [`Script::BusyOnce`].
    heard: Mutex<HashSet<String>>,
}

impl Shared {
    fn keep(&self, received: Received) {
        self.all().push(received);
    }

    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.all())
    }

    /// Whether this was said before.
    pub(crate) fn is_heard(&self, said: &str) -> bool {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        !heard.insert(said.to_owned())
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scripted {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// When no port or thread can be had.
    pub fn start() -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let of_thread = Arc::clone(&shared);
        let play = move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = accept(listener, of_thread) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("scripted".to_owned());
        Ok(Self {
            address,
            shared,
            stop: Some(stop),
            thread: Some(thread.spawn(play)?),
        })
    }

    /// The address below which its routes lie.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What was received so far, in the order in which it came.
    pub fn received(&self) -> Vec<Received> {
        self.shared.all().clone()
    }

    /// Takes what was received so far.
    pub fn take(&self) -> Vec<Received> {
        self.shared.take()
    }

    /// Connections whose other end left in the middle of an answer.
    pub fn left(&self) -> usize {
        self.shared.left.load(Ordering::Acquire)
    }

    /// Answers that are being given now.
    pub fn playing(&self) -> usize {
        self.shared.playing.load(Ordering::Acquire)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends with its runtime; a panic there was shown already.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((connection, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = play::serve(connection, &shared).await;
        });
    }
}
