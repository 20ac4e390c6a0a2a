//! What a request costs the server when it comes over HTTP: many small namespaces of an application
//! that makes its vectors itself, then questions in plain words.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anchorhold_embed::Embedder as _;
use serde_json::{Value, json};

use super::Size;
use super::client::{Client, head};
use super::corpus::{Numbers, Prepared, note, words};
use super::meter::{self, Reading, Until};
use super::result::Measured;
use super::served::Served;
use crate::exit::Error;
use crate::throw_away::Wish;
use anchorhold::house::builtin_embedder;

/// Memories of one batch.
const BATCH: usize = 100;
/// Different questions.
const QUESTIONS: usize = 1_000;

/// A load in batches, then questions by one client and by eight; then in words.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let namespaces = size.pick(200, 10);
    let memories = size.pick(1_000, 200);
    let count = size.pick(20_000, 2_000);
    let shape = format!("{namespaces} x {memories}");
    let real = Some(builtin_embedder()?);
    let ground = Served::new(size, Wish::new(Arc::new(Prepared { real })))?;
    let key = ground.application("vectors", &json!({"kind": "caller", "dimension": 384}))?;
    let batches = memories / BATCH;
    let load = Asked {
        route: "/v1/memories/batch",
        bodies: (0..batches).map(|number| batch(number, true)).collect(),
        user: &|number| number / batches,
    };
    let loaded = ground.run(&key, 1, namespaces * batches, &load)?;
    let name = format!("batch of {BATCH} with vectors over HTTP, {shape}");
    let mut results = vec![Measured::new(name, &loaded)];
    let asked = Asked {
        route: "/v1/recall",
        bodies: (0..QUESTIONS).map(question).collect(),
        user: &|number| Numbers::new(seed(number % QUESTIONS)).below(namespaces),
    };
    ground.run(&key, 1, QUESTIONS, &asked)?;
    for clients in [1, 8] {
        let reading = ground.run(&key, clients, count, &asked)?;
        let name = format!("recall by vector over HTTP, {shape}, clients: {clients}");
        results.push(Measured::new(name, &reading).at_most_cpu_ms(0.13));
    }
    let key = ground.application("words", &json!({"kind": "builtin"}))?;
    let load = Asked {
        bodies: (0..batches).map(|number| batch(number, false)).collect(),
        user: &|_| 0,
        ..load
    };
    ground.run(&key, 1, batches, &load)?;
    let in_words = |number: usize| json!({"query": words(seed(number), 12)}).to_string();
    let asked = Asked {
        bodies: (0..QUESTIONS).map(in_words).collect(),
        user: &|_| 0,
        ..asked
    };
    let reading = ground.run(&key, 1, count / 10, &asked)?;
    let name = format!("recall by 12 words over HTTP, 1 x {memories}, clients: 1");
    results.push(Measured::new(name, &reading));
    ground.server.stop()?;
    Ok(results)
}

/// Requests to one route; each body comes again and again, for whichever user `user` says.
struct Asked<'a> {
    route: &'static str,
    bodies: Vec<String>,
    user: &'a (dyn Fn(usize) -> usize + Sync),
}

impl Served {
    /// Sends requests, and takes the time that the clients need off the time of all.
    fn run(
        &self,
        key: &str,
        clients: usize,
        count: usize,
        asked: &Asked<'_>,
    ) -> Result<Reading, Error> {
        let connect = |_| Client::connect(&self.server.url);
        let idle = Mutex::new((0..clients).map(connect).collect::<Result<Vec<_>, _>>()?);
        let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = AtomicU64::new(0);
        let send = |number: usize| {
            let before = meter::cpu_of_thread();
            let client = idle().pop();
            let body = asked.bodies.get(number % asked.bodies.len().max(1));
            let (Some(mut client), Some(body)) = (client, body) else {
                return Err(Error::Failed("a client or a body is missing".to_owned()));
            };
            let user = format!("user-{}", (asked.user)(number));
            let headers = [("authorization", key), ("x-anchorhold-user", &user)];
            client.ask(&head(asked.route, &headers, body), body)?;
            idle().push(client);
            let spent = meter::cpu_of_thread().saturating_sub(before);
            let spent = u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX);
            theirs.fetch_add(spent, Ordering::Relaxed);
            Ok(())
        };
        let mut reading = meter::run(self.clock.as_ref(), clients, Until::Count(count), &send)?;
        let theirs = Duration::from_nanos(theirs.load(Ordering::Relaxed));
        let operations = f64::from(u32::try_from(reading.operations).unwrap_or(u32::MAX));
        reading.cpu_ms -= theirs.as_secs_f64() * 1_000.0 / operations.max(1.0);
        Ok(reading)
    }
}

fn batch(number: usize, with_vectors: bool) -> String {
    let memory = |seed: usize| {
        let text = note(self::seed(seed));
        if with_vectors {
            json!({"vector": vector(&text), "content": text})
        } else {
            json!({"content": text})
        }
    };
    let seeds = number * BATCH..(number + 1) * BATCH;
    let memories: Vec<Value> = seeds.map(memory).collect();
    json!({"memories": memories}).to_string()
}

/// A word that no memory holds, so that the ranking is that of the vectors.
fn question(number: usize) -> String {
    json!({"query": "zq", "vector": vector(&format!("question {number}"))}).to_string()
}

/// A made-up vector, with as many digits as most languages write.
fn vector(text: &str) -> Value {
    let made = Prepared { real: None }.embed(text);
    let vector = made.map(|made| made.vector).unwrap_or_default();
    vector.into_iter().map(f64::from).collect()
}

fn seed(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
