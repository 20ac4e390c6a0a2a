//! What the memory adds to a chat: the time until the first event of a stream, beside a reverse proxy that does
//! nothing but copy, before the same model server in the same run; and what a stream that waits takes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anchorhold_model::Clock;
use anchorhold_scripted::{Script, Scripted};
use anchorhold_upstream::Settings;
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream as Stream};
use tokio::sync::oneshot;

use super::Size;
use super::corpus::{Numbers, note, words};
use super::meter::{self, Reading, Until};
use super::process::resident_mebibytes;
use super::result::Measured;
use super::served::Served;
use super::times::Times;
use crate::exit::Error;
use crate::plain_client::{Client, head};
use crate::throw_away::Wish;
use anchorhold::house::builtin_embedder;

/// Chats at once, in the mean.
const STREAMS: usize = 50;
/// Clients that have them: each pauses between two chats, or streams that are all equally long would fall into
/// step, and many begin in the same moment.
const CLIENTS: usize = 56;
/// How long such a pause is at most; a stream lasts nine times the mean.
const PAUSE_MAX: Duration = Duration::from_millis(200);
/// Memories of each user.
const MEMORIES: usize = 100;
/// What a first event may come later by: half of them, and 99 of 100.
const ADDED_MS: (f64, f64) = (8.0, 25.0);
/// The time in which they begin, one after the other.
const SPREAD: Duration = Duration::from_secs(1);
/// How long a stream is waited for.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// The added time, and the memory of streams that wait.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let scripted = Scripted::start()?;
    let (served, key) = ground(size, &scripted)?;
    let copying = Copying::start(scripted.address)?;
    let count = size.pick(2_000, 400);
    let (bare, own) = (Way::bare(&copying), Way::own(&served, key));
    let clock = served.clock.as_ref();
    // Caches fill.
    paced(clock, &bare, STREAMS)?;
    paced(clock, &own, 4 * STREAMS)?;
    let before = paced(clock, &bare, count)?;
    let with = paced(clock, &own, count)?;
    let after = paced(clock, &bare, count)?;
    let copied = |of: fn(&Reading) -> f64| f64::midpoint(of(&before), of(&after));
    let (p50, p99) = (
        copied(|reading| reading.p50_ms),
        copied(|reading| reading.p99_ms),
    );
    let added = (with.p50_ms - p50, with.p99_ms - p99);
    let name = format!("first event of a chat with memory, streams: {STREAMS}");
    let mut chats = Measured::new(name, &with)
        .figure("p50 of a proxy that copies, ms", p50)
        .figure("p99 of a proxy that copies, ms", p99)
        .figure(
            "CPU of a proxy that copies, ms",
            copied(|reading| reading.cpu_ms),
        )
        .figure("added p50, ms", added.0)
        .figure("added p99, ms", added.1);
    let is_met = added.0 <= ADDED_MS.0 && added.1 <= ADDED_MS.1;
    chats.target = Some(("<= 8 ms added p50, <= 25 ms added p99".to_owned(), is_met));
    let waiting = waiting(size.pick(1_000, 100), &bare, &own)?;
    copying.stop();
    served.server.stop()?;
    Ok(vec![chats, waiting])
}

/// Chats with a model that takes its time, so many at once and each at a moment of its own: when their first
/// event came, and the CPU of the whole.
fn paced(clock: &dyn Clock, way: &Way<'_>, count: usize) -> Result<Reading, Error> {
    let firsts = Mutex::new(Times::default());
    let chat = |number: usize| {
        std::thread::sleep(pause(number));
        let before = clock.monotonic();
        let mut stream = first_event(way.chat(number, Script::Paced)?)?;
        let took = clock.monotonic().saturating_sub(before);
        let mut firsts = firsts.lock().unwrap_or_else(PoisonError::into_inner);
        firsts.add(took);
        drop(firsts);
        find(&mut stream, "data: [DONE]")
    };
    let all = meter::run(clock, CLIENTS, Until::Count(count), &chat)?;
    let firsts = firsts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let first = meter::reading(&firsts, Duration::ZERO, Duration::ZERO);
    Ok(Reading {
        p50_ms: first.p50_ms,
        p99_ms: first.p99_ms,
        ..all
    })
}

/// How long a client waits before a chat: the first ones begin one after the other.
fn pause(number: usize) -> Duration {
    if number < CLIENTS {
        let turn = u32::try_from(number).unwrap_or_default();
        return SPREAD / u32::try_from(CLIENTS).unwrap_or(1) * turn;
    }
    let microseconds = usize::try_from(PAUSE_MAX.as_micros()).unwrap_or(usize::MAX);
    let drawn = Numbers::new(seed(number)).below(microseconds);
    Duration::from_micros(seed(drawn))
}

