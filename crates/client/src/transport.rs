//! One request, one reply: addresses, headers, limits, and the sorting of failures.

use std::fmt;
use std::fmt::Write as _;
use std::io::Read;
use std::time::Duration;

use anchorhold_outbound::distrust;
use anchorhold_wire::ErrorBody;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::request::Builder;
use ureq::http::{HeaderValue, Request, Response, Uri};
use ureq::{Agent, AsSendBody, Body, SendBody};

use crate::Error;

/// Seconds that opening a connection may take.
const CONNECT_SECONDS_MAX: u64 = 10;
/// Seconds that a request and its reply may take.
const CALL_SECONDS_MAX: u64 = 120;
/// Bytes of a reply; 200 memories at their longest, every byte escaped, stay below.
const REPLY_BYTES_MAX: u64 = 96 * 1_024 * 1_024;
/// Connections that are kept for the next request.
const IDLE_CONNECTIONS_MAX: usize = 32;

/// A request before it has an address and a credential.
pub(crate) struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            target: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a parameter to the query if there is one.
    pub(crate) fn query(mut self, name: &str, value: Option<impl fmt::Display>) -> Self {
        if let Some(value) = value {
            let separator = if self.target.contains('?') { '&' } else { '?' };
            self.target.push(separator);
            self.target.push_str(name);
            self.target.push('=');
            self.target.push_str(&escaped(&value.to_string()));
        }
        self
    }

    /// A JSON body that was written before.
    pub(crate) fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        self.body = Some(serde_json::to_vec(body).map_err(Error::Unwritable)?);
        Ok(self)
    }
}

/// A text as one segment of a path or one value of a query (RFC 3986, unreserved characters stay).
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Connections to one listener with one credential.
#[derive(Clone)]
pub(crate) struct Transport {
    agent: Agent,
    url: String,
    key: Option<String>,
}

