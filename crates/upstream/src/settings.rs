//! What the configuration says of a model server.

use std::time::Duration;

use anchorhold_model::{Placement, Tokenizer};
use reqwest::header::HeaderValue;

/// A model server cannot be used as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub(crate) String);

/// One model server.
#[derive(Clone)]
pub struct Settings {
    /// Its name in the configuration; with a slash and the name of a model it chooses that model here.
    pub name: String,
    /// The address below which `/chat/completions` lies, such as `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The key that it asks for.
    pub key: Option<String>,
    /// The authorities that may vouch for it, as PEM; those of the open network without them.
    pub authorities: Option<String>,
    /// Whether it lies at private addresses alone, or at public ones alone. Without TLS it must be the
    /// former. What is remembered is not sent to public ones unless a tenant says so.
    pub private: bool,
    /// How long each phase of a request may take.
    pub deadlines: Deadlines,
    /// The models that may be asked for. None: all that the server lists, and any other as it comes.
    pub models: Vec<Model>,
}

/// A model of a server, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its name at the server.
    pub name: String,
    /// Its name for clients, when that is another one.
    pub alias: Option<String>,
    /// Tokens of prompt and answer together, when that is known; without it no prompt is cut.
    pub context_tokens: Option<usize>,
    /// Tokens that are kept free for the answer where a request does not say how many it wants.
    pub reserve_tokens: usize,
    /// How its tokens are counted.
    pub tokenizer: Tokenizer,
    /// Where in the prompt memories stand.
    pub placement: Placement,
    /// Whether memories may stand in its prompts at all.
    pub memory: bool,
}

/// How long each phase of a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the head of the answer, after the whole request was sent.
    pub head: Duration,
    /// Until the next bytes of the answer.
    pub idle: Duration,
    /// Until the last bytes of the answer.
    pub total: Duration,
}

impl Default for Deadlines {
    /// A large prompt on a slow machine takes minutes before its first word.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            head: Duration::from_mins(5),
            idle: Duration::from_mins(2),
            total: Duration::from_mins(30),
        }
    }
}

impl Model {
    /// Tokens kept free for the answer where nothing else is said.
    pub const RESERVE_TOKENS: usize = 1_024;

    /// A model of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            tokenizer: Tokenizer::of(&name),
            name,
            alias: None,
            context_tokens: None,
            reserve_tokens: Self::RESERVE_TOKENS,
            placement: Placement::default(),
            memory: true,
        }
    }

    /// The name that clients use.
    pub fn shown(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

impl Settings {
    /// A server with a name and an address and everything else as usual.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            key: None,
            authorities: None,
            private: false,
            deadlines: Deadlines::default(),
            models: Vec::new(),
        }
    }
}

/// The key of a server as a header, hidden from logs.
pub(crate) fn bearer(key: Option<&str>) -> Result<Option<HeaderValue>, SettingsError> {
    let Some(key) = key else { return Ok(None) };
    let is_visible = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::from_str(&format!("Bearer {key}")).ok();
    let Some(mut value) = value.filter(|_| is_visible) else {
        let problem = "the key holds characters that no header may hold, or none";
        return Err(SettingsError(problem.to_owned()));
    };
    value.set_sensitive(true);
    Ok(Some(value))
}
