//! A client that sees every byte, and that fails a test when a refusal is not in the document.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anchorhold_crypto::{RequestKey, Secret, sha256};
use anchorhold_identity::{Fields, canonical};
use anchorhold_model::{hex, unhex};
use serde_json::Value;

/// A key for signing requests, as its maker is shown it.
pub(crate) struct SigningKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A request that is being put together.
#[derive(Clone)]
pub(crate) struct Ask {
    address: SocketAddr,
    document: &'static str,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    pub(crate) fn new(
        address: SocketAddr,
        document: &'static str,
        method: &str,
        target: &str,
    ) -> Self {
        Self {
            address,
            document,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("Authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn user(self, user: &str) -> Self {
        self.header("x-anchorhold-user", user)
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.header("Content-Type", "application/json")
            .bytes(body.to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The same of another method and target.
    pub(crate) fn to(mut self, method: &str, target: &str) -> Self {
        method.clone_into(&mut self.method);
        self.with_target(target)
    }

    pub(crate) fn with_target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Signs all that was put together so far, as a backend does.
    pub(crate) fn signed(self, key: &SigningKey, seconds: i64, nonce: &str) -> Self {
        let timestamp = seconds.to_string();
        let host = self.address.to_string();
        let of = |name: &str| {
            let line = self.headers.iter().find(|(known, _)| known == name);
            line.map_or("", |(_, value)| value.as_str())
        };
        let fields = Fields {
            key_id: &key.id,
            timestamp: &timestamp,
            nonce,
            host: &host,
            user: of("x-anchorhold-user"),
            workspace: of("x-anchorhold-workspace"),
            agent: of("x-anchorhold-agent"),
            thread: of("x-anchorhold-thread"),
            namespace: of("x-anchorhold-namespace"),
            isolation_key: of("x-isolation-key"),
        };
        let body = sha256(self.body.as_deref().unwrap_or_default());
        let bytes = canonical(&fields, &self.method, &self.target, &body);
        let secret = Secret::new(unhex(&key.secret).unwrap());
        let signature = hex(&RequestKey::new(&secret).sign(&bytes));
        self.header("x-anchorhold-key-id", &key.id)
            .header("x-anchorhold-timestamp", &timestamp)
            .header("x-anchorhold-nonce", nonce)
            .header("x-anchorhold-signature", &signature)
    }

    /// The headers that were put together so far.
    pub(crate) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Opens a connection, sends the request and leaves the reply unread.
    pub(crate) fn start(&self) -> TcpStream {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            write!(head, "Host: {}\r\n", self.address).unwrap();
        }
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = &self.body {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        head.push_str("Connection: close\r\n\r\n");
        let mut stream = open(self.address);
        stream.write_all(head.as_bytes()).unwrap();
        if let Some(body) = &self.body {
            // A server that refuses early need not read it all.
            let _ = stream.write_all(body);
        }
        stream
    }

    pub(crate) fn send(&self) -> Reply {
        let reply = read_reply(&mut self.start(), self.method == "HEAD");
        self.check_documented(&reply);
        reply
    }

    /// A refusal of a documented operation stands in the document.
    fn check_documented(&self, reply: &Reply) {
        assert!(
            reply.header("x-anchorhold-request-id").is_some(),
            "{reply:?}"
        );
        let is_page = self.headers.iter().any(|(name, _)| name == "Origin");
        if is_page || matches!(reply.status, 405 | 408) || self.method == "HEAD" {
            return;
        }
        let document: Value = serde_json::from_str(self.document).unwrap();
        let path = self.target.split('?').next().unwrap();
        let paths = document["paths"].as_object().unwrap();
        let Some((template, item)) = paths.iter().find(|(template, _)| is_of(template, path))
        else {
            return;
        };
        let Some(operation) = item.get(self.method.to_lowercase()) else {
            return;
        };
        let response = &operation["responses"][reply.status.to_string()];
        assert!(
            response.is_object(),
            "{template}: {} is not documented",
            reply.status
        );
        // What a model server refuses is in words of its own.
        if reply.status >= 400 && !reply.json()["error"]["request_id"].is_null() {
            let code = &reply.json()["error"]["code"];
            let codes = response["x-anchorhold-codes"].as_array().unwrap();
            assert!(codes.contains(code), "{template}: {code} is not documented");
        }
    }
}

fn is_of(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(path).all(|(template, part)| {
            (template.starts_with('{') && !part.is_empty()) || *template == part
        })
}

/// A connection that gives up after ten seconds.
pub(crate) fn open(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// Reads one reply.
pub(crate) fn read_reply(stream: &mut TcpStream, without_body: bool) -> Reply {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line
        .split(' ')
        .nth(1)
        .unwrap_or_else(|| panic!("no reply: {line:?}"));
    let status = status.parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut reply = Reply {
        status,
        headers,
        body: Vec::new(),
    };
    let length = reply
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = read_chunks(&mut reader);
    } else if !without_body {
        reply.body = vec![0; length];
        reader.read_exact(&mut reply.body).unwrap();
    }
    reply
}

/// Reads a body in pieces; one that was cut fails the test.
fn read_chunks(reader: &mut impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let length = usize::from_str_radix(line.trim_end(), 16)
            .unwrap_or_else(|_| panic!("the body was cut: {line:?}"));
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).unwrap();
        assert!(chunk.ends_with(b"\r\n"));
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&chunk[..length]);
    }
}

/// A reply, every byte of it.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The status and the code of a refusal; checks the shape of its body.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        let body = self.json();
        let error = body["error"]
            .as_object()
            .unwrap_or_else(|| panic!("{self:?}"));
        assert_eq!(body.as_object().unwrap().len(), 1, "{self:?}");
        let known = ["code", "message", "type", "request_id", "field"];
        assert!(
            error.keys().all(|key| known.contains(&key.as_str())),
            "{self:?}"
        );
        for key in &known[..4] {
            assert!(error[*key].is_string(), "{self:?}");
        }
        let request_id = self.header("x-anchorhold-request-id").unwrap();
        assert_eq!(error["request_id"], request_id);
        assert_eq!(self.header("content-type"), Some("application/json"));
        (self.status, error["code"].as_str().unwrap().to_owned())
    }

    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!(self.refusal(), (status, code.to_owned()), "{self:?}");
    }

    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn field(&self) -> Option<String> {
        self.json()["error"]["field"].as_str().map(str::to_owned)
    }

    /// All bytes but the request id, the date and the length, with `name` taken out.
    pub(crate) fn comparable(&self, name: &str) -> (u16, Vec<(String, String)>, String) {
        let own = ["x-anchorhold-request-id", "date", "content-length"];
        let mut headers = self.headers.clone();
        headers.retain(|(known, _)| !own.contains(&known.as_str()));
        let request_id = self.header("x-anchorhold-request-id").unwrap();
        let body = self.text().replace(request_id, "").replace(name, "");
        (self.status, headers, body)
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(formatter, "{} {:?} {body}", self.status, self.headers)
    }
}
