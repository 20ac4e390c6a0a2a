//! How the prompt of a chat is made for a model.

/// How the tokens of a model are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tokenizer {
    /// By OpenAI's `o200k_base`: GPT-4o and later.
    O200k,
    /// By OpenAI's `cl100k_base`: GPT-4 and GPT-3.5.
    Cl100k,
    /// By an estimate that is above what common tokenizers count in what people write.
    #[default]
    Estimate,
}

/// Where in a prompt memories stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In a message of their own with the role `system`, before the last message of the user.
    #[default]
    System,
    /// Before the text of the last message of the user, for models whose template takes one system
    /// message alone.
    User,
}

impl Tokenizer {
    /// The one that belongs to the name of a model, as far as names tell.
    pub fn of(model: &str) -> Self {
        let model = model.rsplit('/').next().unwrap_or(model);
        let begins = |names: &[&str]| names.iter().any(|name| model.starts_with(name));
        if begins(&["gpt-4o", "gpt-4.1", "gpt-5", "chatgpt-4o", "o1", "o3", "o4"]) {
            Self::O200k
        } else if begins(&["gpt-4", "gpt-3.5"]) {
            Self::Cl100k
        } else {
            Self::Estimate
        }
    }
}