/// What so many streams take that wait for their next event: through the server, and through what copies.
fn waiting(streams: usize, bare: &Way<'_>, own: &Way<'_>) -> Result<Measured, Error> {
    let mut took = Vec::new();
    for way in [bare, own] {
        let before = resident_mebibytes();
        let held: Result<Vec<_>, Error> = (0..streams)
            .map(|number| way.chat(number, Script::HangInStream).and_then(first_event))
            .collect();
        let held = held?;
        took.push((resident_mebibytes() - before) * 1024.0);
        drop(held);
    }
    let each = |number: usize| took.get(number).copied().unwrap_or_default() / number_of(streams);
    let none = Reading {
        operations: streams,
        per_second: 0.0,
        p50_ms: 0.0,
        p99_ms: 0.0,
        cpu_ms: 0.0,
    };
    Ok(
        Measured::new(format!("streams that wait: {streams}"), &none)
            .figure("KiB of each, model server and what copies", each(0))
            .figure("KiB of each, model server and Anchorhold", each(1)),
    )
}

fn seed(number: usize) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand streams")]
fn number_of(streams: usize) -> f64 {
    streams as f64
}

/// A stream after its first event.
fn first_event(stream: TcpStream) -> Result<BufReader<TcpStream>, Error> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.contains(" 200 ") {
        let mut rest = String::new();
        reader
            .get_mut()
            .set_read_timeout(Some(Duration::from_millis(200)))?;
        let _ = reader.read_to_string(&mut rest);
        return Err(Error::Failed(format!("a chat was refused: {line}{rest}")));
    }
    find(&mut reader, "data:")?;
    Ok(reader)
}

/// Reads up to a line that begins so.
fn find(stream: &mut BufReader<TcpStream>, start: &str) -> Result<(), Error> {
    let mut line = String::new();
    while !line.starts_with(start) {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            let message = format!("a chat ended before it said {start}");
            return Err(Error::Failed(message));
        }
    }
    Ok(())
}

/// By which way chats go.
struct Way<'a> {
    address: String,
    headers: Vec<(&'a str, String)>,
}

impl Way<'_> {
    fn bare(copying: &Copying) -> Self {
        Self {
            address: copying.address.to_string(),
            headers: Vec::new(),
        }
    }

    fn own(served: &Served, key: String) -> Self {
        Self {
            address: served.server.url.trim_start_matches("http://").to_owned(),
            headers: vec![("authorization", key)],
        }
    }

    /// Sends a chat; the answer is not read yet.
    fn chat(&self, number: usize, script: Script) -> Result<TcpStream, Error> {
        let question = format!("What do you know of {}?", words(seed(number), 6));
        let message = json!({"role": "user", "content": question});
        let body = json!({"model": script.model(), "stream": true, "messages": [message]});
        let body = body.to_string();
        let user = format!("user-{}", number % STREAMS);
        let mut headers: Vec<(&str, &str)> = Vec::new();
        for (name, value) in &self.headers {
            headers.push((name, value));
        }
        headers.push(("x-anchorhold-user", &user));
        headers.push(("connection", "close"));
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(WAIT_MAX))?;
        let head = head("/v1/chat/completions", &headers, &body);
        stream.write_all(format!("{head}{body}").as_bytes())?;
        Ok(stream)
    }
}

/// A server before a model server, with users who have memories, and the header of an application.
fn ground(size: &Size, scripted: &Scripted) -> Result<(Served, String), Error> {
    let mut wish = Wish::new(builtin_embedder()?);
    wish.upstreams = vec![Settings {
        private: true,
        ..Settings::new("scripted", scripted.url())
    }];
    let served = Served::new(size, wish)?;
    let key = served.application("acme", &json!({"kind": "builtin"}))?;
    let mut client = Client::connect(&served.server.url)?;
    for user in 0..STREAMS {
        let memories: Vec<_> = (0..MEMORIES)
            .map(|number| json!({"content": note(seed(user * MEMORIES + number))}))
            .collect();
        let user = format!("user-{user}");
        let headers = [
            ("authorization", key.as_str()),
            ("x-anchorhold-user", &user),
        ];
        let body = json!({"memories": memories});
        client.post("/v1/memories/batch", &headers, &body)?;
    }
    Ok((served, key))
}

/// A reverse proxy that copies bytes and does nothing else.
struct Copying {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Copying {
    fn start(to: SocketAddr) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = runtime.block_on(TcpListener::bind(any))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let accept = async move {
            while let Ok((mut near, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let far = Stream::connect(to).await;
                    if let (Ok(mut far), Ok(())) = (far, near.set_nodelay(true)) {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        };
        let thread = std::thread::Builder::new().name("copying".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self {
            address,
            stop,
            thread,
        })
    }

    fn stop(self) {
        drop(self.stop);
        // A panic there was shown already.
        let _ = self.thread.join();
    }
}
