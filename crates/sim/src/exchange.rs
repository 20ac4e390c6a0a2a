//! A request as the bytes of HTTP/1.1, and a reply back from them, with everything a caller sees.

use std::fmt::Write as _;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use crate::request::{Reply, Request};

/// What of a reply is not compared. Nothing else is left out.
pub const ALLOWED: [&str; 2] = [
    "the header `x-anchorhold-request-id` and the same id in a body: 128 random bits",
    "the header `date`: the time of the machine",
];

const REQUEST_ID: &str = "x-anchorhold-request-id";
const DATE: &str = "date";

/// The bytes of a request.
pub fn encode(request: &Request) -> Vec<u8> {
    let (method, _) = request.verb.route();
    let mut head = format!(
        "{method} {} HTTP/1.1\r\nhost: localhost\r\n",
        request.target()
    );
    for (name, value) in &request.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let sent = request.sent();
    if let Some((media_type, body)) = &sent {
        let length = body.len();
        write!(
            head,
            "content-type: {media_type}\r\ncontent-length: {length}\r\n"
        )
        .unwrap();
    }
    head.push_str("\r\n");
    head.push_str(&sent.map_or_else(String::new, |(_, body)| body));
    head.into_bytes()
}

/// A reply as it came.
pub struct Exchange {
    status: u16,
    head: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Reads a whole reply; `None` when the connection ends before its first byte.
pub async fn read(line: &mut (impl AsyncBufRead + Unpin)) -> Option<Exchange> {
    let mut head = String::new();
    if line.read_line(&mut head).await.ok()? == 0 {
        return None;
    }
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let mut text = String::new();
        line.read_line(&mut text).await.unwrap();
        let Some((name, value)) = text.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut exchange = Exchange {
        status,
        head,
        headers,
        body: Vec::new(),
    };
    exchange.body = match exchange.header("content-length") {
        Some(length) => {
            let mut body = vec![0; length.parse().unwrap()];
            line.read_exact(&mut body).await.unwrap();
            body
        }
        None if exchange.header("transfer-encoding").is_some() => chunks(line).await,
        None => Vec::new(),
    };
    Some(exchange)
}

/// A body in pieces, with their lengths: where a piece ends is seen too.
async fn chunks(line: &mut (impl AsyncBufRead + Unpin)) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut length = String::new();
        line.read_line(&mut length).await.unwrap();
        let bytes = usize::from_str_radix(length.trim_end(), 16).unwrap();
        let mut chunk = vec![0; bytes + 2];
        line.read_exact(&mut chunk).await.unwrap();
        if bytes == 0 {
            return body;
        }
        chunk.truncate(bytes);
        body.append(&mut chunk);
    }
}

impl Exchange {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the connection ends here.
    pub fn is_last(&self) -> bool {
        self.header("connection") == Some("close")
    }

    /// Every byte that is compared, and the body where the request was not refused.
    pub fn into_reply(self) -> Reply {
        let mut text = self.head.clone();
        for (name, value) in &self.headers {
            if name != REQUEST_ID && name != DATE {
                writeln!(text, "{name}: {value}").unwrap();
            }
        }
        let mut body = String::from_utf8(self.body.clone()).unwrap();
        if let Some(id) = self.header(REQUEST_ID) {
            body = body.replace(id, "the request id");
        }
        let parsed = if self.status < 400 {
            serde_json::from_str(&body).unwrap_or_else(|_| body.clone().into())
        } else {
            Value::Null
        };
        text.push_str(&body);
        Reply { text, body: parsed }
    }
}
