//! An embedder of another house is believed only when it answers what it was asked, in time.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anchorhold_embed::{Embedder as _, Error, RemoteEmbedder, RemoteSettings, Upstream};
use anchorhold_model::{Clock, Timestamp};

pub(crate) const KEY: &str = "sk-canary-of-the-key";
pub(crate) const TEXT: &str = "canary of the text";

struct RealClock(Instant);

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(0)
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "the deadline is of real time")]
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(RealClock(Instant::now()))
}

/// Another house: answers one request after the other by its script, the last line for ever.
struct House {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
    calls: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

type Script = Vec<fn(&mut TcpStream, &serde_json::Value)>;

impl House {
    fn new(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, calls) = (Arc::new(Mutex::new(Vec::new())), Arc::default());
        let stop = Arc::new(AtomicBool::new(false));
        let (seen, counted, stopped) = (
            Arc::clone(&heads),
            Arc::<AtomicUsize>::clone(&calls),
            Arc::clone(&stop),
        );
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                let mut stream = stream.unwrap();
                let Some((head, body)) = request(&mut stream) else {
                    continue;
                };
                seen.lock().unwrap().push(head);
                let call = counted.fetch_add(1, Ordering::AcqRel);
                script[call.min(script.len() - 1)](&mut stream, &body);
            }
        });
        Self {
            url: format!("http://{address}/v1"),
            heads,
            calls,
            stop,
            thread: Some(thread),
        }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Acquire)
    }

    fn settings(&self) -> RemoteSettings {
        RemoteSettings {
            name: "house".to_owned(),
            url: self.url.clone(),
            model: "small".to_owned(),
            dimension: 3,
            key: Some(KEY.to_owned()),
            authorities: None,
            private: true,
            deadline: Duration::from_secs(2),
            window_bytes: 1_000,
            batch_max: 4,
            calls_max: 2,
        }
    }

    fn embedder(&self) -> RemoteEmbedder {
        RemoteEmbedder::new(self.settings(), clock()).unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = TcpStream::connect(
            self.url
                .trim_start_matches("http://")
                .trim_end_matches("/v1"),
        );
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) fn request(stream: &mut impl Read) -> Option<(String, serde_json::Value)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split("content-length: ").nth(1)?;
            let length: usize = length.lines().next()?.parse().ok()?;
            if body.len() >= length {
                return Some((head.to_owned(), serde_json::from_str(body).unwrap()));
            }
        }
    }
}

pub(crate) fn answer(stream: &mut impl Write, status: &str, headers: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// The vectors of the inputs in reverse order: the index says where each belongs.
pub(crate) fn honest<S: Write>(stream: &mut S, body: &serde_json::Value) {
    let inputs = body["input"].as_array().unwrap();
    let item = |(index, text): (usize, &serde_json::Value)| {
        let length = text.as_str().unwrap().len() as f32;
        serde_json::json!({"index": index, "embedding": [length, 4.0, 0.0], "object": "embedding"})
    };
    let mut data: Vec<_> = inputs.iter().enumerate().map(item).collect();
    data.reverse();
    let body = serde_json::json!({"object": "list", "data": data, "usage": {"total_tokens": 1}});
    answer(stream, "200 OK", "", &body.to_string());
}

fn says(stream: &mut TcpStream, data: &str) {
    answer(stream, "200 OK", "", &format!("{{\"data\": {data}}}"));
}

fn failure(house: &House) -> Upstream {
    let outcome = house.embedder().embed(TEXT);
    let error = outcome.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("canary") && !shown.contains("127.0.0.1"),
        "{shown}"
    );
    match error {
        Error::Upstream(upstream) => upstream,
        other => unreachable!("{other}"),
    }
}

#[test]
fn every_text_gets_its_own_unit_vector_whatever_the_order_of_the_answer() {
    let house = House::new(vec![honest]);
    let texts = ["abc", "", "a", "abcdefgh", "ab", "abc"];
    let made = house.embedder().embed_batch(&texts, &|| true).unwrap();
    for (text, embedding) in texts.iter().zip(&made) {
        let length = text.len() as f32;
        let norm = length.hypot(4.0);
        let expected = [length / norm, 4.0 / norm, 0.0];
        let near = embedding.vector.iter().zip(expected);
        assert!(
            near.into_iter()
                .all(|(one, other)| (one - other).abs() < 1e-6)
        );
    }
    assert_eq!(house.calls(), 2, "six inputs, four in a request");
    let heads = house.heads.lock().unwrap();
    assert!(
        heads
            .iter()
            .all(|head| head.starts_with("POST /v1/embeddings "))
    );
    assert!(heads.iter().all(|head| head.contains(KEY)));
}

#[test]
fn every_request_is_asked_for_before_it_leaves_also_when_it_is_repeated() {
    let texts = ["one", "two", "three", "four", "five", "six"];
    let house = House::new(vec![honest]);
    let asked = AtomicUsize::new(0);
    let once = || asked.fetch_add(1, Ordering::AcqRel) == 0;
    let stopped = house.embedder().embed_batch(&texts, &once);
    assert_eq!(stopped, Err(Error::Stopped));
    assert_eq!(house.calls(), 1, "four of six inputs had left");
    let failing = House::new(vec![|stream, _| {
        answer(stream, "500 Internal Server Error", "", "");
    }]);
    asked.store(0, Ordering::Release);
    let stopped = failing.embedder().embed_batch(&texts[..1], &once);
    assert_eq!(stopped, Err(Error::Stopped));
    assert_eq!(failing.calls(), 1, "it was not sent again");
}

