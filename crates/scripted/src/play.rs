//! Plays a script, byte by byte.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::reading::{self, Buffer};
use crate::words::{
    ANSWER, answer, chunk, chunks, embeddings, event, models, tool_call, tool_call_chunks,
};
use crate::{Received, Script, Shared};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
/// What [`Script::Paced`] takes for a word.
const PACE: Duration = Duration::from_millis(50);

/// Answers the requests of a connection, one after the other.
pub(crate) async fn serve(mut connection: TcpStream, shared: &Shared) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = Buffer::default();
    let mut first = [0; 1];
    // A server that reads nothing has to be known by what it does not read.
    if connection.peek(&mut first).await? == 0 {
        return Ok(());
    }
    while let Some(received) = reading::next(&mut connection, &mut buffer).await? {
        if received.target == "/received" {
            let body = told(&shared.take()).to_string();
            whole(&mut connection, "200 OK", JSON, &body).await?;
            continue;
        }
        if received.target == "/playing" {
            let body = playing(shared).to_string();
            whole(&mut connection, "200 OK", JSON, &body).await?;
            continue;
        }
        shared.keep(received.clone());
        let mut player = Player {
            connection: &mut connection,
            asked: Asked::of(&received),
            shared,
        };
        shared.playing.fetch_add(1, Ordering::AcqRel);
        let played = player.play(&received).await;
        shared.playing.fetch_sub(1, Ordering::AcqRel);
        match played {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                shared.left.fetch_add(1, Ordering::AcqRel);
                return Err(error);
            }
        }
    }
    Ok(())
}

/// What a request wants.
struct Asked {
    script: Script,
    model: String,
    is_stream: bool,
    last: String,
    all: String,
}

impl Asked {
    fn of(received: &Received) -> Self {
        let body = received.json();
        let model = body["model"].as_str().unwrap_or_default().to_owned();
        let script = Script::ALL.iter().find(|script| script.model() == model);
        let last = body["messages"].as_array().and_then(|all| all.last());
        let last = last.and_then(|message| message["content"].as_str());
        Self {
            script: script.copied().unwrap_or(Script::Answer),
            is_stream: body["stream"] == true,
            last: last.unwrap_or_default().to_owned(),
            all: received.text(),
            model,
        }
    }
}

struct Player<'a> {
    connection: &'a mut TcpStream,
    asked: Asked,
    shared: &'a Shared,
}

