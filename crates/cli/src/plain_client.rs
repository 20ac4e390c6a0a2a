//! The least that a client of HTTP can be, for `bench` and `eval`: it costs little beside the server that is
//! measured.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::exit::Error;

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The body of an answer that is no refusal.
    pub(crate) fn wanted(self) -> Result<Vec<u8>, Error> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let body = String::from_utf8_lossy(&self.body);
        Err(Error::Failed(format!(
            "the server refused a request: {body}"
        )))
    }
}

/// One connection that is kept.
pub(crate) struct Client(BufReader<TcpStream>);

/// The head of a request with a JSON body.
pub(crate) fn head(target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let length = body.len().to_string();
    let of_body = [
        ("content-type", "application/json"),
        ("content-length", &length),
    ];
    lines("POST", target, of_body.iter().chain(headers))
}

/// A request without a body.
pub(crate) fn bare(method: &str, target: &str, headers: &[(&str, &str)]) -> String {
    lines(method, target, headers.iter())
}

/// The value of a header that shows a key.
pub(crate) fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// What an answer says under this name.
pub(crate) fn text(answer: &Value, name: &str) -> Result<String, Error> {
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
    pub(crate) fn connect(url: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends JSON and gives the JSON of its answer.
    pub(crate) fn post(
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
    pub(crate) fn ask(&mut self, head: &str, body: &str) -> Result<Vec<u8>, Error> {
        self.answer(head, body)?.wanted()
    }

    /// Sends a request and gives its answer, whatever it is.
    pub(crate) fn answer(&mut self, head: &str, body: &str) -> Result<Answer, Error> {
        let mut request = Vec::with_capacity(head.len() + body.len());
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body.as_bytes());
        self.0.get_mut().write_all(&request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status =
            status.ok_or_else(|| Error::Failed("an answer without a status".to_owned()))?;
        let mut headers = Vec::new();
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        let length = answer.header("content-length");
        let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        answer.body = vec![0; length];
        self.0.read_exact(&mut answer.body)?;
        Ok(answer)
    }
}
