//! `mcp`: a bridge for clients of the Model Context Protocol that start a program and speak with it over its
//! standard input and output. Each line is one message, and goes to `/mcp` of the server as it is: the tools and
//! all rules are there. Nothing but messages goes to standard output.

use std::io::{self, BufRead, Read as _, Write};

use anchorhold_client::wire::ErrorBody;
use anchorhold_client::{Client, McpHead};
use anchorhold_model::limits::BODY_BYTES_MAX;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::visible;

/// The first version of the protocol that has the method and the name of a tool beside a message.
const BESIDE_FROM: &str = "2026-07-28";
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// JSON-RPC: it is no message.
const INVALID: i32 = -32600;
/// JSON-RPC: the server refuses, or is not there; the range is for servers' own errors.
const REFUSED: i32 = -32000;

/// Let a program that speaks the Model Context Protocol over standard input and output use the memory.
#[derive(Args)]
pub(crate) struct Mcp {
    #[command(flatten)]
    connection: Connection,
}

impl Mcp {
    /// Passes messages on until standard input ends.
    pub(crate) fn run(self) -> Result<(), Error> {
        let bridge = Bridge {
            client: self.connection.client()?,
            session: None,
            version: None,
        };
        bridge.pass(io::stdin().lock(), &mut io::stdout().lock())
    }
}

/// What of a message is looked at.
#[derive(Default, Deserialize)]
struct Message {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    params: Option<Value>,
}

impl Message {
    /// The version that a message names itself.
    fn version(&self) -> Option<&str> {
        self.params.as_ref()?.get("_meta")?.get(VERSION)?.as_str()
    }

    fn tool(&self) -> Option<&str> {
        let is_call = self.method.as_deref() == Some("tools/call");
        let params = self.params.as_ref().filter(|_| is_call)?;
        params.get("name")?.as_str()
    }
}

/// What is agreed on between the two ends.
struct Bridge {
    client: Client,
    session: Option<String>,
    version: Option<String>,
}

impl Bridge {
    fn pass(mut self, mut lines: impl BufRead, answers: &mut impl Write) -> Result<(), Error> {
        loop {
            let mut line = Vec::new();
            let most = u64::try_from(BODY_BYTES_MAX).unwrap_or(u64::MAX);
            let read = lines.by_ref().take(most + 1).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(());
            }
            if line.len() > BODY_BYTES_MAX && !line.ends_with(b"\n") {
                skip_line(&mut lines)?;
                let problem = format!("a message must be at most {BODY_BYTES_MAX} bytes");
                write_line(answers, &failure(&Value::Null, INVALID, &problem))?;
                continue;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if let Some(answer) = self.answer(line) {
                write_line(answers, &answer)?;
            }
        }
    }

    /// What a line is answered; nothing where no answer is due.
    fn answer(&mut self, line: Vec<u8>) -> Option<Vec<u8>> {
        let message: Message = serde_json::from_slice(&line).unwrap_or_default();
        let id = message.id.clone().unwrap_or_default();
        let sent = self.client.mcp(line, &self.head(&message));
        let reply = match sent.map_err(refused) {
            Ok(reply) => reply,
            Err(error) => return told(&id, &error.to_string()),
        };
        if let Ok(body) = serde_json::from_slice::<ErrorBody>(&reply.body) {
            let error = body.error;
            let problem = format!("{}: {}", error.code, error.message);
            return told(&id, &problem);
        }
        if message.method.as_deref() == Some("initialize") {
            self.agree(&reply.body);
            self.session = reply.session;
        }
        // A line is one message; JSON of the server's has no breaks.
        let body = reply.body;
        let is_line = !body.is_empty() && !body.contains(&b'\n');
        is_line.then_some(body)
    }

    fn head(&self, message: &Message) -> McpHead {
        let own = message.version().map(str::to_owned);
        let is_handshake = message.method.as_deref() == Some("initialize");
        let version = own
            .or_else(|| self.version.clone())
            .filter(|_| !is_handshake);
        let is_beside = version
            .as_deref()
            .is_some_and(|version| version >= BESIDE_FROM);
        let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let method = message
            .method
            .as_deref()
            .filter(plain)
            .filter(|_| is_beside);
        let name = message.tool().filter(plain).filter(|_| is_beside);
        McpHead {
            session: self.session.clone().filter(|_| !is_handshake),
            method: method.map(str::to_owned),
            name: name.map(str::to_owned),
            version,
        }
    }

    /// Takes the version that the server chose.
    fn agree(&mut self, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let version = answer
            .get("result")
            .and_then(|result| result.get("protocolVersion"));
        self.version = version.and_then(Value::as_str).map(str::to_owned);
    }
}

/// Tells of a failure: the client where it waits for an answer, else the log.
fn told(id: &Value, problem: &str) -> Option<Vec<u8>> {
    if !id.is_null() {
        return Some(failure(id, REFUSED, problem));
    }
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "anchorhold: {}", visible(problem));
    None
}

fn failure(id: &Value, code: i32, problem: &str) -> Vec<u8> {
    let error = json!({"code": code, "message": problem});
    json!({"jsonrpc": "2.0", "id": id, "error": error})
        .to_string()
        .into_bytes()
}

/// Reads the rest of a line and keeps nothing of it.
fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    loop {
        let piece = lines.fill_buf()?;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let (length, is_over) = match end {
            Some(end) => (end + 1, true),
            None => (piece.len(), piece.is_empty()),
        };
        lines.consume(length);
        if is_over {
            return Ok(());
        }
    }
}

fn write_line(answers: &mut impl Write, answer: &[u8]) -> Result<(), Error> {
    answers.write_all(answer)?;
    answers.write_all(b"\n")?;
    Ok(answers.flush()?)
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::skip_line;

    #[test]
    fn of_a_line_that_is_too_long_nothing_is_left() {
        for (text, rest) in [("ab\ncd\n", "cd"), ("ab", ""), ("\ncd", "cd"), ("", "")] {
            for capacity in 1..4 {
                let mut lines = std::io::BufReader::with_capacity(capacity, text.as_bytes());
                skip_line(&mut lines).unwrap();
                let left = lines.lines().next().transpose().unwrap();
                assert_eq!(left.unwrap_or_default(), rest);
            }
        }
    }
}
