//! A message of a chat.

use serde_json::Value;

use crate::Problem;
use crate::json::Object;
use crate::unwrap::unwrapped;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whoever made the application: `system` and `developer`.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// A tool that the model called.
    Tool,
}

/// One message: what has to be known of it, and its bytes.
pub struct Message<'a> {
    /// The bytes as they came.
    pub(crate) raw: &'a str,
    /// Who speaks.
    pub role: Role,
    /// What is said, as far as it is text; parts are joined by line ends.
    pub text: String,
    /// The name of the speaker, when the client says one.
    pub name: Option<String>,
    /// Whether the content is one text and nothing else.
    pub(crate) is_plain: bool,
    /// Parts that are no text: images, sounds, files.
    pub(crate) others: usize,
    /// Whether tools are called.
    pub(crate) calls_tools: bool,
    /// The text of the calls, for counting.
    pub(crate) calls: Option<&'a str>,
}

impl<'a> Message<'a> {
    pub(crate) fn read(raw: &'a str) -> Result<Self, Problem> {
        let object = Object::read(raw).ok_or(Problem::of("messages", "must hold objects alone"))?;
        for name in ["role", "content"] {
            if object.is_twice(name) {
                return Err(Problem::of(
                    "messages",
                    "hold a message with two roles or contents",
                ));
            }
        }
        let role: Option<String> = object.value("role");
        let role = match role.as_deref() {
            Some("system" | "developer") => Role::System,
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("tool" | "function") => Role::Tool,
            _ => {
                let rule = "must each have the role system, developer, user, assistant or tool";
                return Err(Problem::of("messages", rule));
            }
        };
        let content: Value = object.value("content").unwrap_or_default();
        let (text, others) = said(&content);
        let calls = object
            .get("tool_calls")
            .or_else(|| object.get("function_call"));
        let calls = calls.map(serde_json::value::RawValue::get);
        let calls = calls.filter(|calls| !matches!(*calls, "null" | "[]"));
        Ok(Self {
            raw,
            role,
            is_plain: content.is_string(),
            text,
            name: object.value("name"),
            others,
            calls_tools: calls.is_some(),
            calls,
        })
    }

    /// What the user said of it: its text, without what the chat program put before it.
    pub fn words(&self) -> &str {
        if self.role == Role::User {
            unwrapped(&self.text)
        } else {
            &self.text
        }
    }

    /// The message with something before its text.
    pub(crate) fn with_before(&self, before: &str) -> Option<String> {
        let object = Object::read(self.raw)?;
        let place = object.place("content")?;
        let content = if self.is_plain {
            crate::json::quoted(&format!("{before}\n\n{}", self.text))
        } else {
            let mut parts: Vec<Value> = object.value("content")?;
            let text = serde_json::json!({"type": "text", "text": before});
            parts.insert(0, text);
            Value::from(parts).to_string()
        };
        Some(crate::json::replaced(self.raw, vec![(place, content)]))
    }

    /// The message with another text, where it is one text and nothing else.
    pub(crate) fn with_text(&self, text: &str) -> Option<String> {
        let place = Object::read(self.raw)?.place("content")?;
        let text = crate::json::quoted(text);
        Some(crate::json::replaced(self.raw, vec![(place, text)]))
    }
}

/// The text of a content, and how many parts of it are none.
fn said(content: &Value) -> (String, usize) {
    match content {
        Value::String(text) => (text.clone(), 0),
        Value::Array(parts) => {
            let text = |part: &Value| {
                let text = part.get("text").or_else(|| part.get("refusal"))?;
                text.as_str().map(str::to_owned)
            };
            let texts: Vec<String> = parts.iter().filter_map(text).collect();
            let others = parts.len() - texts.len();
            (texts.join("\n"), others)
        }
        _ => (String::new(), 0),
    }
}