#[test]
fn a_long_text_is_read_whole_in_several_pieces() {
    let house = House::new(vec![honest]);
    let long = "words of a long text ".repeat(150);
    let made = house.embedder().embed(&long).unwrap();
    assert_eq!(made.windows, 4);
    let length: f32 = made.vector.iter().map(|value| value * value).sum();
    assert!((length - 1.0).abs() < 1e-5);
    let error = house.embedder().embed(&"a".repeat(129 * 1024)).unwrap_err();
    assert!(matches!(error, Error::TextTooLong { .. }));
}

#[test]
fn an_answer_that_is_not_what_was_asked_is_not_believed() {
    let wrong: [fn(&mut TcpStream, &serde_json::Value); 9] = [
        |stream, _| says(stream, "[]"),
        |stream, _| says(stream, "[{\"index\": 0, \"embedding\": [1, 2]}]"),
        |stream, _| says(stream, "[{\"index\": 1, \"embedding\": [1, 2, 3]}]"),
        |stream, _| says(stream, "[{\"index\": 0, \"embedding\": [0, 0, 0]}]"),
        |stream, _| says(stream, "[{\"index\": 0, \"embedding\": [1e60, 0, 0]}]"),
        |stream, _| says(stream, "[{\"index\": 0, \"embedding\": [NaN, 0, 0]}]"),
        |stream, _| {
            says(
                stream,
                "[{\"index\": 0, \"embedding\": [1,2,3]}, {\"index\": 0, \"embedding\": [1,2,3]}]",
            );
        },
        |stream, _| answer(stream, "200 OK", "", "not json"),
        |stream, _| answer(stream, "200 OK", "", &" ".repeat(1_000_000)),
    ];
    for (case, script) in wrong.into_iter().enumerate() {
        let house = House::new(vec![script]);
        let failure = failure(&house);
        assert!(
            matches!(failure, Upstream::Malformed(_)),
            "{case}: {failure:?}"
        );
        assert_eq!(house.calls(), 1, "{case}: it is not asked again");
    }
}

#[test]
fn a_redirect_is_an_answer_and_the_key_stays_with_its_host() {
    static ELSEWHERE: Mutex<String> = Mutex::new(String::new());
    let elsewhere = House::new(vec![honest]);
    elsewhere.url.clone_into(&mut ELSEWHERE.lock().unwrap());
    let house = House::new(vec![|stream, _| {
        let location = format!("location: {}/embeddings\r\n", ELSEWHERE.lock().unwrap());
        answer(stream, "307 Temporary Redirect", &location, "");
    }]);
    assert_eq!(failure(&house), Upstream::Status(307));
    assert_eq!(elsewhere.calls(), 0);
}

#[test]
fn a_busy_house_is_asked_again_and_a_refusing_one_is_not() {
    let house = House::new(vec![
        |stream, _| answer(stream, "429 Too Many Requests", "retry-after: 1\r\n", ""),
        |stream, _| answer(stream, "500 Internal Server Error", "", "canary"),
        honest,
    ]);
    house.embedder().embed(TEXT).unwrap();
    assert_eq!(house.calls(), 3);
    let broken = House::new(vec![|stream, _| answer(stream, "503 Gone", "", "")]);
    assert_eq!(failure(&broken), Upstream::Status(503));
    assert_eq!(broken.calls(), 3, "not for ever");
    let refusing = House::new(vec![|stream, _| answer(stream, "401 No", "", "canary")]);
    assert_eq!(failure(&refusing), Upstream::Status(401));
    assert_eq!(refusing.calls(), 1);
    let patient = House::new(vec![|stream, _| {
        answer(stream, "429 Wait", "retry-after: 3600\r\n", "");
    }]);
    assert_eq!(failure(&patient), Upstream::Status(429));
    assert_eq!(patient.calls(), 1, "nobody waits beyond the deadline");
}

#[test]
fn a_house_that_hangs_drips_or_hangs_up_costs_no_more_than_the_deadline() {
    let hanging = House::new(vec![|_, _| std::thread::sleep(Duration::from_secs(4))]);
    let dripping = House::new(vec![|stream, _| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        for _ in 0..40 {
            std::thread::sleep(Duration::from_millis(100));
            if stream.write_all(b" ").is_err() {
                return;
            }
        }
    }]);
    for house in [&hanging, &dripping] {
        let clock = clock();
        assert_eq!(failure(house), Upstream::Late);
        assert!(clock.monotonic() < Duration::from_millis(3_500));
    }
    let resetting = House::new(vec![|_, _| {}]);
    assert_eq!(failure(&resetting), Upstream::Unreachable);
}

#[test]
fn texts_reach_private_addresses_that_are_configured_and_no_other() {
    let house = House::new(vec![honest]);
    let settings = RemoteSettings {
        // A public address: nothing is sent there in clear, so no connection is tried.
        url: "http://192.88.98.1:9/v1".to_owned(),
        ..house.settings()
    };
    let embedder = RemoteEmbedder::new(settings, clock()).unwrap();
    let error = embedder.embed(TEXT).unwrap_err();
    assert_eq!(error, Error::Upstream(Upstream::Unreachable));
    let settings = RemoteSettings {
        private: false,
        ..house.settings()
    };
    assert!(
        RemoteEmbedder::new(settings, clock()).is_err(),
        "plain HTTP"
    );
}
