//! A server of a few lines: takes one connection for each canned reply and keeps what it was sent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;

use serde_json::Value;

/// What one request was.
pub(crate) struct Received {
    /// Method and target.
    pub(crate) line: String,
    /// By lower-case name; the bytes of values read as UTF-8.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body; null when there was none.
    pub(crate) body: Value,
}

impl Received {
    /// The value of a header; empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The server.
pub(crate) struct Responder {
    /// Its base URL.
    pub(crate) url: String,
    thread: JoinHandle<Vec<Received>>,
}

impl Responder {
    /// Answers with `replies`, the whole bytes of each, one after the other.
    pub(crate) fn answering(replies: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let thread = std::thread::spawn(move || {
            let serve = |reply: Vec<u8>| {
                let (mut stream, _) = listener.accept().expect("a connection");
                let received = receive(&stream);
                stream.write_all(&reply).expect("a client that listens");
                let _ = stream.shutdown(Shutdown::Write);
                // A client that still writes the end of its body is not cut off.
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
                received
            };
            replies.into_iter().map(serve).collect()
        });
        Self { url, thread }
    }

    /// Answers once with a status and a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::answering(vec![reply(status, "", &body.to_string())])
    }

    /// What was received, once every reply was given.
    pub(crate) fn received(self) -> Vec<Received> {
        self.thread.join().expect("the responder ends")
    }
}

/// The bytes of a reply; `headers` end with a line break each.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Any\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn receive(stream: &TcpStream) -> Received {
    let mut reader = BufReader::new(stream);
    let mut next_line = || {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).expect("a line");
        String::from_utf8(line)
            .expect("UTF-8")
            .trim_end()
            .to_owned()
    };
    let line = next_line();
    let mut headers = BTreeMap::new();
    loop {
        let line = next_line();
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let body = match body.as_slice() {
        [] => Value::Null,
        bytes => serde_json::from_slice(bytes).expect("JSON"),
    };
    Received {
        line: line.replace(" HTTP/1.1", ""),
        headers,
        body,
    }
}
