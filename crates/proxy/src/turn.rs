//! What is kept of a chat: what was asked, and what was answered to it.

use anchorhold_crypto::sha256;
use anchorhold_model::hex;
use anchorhold_model::limits::{CHAT_TURN_BYTES_MAX, CONTENT_BYTES_MAX, LABEL_BYTES_MAX};

use crate::Chat;
use crate::Role;

/// Who said a part of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The user.
    Asked,
    /// The model.
    Answered,
}

impl Said {
    /// The speaker of the memory.
    pub const fn speaker(self) -> &'static str {
        match self {
            Self::Asked => "user",
            Self::Answered => "assistant",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The conversation that it is a part of: what the client calls it, or a name made of how it began.
    pub conversation: String,
    /// What tells it from every other turn: the same for a request that is repeated, and for an answer that is
    /// made anew.
    pub key: Vec<u8>,
    /// What the user said.
    pub asked: String,
    /// The name that the client gives the user, if it gives one.
    pub name: Option<String>,
}

impl Turn {
    /// The turn that a chat asks for. `conversation` is what the client calls it.
    pub fn of(chat: &Chat<'_>, conversation: Option<&str>) -> Option<Self> {
        let asked = chat
            .asked()
            .filter(|asked| !asked.words().trim().is_empty())?;
        let named = conversation.filter(|name| !name.is_empty() && name.len() <= LABEL_BYTES_MAX);
        let conversation = named.map_or_else(|| begun(chat), str::to_owned);
        let before = chat.answered_before().map_or("", |before| &before.text);
        let mut key = Vec::new();
        for part in [conversation.as_str(), before, asked.words()] {
            // Each has its length before it, so nothing runs together.
            key.extend_from_slice(&(part.len() as u64).to_be_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        Some(Self {
            conversation,
            key: sha256(&key).to_vec(),
            asked: asked.words().to_owned(),
            name: asked
                .name
                .clone()
                .filter(|name| name.len() <= LABEL_BYTES_MAX),
        })
    }
}

/// A name for a conversation that has none: of its first message.
fn begun(chat: &Chat<'_>) -> String {
    let mut messages = chat.messages.iter();
    let first = messages.find(|message| message.role == Role::User);
    let digest = sha256(first.map_or("", |first| first.words()).as_bytes());
    let digest = hex(&digest);
    format!("chat-{}", digest.get(..16).unwrap_or_default())
}

/// A text in as many memories as it needs, cut at letters; of a very long one, which is more a document than a word in
/// a conversation, the beginning.
pub fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let end = text.floor_char_boundary(CHAT_TURN_BYTES_MAX.min(text.len()));
    let mut rest = text.get(..end).unwrap_or_default();
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(CONTENT_BYTES_MAX.min(rest.len()));
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use anchorhold_model::limits::{CHAT_TURN_BYTES_MAX, CONTENT_BYTES_MAX};

    use super::parts;

    #[test]
    fn a_text_is_kept_in_parts_and_of_a_very_long_one_the_beginning() {
        assert!(parts("").is_empty());
        assert_eq!(parts("short"), ["short"]);
        let long = "é".repeat(CONTENT_BYTES_MAX);
        assert_eq!(parts(&long).concat(), long);
        let longer = "aé".repeat(CHAT_TURN_BYTES_MAX);
        let kept = parts(&longer);
        assert!(kept.iter().all(|part| part.len() <= CONTENT_BYTES_MAX));
        let kept = kept.concat();
        assert!(longer.starts_with(&kept) && kept.len() > CHAT_TURN_BYTES_MAX - 4);
    }
}