impl Player<'_> {
    /// Whether the connection can take another request. An error says that the other end left.
    async fn play(&mut self, received: &Received) -> io::Result<bool> {
        let path = received.target.split('?').next().unwrap_or_default();
        let whole = match path.rsplit('/').next() {
            Some("models") => Some(models()),
            Some("embeddings") => Some(embeddings(&received.json())),
            Some("completions") if !path.ends_with("/chat/completions") => Some(json!({
                "id": "cmpl-1", "object": "text_completion", "created": 1_700_000_000,
                "model": self.asked.model,
                "choices": [{"text": ANSWER, "index": 0, "logprobs": null, "finish_reason": "stop"}],
            })),
            Some("completions") => None,
            _ => return self.whole("404 Not Found", JSON, "{}").await,
        };
        match whole {
            Some(body) => self.whole("200 OK", JSON, &body.to_string()).await,
            None => self.chat().await,
        }
    }

    async fn chat(&mut self) -> io::Result<bool> {
        let refusal = |message: &str, code: &str| {
            let kind = "invalid_request_error";
            json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
                .to_string()
        };
        match self.asked.script {
            Script::HangUnread | Script::HangBeforeHead => self.hang().await,
            Script::HangInHead => {
                self.write(b"HTTP/1.1 200 OK\r\ncontent-ty").await?;
                self.hang().await
            }
            Script::HangAfterHead => {
                self.head(EVENTS).await?;
                self.hang().await
            }
            Script::Close => Ok(false),
            Script::LengthTooLong => self.length(100).await,
            Script::LengthTooShort => self.length(-5).await,
            Script::BadJson => self.whole("200 OK", JSON, "{\"choices\": [").await,
            Script::ErrorInBody => {
                let body = refusal("the model is not loaded", "model_not_loaded");
                self.whole("200 OK", JSON, &body).await
            }
            Script::Busy => {
                let kind =
                    "application/json\r\nretry-after: 7\r\nx-ratelimit-remaining-requests: 3";
                let body = refusal("slow down", "rate_limit_exceeded");
                self.whole("429 Too Many Requests", kind, &body).await
            }
            Script::BusyOnce if self.shared.is_heard(&self.asked.last) => self.said_so().await,
            Script::BusyWithout | Script::BusyOnce => {
                let body = refusal("slow down", "rate_limit_exceeded");
                self.whole("429 Too Many Requests", JSON, &body).await
            }
            Script::Page => {
                let page = "<html><body>Something went wrong.</body></html>";
                self.whole("500 Internal Server Error", "text/html", page)
                    .await
            }
            Script::Unavailable => self.whole("503 Service Unavailable", JSON, "{}").await,
            Script::Refused => {
                let body = refusal("'temperature' must be at most 2", "invalid_value");
                self.whole("400 Bad Request", JSON, &body).await
            }
            Script::KeyRefused => {
                let body = refusal("Incorrect API key provided: sk-up***7f.", "invalid_api_key");
                self.whole("401 Unauthorized", JSON, &body).await
            }
            Script::Redirect => {
                let kind = "text/plain\r\nlocation: http://169.254.169.254/latest/meta-data/";
                self.whole("307 Temporary Redirect", kind, "").await
            }
            Script::Gzip => self.gzip().await,
            _ => self.said_so().await,
        }
    }

    /// The answer, as it is wanted.
    async fn said_so(&mut self) -> io::Result<bool> {
        if self.asked.is_stream {
            self.streamed().await
        } else {
            self.answered().await
        }
    }

    /// A whole answer.
    async fn answered(&mut self) -> io::Result<bool> {
        let model = self.asked.model.clone();
        let mut body = answer(&model, self.said());
        match self.asked.script {
            Script::ToolCall => {
                body["choices"][0]["message"] = json!({
                    "role": "assistant", "content": null, "tool_calls": [tool_call()],
                });
                body["choices"][0]["finish_reason"] = "tool_calls".into();
            }
            Script::TwoChoices => {
                let mut second = body["choices"][0].clone();
                second["index"] = 1.into();
                second["logprobs"] = json!({"content": [{"token": "Of", "logprob": -0.25}]});
                if let Some(choices) = body["choices"].as_array_mut() {
                    choices.push(second);
                }
            }
            Script::Reasoning => {
                body["choices"][0]["message"]["reasoning_content"] = "Let me think.".into();
            }
            _ => {}
        }
        self.whole("200 OK", JSON, &body.to_string()).await
    }

    /// A stream.
    async fn streamed(&mut self) -> io::Result<bool> {
        let model = self.asked.model.clone();
        let script = self.asked.script;
        let mut events = chunks(&model, self.said());
        if script == Script::ToolCall {
            events = tool_call_chunks(&model);
        }
        if script == Script::Reasoning {
            let delta = json!([{"index": 0, "delta": {"reasoning_content": "Let me think."}}]);
            events.insert(1, chunk(&model, &delta));
        }
        if script == Script::TwoChoices {
            let second = json!([{"index": 1, "delta": {"content": "No."}, "finish_reason": null}]);
            events.insert(2, chunk(&model, &second));
        }
        if script == Script::UsageChunk {
            let mut usage = chunk(&model, &json!([]));
            usage["usage"] =
                json!({"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21});
            events.push(usage);
        }
        if script == Script::LongLine {
            let long = "long ".repeat(200 * 1024);
            let delta = json!([{"index": 0, "delta": {"content": long}, "finish_reason": null}]);
            events.insert(1, chunk(&model, &delta));
        }
        let bytes = written(script, &events);
        self.head(EVENTS).await?;
        match script {
            Script::Trickle | Script::SplitCharacters => {
                let size = if script == Script::Trickle { 1 } else { 7 };
                for piece in bytes.chunks(size) {
                    self.chunk(piece).await?;
                    tokio::task::yield_now().await;
                }
            }
            Script::HangInStream | Script::ResetInStream | Script::CutInChunk => {
                self.chunk(bytes.get(..bytes.len() / 2).unwrap_or_default())
                    .await?;
                match script {
                    Script::HangInStream => return self.hang().await,
                    Script::CutInChunk => self.write(b"ff\r\ndata: {").await?,
                    // Closed with nothing lingering, it is reset.
                    _ => self.connection.set_zero_linger()?,
                }
                return Ok(false);
            }
            _ => {
                for event in bytes.split_inclusive(|byte| *byte == b'\n') {
                    self.chunk(event).await?;
                    if script == Script::Paced && event == b"\n" {
                        tokio::time::sleep(PACE).await;
                    }
                }
            }
        }
        if script == Script::HangAtEnd {
            return self.hang().await;
        }
        self.write(b"0\r\n\r\n").await?;
        Ok(true)
    }

    fn said(&self) -> &str {
        match self.asked.script {
            Script::Echo => &self.asked.last,
            Script::Mirror => &self.asked.all,
            _ => ANSWER,
        }
    }

    async fn whole(&mut self, status: &str, kind: &str, body: &str) -> io::Result<bool> {
        whole(self.connection, status, kind, body).await?;
        Ok(true)
    }

    /// A body that is longer or shorter than its head says.
    async fn length(&mut self, more: i64) -> io::Result<bool> {
        let body = answer(&self.asked.model, ANSWER).to_string();
        let length = i64::try_from(body.len()).unwrap_or(i64::MAX) + more;
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\r\n");
        self.write(head.as_bytes()).await?;
        self.write(body.as_bytes()).await?;
        Ok(false)
    }

    /// Bytes that only look compressed: what matters is that nobody takes them for text.
    async fn gzip(&mut self) -> io::Result<bool> {
        let body = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x01, 0x02,
        ];
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
        );
        self.write(head.as_bytes()).await?;
        self.write(&body).await?;
        Ok(true)
    }

    async fn head(&mut self, kind: &str) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        self.write(head.as_bytes()).await
    }

    async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.write(&chunk).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.connection.write_all(bytes).await
    }

    /// Does nothing until the other end leaves.
    async fn hang(&mut self) -> io::Result<bool> {
        let mut byte = [0; 64];
        while self.connection.read(&mut byte).await? > 0 {}
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

async fn whole(connection: &mut TcpStream, status: &str, kind: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(body.as_bytes()).await
}

/// What was received, for programs that are no part of this one.
fn told(received: &[Received]) -> Value {
    let one = |one: &Received| {
        json!({
            "method": one.method, "target": one.target, "headers": one.headers, "body": one.text(),
        })
    };
    received.iter().map(one).collect()
}

/// What is under way, for the same programs.
fn playing(shared: &Shared) -> Value {
    json!({
        "playing": shared.playing.load(Ordering::Acquire),
        "left": shared.left.load(Ordering::Acquire),
    })
}

/// The bytes of a stream, as a script writes them.
fn written(script: Script, events: &[Value]) -> Vec<u8> {
    let mut text = String::new();
    for (number, one) in events.iter().enumerate() {
        match script {
            Script::Comments => {
                text.push_str(": still here\n\nid: 7\nretry: 10\n");
                text.push_str(&event(one));
            }
            Script::BadEvents if number == 2 => text.push_str("data: {\"choices\": oops\n\n"),
            Script::CrLf => text.push_str(&event(one).replace('\n', "\r\n")),
            Script::MixedLines if number % 2 == 0 => {
                text.push_str(&event(one).replace('\n', "\r\n"));
            }
            _ => text.push_str(&event(one)),
        }
    }
    if script != Script::NoDone {
        text.push_str("data: [DONE]\n\n");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{chunks, written};
    use crate::{ANSWER, Script, words};

    #[test]
    fn what_is_streamed_is_what_the_words_say() {
        let bytes = written(Script::Answer, &chunks("answer", ANSWER));
        assert_eq!(bytes, words::stream("answer", ANSWER).into_bytes());
    }
}
