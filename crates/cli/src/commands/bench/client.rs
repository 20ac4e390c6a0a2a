//! The least that a client of HTTP can be: it costs little beside the server that is measured.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::exit::Error;

/// One connection that is kept.
pub(super) struct Client(BufReader<TcpStream>);

/// The head of a request with a JSON body.
pub(super) fn head(target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let length = body.len().to_string();
    let of_body = [
        ("content-type", "application/json"),
        ("content-length", &length),
    ];
    lines("POST", target, of_body.iter().chain(headers))
}

/// A request without a body.
pub(super) fn bare(method: &str, target: &str, headers: &[(&str, &str)]) -> String {
    lines(method, target, headers.iter())
}

/// The value of a header that shows a key.
pub(super) fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// What an answer says under this name.
pub(super) fn text(answer: &Value, name: &str) -> Result<String, Error> {
    let text = answer.get(name).and_then(Value::as_str);
    text.map(str::to_owned)
        .ok_or_else(|| Error::Failed(format!("no {name} was shown")))
}

fn lines<'a>(
    method: &str,
    target: &str,
    headers: impl Iterator<Item = &'a (&'a str, &'a str)>,
) -> String {
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        // Writing into a String cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head
}

impl Client {
    /// Connects to the server with this URL.
    pub(super) fn connect(url: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends JSON and gives the JSON of its answer.
    pub(super) fn post(
        &mut self,
        target: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value, Error> {
        let body = body.to_string();
        let answer = self.ask(&head(target, headers, &body), &body)?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// Sends a request and gives the body of its answer.
    pub(super) fn ask(&mut self, head: &str, body: &str) -> Result<Vec<u8>, Error> {
        let (status, body) = self.answer(head, body)?;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let body = String::from_utf8_lossy(&body);
        Err(Error::Failed(format!(
            "the server refused a request: {body}"
        )))
    }

    /// Sends a request and gives the status and the body of its answer, whatever it is.
    pub(super) fn answer(&mut self, head: &str, body: &str) -> Result<(u16, Vec<u8>), Error> {
        let mut request = Vec::with_capacity(head.len() + body.len());
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body.as_bytes());
        self.0.get_mut().write_all(&request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status =
            status.ok_or_else(|| Error::Failed("an answer without a status".to_owned()))?;
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }
}
