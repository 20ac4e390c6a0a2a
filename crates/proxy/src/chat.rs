//! A chat as a client asks for it: what has to be known of it, and the bytes of the rest.

use serde_json::value::RawValue;

use crate::Problem;
use crate::json::Object;
use crate::message::{Message, Role};

/// Messages of one chat at most.
const MESSAGES_MAX: usize = 10_000;

/// The body of a chat.
pub struct Chat<'a> {
    text: &'a str,
    pub(crate) object: Object<'a>,
    pub(crate) messages: Vec<Message<'a>>,
}

impl<'a> Chat<'a> {
    /// Reads what has to be known.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(body: &'a [u8]) -> Result<Self, Problem> {
        let (text, object) = object(body)?;
        let messages = object
            .get("messages")
            .ok_or(Problem::of("messages", "is missing"))?;
        let messages: Vec<&RawValue> = serde_json::from_str(messages.get())
            .map_err(|_| Problem::of("messages", "must be a list"))?;
        if !(1..=MESSAGES_MAX).contains(&messages.len()) {
            return Err(Problem::of("messages", "must hold 1 to 10,000 messages"));
        }
        let messages = messages.into_iter().map(|raw| Message::read(raw.get()));
        Ok(Self {
            text,
            object,
            messages: messages.collect::<Result<_, _>>()?,
        })
    }

    /// The bytes as they came.
    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// Tokens that the client wants to be answered at most.
    pub fn answer_tokens(&self) -> Option<usize> {
        let asked = |name| self.object.value::<usize>(name);
        asked("max_completion_tokens").or_else(|| asked("max_tokens"))
    }

    /// The last message of the user.
    pub fn asked(&self) -> Option<&Message<'a>> {
        self.asked_at().and_then(|at| self.messages.get(at))
    }

    /// Where it stands.
    pub(crate) fn asked_at(&self) -> Option<usize> {
        self.messages
            .iter()
            .rposition(|message| message.role == Role::User)
    }

    /// What was answered last before that.
    pub fn answered_before(&self) -> Option<&Message<'a>> {
        let before = self.messages.get(..self.asked_at()?)?;
        let mut answers = before.iter().rev();
        answers.find(|message| message.role == Role::Assistant && !message.text.is_empty())
    }

    /// Whether a part of the conversation is in the prompt already.
    pub fn holds(&self, content: &str) -> bool {
        self.messages
            .iter()
            .any(|message| message.words() == content)
    }
}

/// The model that a request asks for; of chats, completions and embeddings.
///
/// # Errors
/// What is wrong, and where.
pub fn model(body: &[u8]) -> Result<String, Problem> {
    let (_, object) = object(body)?;
    match object.value("model") {
        Some(model) => Ok(model),
        None => Err(Problem::of("model", "must be the name of a model")),
    }
}

/// Whether the answer is wanted as a stream.
pub fn is_stream(body: &[u8]) -> bool {
    let object = object(body).map(|(_, object)| object);
    object.is_ok_and(|object| object.value("stream") == Some(true))
}

fn object(body: &[u8]) -> Result<(&str, Object<'_>), Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::Json)?;
    let object = Object::read(text).ok_or(Problem::Json)?;
    // Whoever reads it next may take the other one.
    for name in ["model", "messages", "stream"] {
        if object.is_twice(name) {
            return Err(Problem::of(name, "stands twice"));
        }
    }
    Ok((text, object))
}
