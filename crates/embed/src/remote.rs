//! An embedder of another house, spoken to as OpenAI's `POST /embeddings`.
//!
//! Where it lies comes from the configuration alone; a redirect is never followed, so the key goes
//! to its own host and nowhere else. What comes back is believed only after `reply.rs` has looked at
//! it. Neither a text nor the key is ever part of an error.

mod pieces;
mod reply;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anchorhold_model::Clock;
use anchorhold_outbound::{Guarded, Reach, base, is_untrusted};
use serde::Serialize;
use ureq::Agent;
use ureq::http::{HeaderValue, Response, Uri};
use ureq::unversioned::transport::DefaultConnector;

use crate::{Embedder, Embedding, Error, TEXT_BYTES_MAX};

/// Times that one batch is sent at most.
const ATTEMPTS_MAX: u32 = 3;
/// How long the first repetition waits when the other side does not say.
const PAUSE: Duration = Duration::from_millis(200);

/// Where an embedder of another house lies, and how it is used.
#[derive(Clone)]
pub struct RemoteSettings {
    /// Its name in the configuration.
    pub name: String,
    /// The address before `/embeddings`, such as `https://10.0.0.7:8080/v1`.
    pub url: String,
    /// The model that is asked for.
    pub model: String,
    /// Numbers in each vector.
    pub dimension: usize,
    /// The key that its host asks for.
    pub key: Option<String>,
    /// The authorities that may vouch for it, as PEM; those of the open network without them.
    pub authorities: Option<String>,
    /// Whether it lies at private addresses alone, or at public ones alone. Without TLS it must be
    /// the former.
    pub private: bool,
    /// How long one batch may take, repetitions and waiting included.
    pub deadline: Duration,
    /// Bytes of one input; a longer text is read in several.
    pub window_bytes: usize,
    /// Inputs of one request.
    pub batch_max: usize,
    /// Requests at once; one more is refused, so that a slow house holds only so many workers.
    pub calls_max: usize,
}

/// Why the other house gave no vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Upstream {
    /// No connection, or it broke. Try again later.
    #[error("does not answer")]
    Unreachable,
    /// It did not answer in time. Try again later.
    #[error("did not answer in time")]
    Late,
    /// As many requests as are allowed are running. Try again later.
    #[error("is busy with other requests")]
    Busy,
    /// It did not prove over TLS who it is, and nothing was said to it. The operator must look.
    #[error("did not prove who it is")]
    Untrusted,
    /// It answered with this status. The operator must look, unless it is 429 or 5xx.
    #[error("answered with status {0}")]
    Status(u16),
    /// What it answered is not what was asked for. The operator must look.
    #[error("answered with {0}")]
    Malformed(&'static str),
}

/// The address of an embedder cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(&'static str);

/// An embedder of another house. Its calls block; any number of threads may share it.
pub struct RemoteEmbedder {
    settings: RemoteSettings,
    identity: String,
    target: Uri,
    credential: Option<HeaderValue>,
    agent: Agent,
    clock: Arc<dyn Clock>,
    running: AtomicUsize,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: &'a [&'a str],
    encoding_format: &'static str,
}

