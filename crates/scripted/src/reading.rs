//! Reads requests from a connection.

use std::io;

use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Such as `POST`.
    pub method: String,
    /// Such as `/v1/chat/completions`.
    pub target: String,
    /// Header lines, with names in lower case, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The first line of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter();
        let line = lines.find(|(known, _)| known == name)?;
        Some(&line.1)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What came and was not read as part of a request.
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

/// The next request; `None` at the end of the connection.
pub(crate) async fn next(
    connection: &mut TcpStream,
    buffer: &mut Buffer,
) -> io::Result<Option<Received>> {
    let head_end = loop {
        if let Some(at) = position(&buffer.0, b"\r\n\r\n") {
            break at;
        }
        if connection.read_buf(&mut buffer.0).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(buffer.0.get(..head_end).unwrap_or_default()).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let (method, target) = (word(first.next()), word(first.next()));
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let mut received = Received {
        method,
        target,
        headers: headers.collect(),
        body: Vec::new(),
    };
    let length = received.header("content-length");
    let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let body_start = head_end + 4;
    while buffer.0.len() < body_start + length {
        if connection.read_buf(&mut buffer.0).await? == 0 {
            return Ok(None);
        }
    }
    let rest = buffer.0.split_off(body_start + length);
    received.body = buffer.0.split_off(body_start);
    buffer.0 = rest;
    Ok(Some(received))
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
