//! A client that sends exactly the bytes it is given and sees every byte of the reply.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::shape;

const TIMEOUT: Duration = Duration::from_mins(2);

/// A request that is being put together.
#[derive(Clone)]
pub(crate) struct Ask {
    address: SocketAddr,
    method: String,
    target: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    pub(crate) fn new(address: SocketAddr, method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            address,
            method: method.to_owned(),
            target: target.as_ref().to_vec(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("Authorization", format!("Bearer {key}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json")
            .bytes(body.to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it; a refusal that is not of the one shape fails the test.
    #[track_caller]
    pub(crate) fn send(&self) -> Reply {
        let reply = Reply::parse(&exchange(self.address, &self.wire()));
        let reply = reply.unwrap_or_else(|| panic!("no reply to {self:?}"));
        if reply.status >= 400 {
            shape::check(&reply);
        }
        reply
    }

    /// Sends it to a server that may be killed meanwhile, and tells `sent` when it is on its way.
    /// An error when the connection broke before all of the reply was there.
    pub(crate) fn attempt(&self, sent: impl FnOnce()) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(&self.wire())?;
        sent();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let whole = Reply::parse(&bytes).filter(|reply| {
            let length = reply.header("content-length");
            // Pieces that do not end are no reply at all.
            reply.header("transfer-encoding").is_some()
                || length.is_some_and(|length| length.parse() == Ok(reply.body.len()))
        });
        whole.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn wire(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend_from_slice(&self.target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            bytes.extend_from_slice(format!("Host: {}\r\n", self.address).as_bytes());
        }
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if let Some(body) = &self.body {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&String::from_utf8_lossy(&self.wire()))
    }
}

/// Sends bytes on a connection of their own and reads until the server closes it.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.set_write_timeout(Some(TIMEOUT)).unwrap();
    // A server that refuses early need not read everything, and may then reset the connection.
    let _ = stream.write_all(bytes);
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    reply
}

/// The pieces of a body as one; `None` when it was cut.
fn joined(mut pieces: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = pieces.windows(2).position(|window| window == b"\r\n")?;
        let length = std::str::from_utf8(&pieces[..end]).ok()?;
        let length = usize::from_str_radix(length, 16).ok()?;
        let piece = pieces.get(end + 2..end + 2 + length)?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(piece);
        pieces = pieces.get(end + 2 + length + 2..)?;
    }
}

/// A reply, every byte of it.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case, in the order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// Reads the one reply of a connection; `None` when there is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let headers = rest.split("\r\n").filter_map(|line| line.split_once(": "));
        let mut reply = Self {
            status,
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: bytes[end + 4..].to_vec(),
        };
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = joined(&reply.body)?;
        }
        Some(reply)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a refusal; empty for a reply that is none.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }

    /// The body of a reply with this status.
    #[track_caller]
    pub(crate) fn gives(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// Checks that it is this refusal.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.code().as_str()),
            (status, code),
            "{self:?}"
        );
    }

    /// Status, headers and body without what differs from request to request by design: the
    /// request id and the date. `names` that the reply echoes are taken out.
    pub(crate) fn comparable(&self, names: &[&str]) -> String {
        let own = ["x-anchorhold-request-id", "date"];
        let request_id = self.header("x-anchorhold-request-id").unwrap_or_default();
        let mut body = self.text().replace(request_id, "<request>");
        let mut is_echoed = false;
        for name in names {
            is_echoed |= body.contains(name);
            body = body.replace(name, "<name>");
        }
        let headers = self.headers.iter().filter(|(name, _)| {
            // The length of a body with a name in it depends on the name.
            let differs = own.contains(&name.as_str()) || is_echoed && name == "content-length";
            !differs
        });
        let headers: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("{}\n{}\n{body}", self.status, headers.concat())
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} {:?} {}",
            self.status,
            self.headers,
            self.text()
        )
    }
}
