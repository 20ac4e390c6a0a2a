//! An embedder of another house, as a server sees it: a listener that counts who comes.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// Numbers in each of its vectors.
pub(crate) const UPSTREAM_DIMENSION: usize = 12;

/// It serves until the tests end; every request has a connection of its own.
#[derive(Clone)]
pub(crate) struct Upstream {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    /// The status of its answers.
    status: Arc<AtomicUsize>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
            status: Arc::new(AtomicUsize::new(200)),
        };
        let serving = upstream.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serving.connections.fetch_add(1, Ordering::AcqRel);
                serving.answer(&mut stream.unwrap());
            }
        });
        upstream
    }

    /// What the configuration says of it.
    pub(crate) fn table(&self, name: &str, more: &str) -> String {
        format!(
            "[[embedders]]\nname = \"{name}\"\nurl = \"http://{}/v1\"\nmodel = \"small\"\n\
             dimension = {UPSTREAM_DIMENSION}\nprivate = true\n{more}\n",
            self.address
        )
    }

    /// Connections that were ever made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    /// All that was ever sent to it.
    pub(crate) fn heard(&self) -> String {
        self.requests.lock().unwrap().concat()
    }

    /// From now on it answers with this status.
    pub(crate) fn answers_with(&self, status: usize) {
        self.status.store(status, Ordering::Release);
    }

    fn answer(&self, stream: &mut TcpStream) {
        let Some((head, inputs)) = read(stream) else {
            return;
        };
        let data: Vec<Value> = inputs
            .iter()
            .enumerate()
            .map(|(index, text)| json!({"index": index, "embedding": vector(text)}))
            .collect();
        let mut requests = self.requests.lock().unwrap();
        requests.push(format!("{head}\n{inputs:?}\n"));
        drop(requests);
        let body = json!({"data": data}).to_string();
        let status = self.status.load(Ordering::Acquire);
        // The server may have given up meanwhile.
        let _ = write!(
            stream,
            "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }
}

/// The head and the inputs of a request.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<String>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        // The body is whole when it reads as JSON.
        if let Ok(body) = serde_json::from_slice::<Value>(&bytes[end + 4..]) {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let inputs = body["input"].as_array()?.iter();
            let inputs = inputs.map(|text| text.as_str().unwrap().to_owned());
            return Some((head, inputs.collect()));
        }
    }
}

/// Equal texts have equal vectors, others seldom.
fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.25; UPSTREAM_DIMENSION];
    for (place, byte) in text.bytes().enumerate() {
        vector[place % UPSTREAM_DIMENSION] += f32::from(byte);
    }
    vector
}