impl fmt::Debug for Transport {
    /// The key does not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transport")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(
        url: &str,
        key: Option<String>,
        authorities: Option<&str>,
    ) -> Result<Self, Error> {
        let tls = anchorhold_outbound::tls(authorities);
        let tls = tls.map_err(|reason| Error::Authorities { reason })?;
        let config = anchorhold_outbound::config(tls)
            .max_idle_connections(IDLE_CONNECTIONS_MAX)
            .max_idle_connections_per_host(IDLE_CONNECTIONS_MAX)
            .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
            .timeout_global(Some(Duration::from_secs(CALL_SECONDS_MAX)))
            .build();
        Ok(Self {
            agent: config.new_agent(),
            url: base_url(url)?,
            key,
        })
    }

    /// Sends a request and reads the reply of a success.
    pub(crate) fn send<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let reply = self.reply(call)?;
        if (200..300).contains(&reply.status) {
            return self.parsed(&reply);
        }
        Err(self.refused(reply))
    }

    /// Sends a request whose refusal with `status` has the body of a success.
    pub(crate) fn send_also<T: DeserializeOwned>(
        &self,
        call: Call,
        status: u16,
    ) -> Result<T, Error> {
        let reply = self.reply(call)?;
        if (200..300).contains(&reply.status) {
            return self.parsed(&reply);
        }
        match self.parsed(&reply) {
            Ok(parsed) if reply.status == status => Ok(parsed),
            _ => Err(self.refused(reply)),
        }
    }

    fn parsed<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T, Error> {
        serde_json::from_slice(&reply.body).map_err(|error| {
            let reason = match error.classify() {
                serde_json::error::Category::Data => "the reply has another shape than documented",
                _ => "the reply is not valid JSON",
            };
            self.protocol(Some(reply.status), reason)
        })
    }

    fn refused(&self, reply: Reply) -> Error {
        match serde_json::from_slice::<ErrorBody>(&reply.body) {
            Ok(body) => Error::Refused {
                status: reply.status,
                body: Box::new(body),
                retry_after: reply.retry_after,
            },
            Err(_) => {
                let reason = format!("status {} without an error body", reply.status);
                self.protocol(Some(reply.status), reason)
            }
        }
    }

    /// Sends a request and gives whatever is answered: the status, the body, and a header.
    pub(crate) fn answer(
        &self,
        call: Call,
        header: &str,
    ) -> Result<(u16, Vec<u8>, Option<String>), Error> {
        let response = self.sent(call)?;
        let value = response.headers().get(header);
        let value = value
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let reply = self.read(response)?;
        Ok((reply.status, reply.body, value))
    }

    fn reply(&self, call: Call) -> Result<Reply, Error> {
        let response = self.sent(call)?;
        self.read(response)
    }

    fn read(&self, response: Response<Body>) -> Result<Reply, Error> {
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = response
            .into_body()
            .into_with_config()
            .limit(REPLY_BYTES_MAX)
            .read_to_vec()
            .map_err(|error| self.failed(&error, Some(status)))?;
        Ok(Reply {
            status,
            retry_after,
            body,
        })
    }

    /// Sends a request and gives the body of a success, which takes as long as it takes.
    pub(crate) fn open(&self, call: Call) -> Result<impl Read + use<>, Error> {
        let head = self.head(&call)?;
        let sent = match call.body {
            Some(body) => {
                let request = head.header("content-type", "application/json").body(body);
                request.map(|request| self.agent.run(self.patient(request)))
            }
            None => {
                let request = head.body(());
                request.map(|request| self.agent.run(self.patient(request)))
            }
        };
        let sent = sent.map_err(|_| self.unusable())?;
        let response = sent.map_err(|error| self.failed(&error, None))?;
        if response.status().is_success() {
            return Ok(response.into_body().into_reader());
        }
        Err(self.refused(self.read(response)?))
    }

    /// Sends a body as it comes, and reads the reply of a success.
    pub(crate) fn pour<T: DeserializeOwned>(
        &self,
        call: Call,
        media_type: &str,
        body: &mut dyn Read,
    ) -> Result<T, Error> {
        let head = self.head(&call)?.header("content-type", media_type);
        let body = SendBody::from_reader(body);
        let request = head.body(body).map_err(|_| self.unusable())?;
        let sent = self.agent.run(self.patient(request));
        let reply = self.read(sent.map_err(|error| self.failed(&error, None))?)?;
        if (200..300).contains(&reply.status) {
            return self.parsed(&reply);
        }
        Err(self.refused(reply))
    }

    /// The same request without a limit to its time.
    fn patient<S: AsSendBody>(&self, request: Request<S>) -> Request<S> {
        let configured = self.agent.configure_request(request);
        configured.timeout_global(None).build()
    }

    fn sent(&self, call: Call) -> Result<Response<Body>, Error> {
        let mut request = self.head(&call)?;
        let sent = match call.body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                request.body(body).map(|request| self.agent.run(request))
            }
            // Without a length a body would be announced that never comes.
            None if call.method == "POST" => {
                let request = request.body(Vec::<u8>::new());
                request.map(|request| self.agent.run(request))
            }
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        match sent {
            Ok(outcome) => outcome.map_err(|error| self.failed(&error, None)),
            Err(_) => Err(self.unusable()),
        }
    }

    /// Method, address, credential and headers.
    fn head(&self, call: &Call) -> Result<Builder, Error> {
        let uri = format!("{}{}", self.url, call.target);
        let mut request = Request::builder().method(call.method).uri(uri);
        request = request.header("accept", "application/json");
        if let Some(key) = &self.key {
            let name = "authorization";
            request = request.header(name, header_value(name, &format!("Bearer {key}"))?);
        }
        for (name, value) in &call.headers {
            request = request.header(*name, header_value(name, value)?);
        }
        Ok(request)
    }

    fn unusable(&self) -> Error {
        Error::Address {
            url: self.url.clone(),
            reason: "no request can be made from it",
        }
    }

    /// What went wrong with TLS.
    fn unproved(&self, problem: &rustls::Error) -> Error {
        match problem {
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                Error::Untrusted {
                    url: self.url.clone(),
                    reason: problem.to_string(),
                }
            }
            // It names what came instead by its kind, never by its bytes.
            _ => self.protocol(None, format!("it does not speak TLS with us ({problem})")),
        }
    }

    fn protocol(&self, status: Option<u16>, reason: impl Into<String>) -> Error {
        Error::Protocol {
            url: self.url.clone(),
            status,
            reason: reason.into(),
        }
    }

    /// Sorts what the HTTP library reports; `status` is there once the head of a reply was.
    fn failed(&self, error: &ureq::Error, status: Option<u16>) -> Error {
        if let (Some(problem), None) = (distrust(error), status) {
            return self.unproved(problem);
        }
        let reason = match (error, status) {
            (ureq::Error::BodyExceedsLimit(_), _) => {
                format!("the reply is longer than {REPLY_BYTES_MAX} bytes")
            }
            (ureq::Error::Io(_) | ureq::Error::Timeout(_), Some(_)) => {
                "the reply was cut off".to_owned()
            }
            (
                ureq::Error::Io(_)
                | ureq::Error::Timeout(_)
                | ureq::Error::HostNotFound
                | ureq::Error::ConnectionFailed,
                None,
            ) => {
                return Error::Unreachable {
                    url: self.url.clone(),
                    reason: error.to_string(),
                };
            }
            _ => "the reply is not valid HTTP".to_owned(),
        };
        self.protocol(status, reason)
    }
}

struct Reply {
    status: u16,
    retry_after: Option<u64>,
    body: Vec<u8>,
}

/// Headers carry the UTF-8 bytes of a value as they are.
fn header_value(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    let mut value =
        HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Error::Header { name })?;
    value.set_sensitive(name == "authorization");
    Ok(value)
}

/// Scheme, host and port, without a slash at the end.
fn base_url(url: &str) -> Result<String, Error> {
    let refused = |reason| {
        Err(Error::Address {
            // What stands before the host may be a password.
            url: url.rsplit('@').next().unwrap_or(url).to_owned(),
            reason,
        })
    };
    let Ok(uri) = url.parse::<Uri>() else {
        return refused("it is no URL");
    };
    let scheme = match uri.scheme_str() {
        Some("http") => "http",
        Some("https") => "https",
        _ => return refused("it begins neither with http:// nor with https://"),
    };
    if uri.path() != "/" || uri.query().is_some() {
        return refused("it must end after host and port");
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            refused("it must not hold a user or password; the key has its own place")
        }
        Some(authority) => Ok(format!("{scheme}://{authority}")),
        None => refused("it names no host"),
    }
}