impl RemoteEmbedder {
    /// Prepares it; nothing is sent yet.
    ///
    /// # Errors
    /// When the address or the key cannot be part of a request.
    pub fn new(settings: RemoteSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let base = base(&settings.url, settings.private).map_err(SettingsError)?;
        let target: Uri = format!("{}/embeddings", base.to_string().trim_end_matches('/'))
            .parse()
            .map_err(|_| SettingsError("the url is no URL"))?;
        let authorities = settings.authorities.as_deref();
        if authorities.is_some() && target.scheme_str() != Some("https") {
            return Err(SettingsError("a ca_file goes with an https:// url alone"));
        }
        let tls = anchorhold_outbound::tls(authorities).map_err(SettingsError)?;
        let credential = settings.key.as_deref().map(|key| {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}"))?;
            value.set_sensitive(true);
            Ok::<_, ureq::http::header::InvalidHeaderValue>(value)
        });
        let credential = credential
            .transpose()
            .map_err(|_| SettingsError("the key holds characters that no header may hold"))?;
        let config = anchorhold_outbound::config(tls)
            .max_idle_connections_per_host(settings.calls_max)
            .build();
        let resolver = Guarded::new(Reach::of(settings.private));
        Ok(Self {
            identity: format!("remote:{}/{}", settings.name, settings.model),
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            settings,
            target,
            credential,
            clock,
            running: AtomicUsize::new(0),
        })
    }

    /// One batch, repeated while it may help and there is time. Whether it may leave the house is
    /// asked each time.
    fn batch(&self, input: &[&str], goes_on: &dyn Fn() -> bool) -> Result<Vec<Vec<f32>>, Error> {
        let _running = self.enter().map_err(Error::Upstream)?;
        let end = self.clock.monotonic() + self.settings.deadline;
        let mut pause = PAUSE;
        for attempt in 1.. {
            let left = end.saturating_sub(self.clock.monotonic());
            if left.is_zero() {
                return Err(Error::Upstream(Upstream::Late));
            }
            if !goes_on() {
                return Err(Error::Stopped);
            }
            let (failure, asked) = match self.sent(input, left) {
                Ok(response) if response.status().is_success() => {
                    let limit = reply::bytes_max(input.len(), self.settings.dimension);
                    let count = input.len();
                    return reply::vectors(response, limit, count, self.settings.dimension)
                        .map_err(Error::Upstream);
                }
                Ok(response) => {
                    let asked = retry_after(&response);
                    (Upstream::Status(response.status().as_u16()), asked)
                }
                Err(failure) => (failure, None),
            };
            let wait = asked.unwrap_or(pause);
            let left = end.saturating_sub(self.clock.monotonic());
            if !failure.may_pass() || attempt == ATTEMPTS_MAX || wait >= left {
                return Err(Error::Upstream(failure));
            }
            std::thread::sleep(wait);
            pause *= 2;
        }
        Err(Error::Upstream(Upstream::Late))
    }

    fn sent(&self, input: &[&str], left: Duration) -> Result<Response<ureq::Body>, Upstream> {
        let body = Body {
            model: &self.settings.model,
            input,
            encoding_format: "float",
        };
        let body = serde_json::to_vec(&body).map_err(|_| Upstream::Malformed("nothing"))?;
        let mut request = self
            .agent
            .post(&self.target)
            .header("content-type", "application/json");
        if let Some(credential) = &self.credential {
            request = request.header("authorization", credential);
        }
        let request = request.config().timeout_global(Some(left)).build();
        request.send(&body).map_err(|error| Upstream::of(&error))
    }

    fn enter(&self) -> Result<Running<'_>, Upstream> {
        let running = Running(&self.running);
        // Counted before it is compared, and given back when it is dropped.
        if self.running.fetch_add(1, Ordering::AcqRel) >= self.settings.calls_max {
            return Err(Upstream::Busy);
        }
        Ok(running)
    }
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Upstream {
    fn of(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::Late,
            ureq::Error::BodyExceedsLimit(_) => Self::Malformed("too many bytes"),
            error if is_untrusted(error) => Self::Untrusted,
            _ => Self::Unreachable,
        }
    }

    /// Whether the same request may fare better a moment later.
    const fn may_pass(self) -> bool {
        match self {
            Self::Unreachable | Self::Status(429 | 500..=599) => true,
            Self::Late | Self::Busy | Self::Untrusted | Self::Status(_) | Self::Malformed(_) => {
                false
            }
        }
    }
}

/// The seconds of `Retry-After`.
fn retry_after(response: &Response<ureq::Body>) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

impl Embedder for RemoteEmbedder {
    fn model(&self) -> &str {
        &self.identity
    }

    fn dimension(&self) -> usize {
        self.settings.dimension
    }

    fn embed(&self, text: &str) -> Result<Embedding, Error> {
        let made = self.embed_batch(&[text], &|| true)?;
        let one = made.into_iter().next();
        one.ok_or(Error::Upstream(Upstream::Malformed("no vector")))
    }

    fn embed_batch(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Embedding>, Error> {
        if let Some(long) = texts.iter().find(|text| text.len() > TEXT_BYTES_MAX) {
            return Err(Error::TextTooLong {
                bytes: long.len(),
                bytes_max: TEXT_BYTES_MAX,
            });
        }
        let cut = texts
            .iter()
            .map(|text| pieces::of(text, self.settings.window_bytes));
        let cut: Vec<Vec<&str>> = cut.collect();
        let inputs: Vec<&str> = cut.iter().flatten().copied().collect();
        let mut vectors = Vec::with_capacity(inputs.len());
        for batch in inputs.chunks(self.settings.batch_max.max(1)) {
            vectors.extend(self.batch(batch, goes_on)?);
        }
        let mut vectors = vectors.into_iter();
        let joined = cut.iter().map(|pieces| {
            let own = vectors.by_ref().take(pieces.len()).collect::<Vec<_>>();
            Ok(Embedding {
                vector: pieces::joined(pieces, &own),
                windows: pieces.len(),
                tokens: 0,
            })
        });
        joined.collect()
    }
}
