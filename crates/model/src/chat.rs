//! How a tenant's memories stand in its chats, and with which models.

use serde::{Deserialize, Serialize};

use crate::limits::{CHAT_NAMES_MAX, CHAT_RECENT_MAX, CHAT_TOKENS_MAX};
use crate::{Change, MemoryType};

/// To which model servers memories may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemoryTo {
    /// To those inside the house alone.
    #[default]
    Inside,
    /// To all that are configured.
    Anywhere,
    /// To none.
    Nowhere,
}

/// What a tenant says of its chats. A new field needs a default: older rows lack it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatPolicy {
    /// To which model servers memories may go.
    pub memory_to: MemoryTo,
    /// Models, or whole servers by their names, that get none all the same.
    pub memory_denied: Vec<String>,
    /// Sorts of memory that go to no model.
    pub types_denied: Vec<MemoryType>,
    /// Tokens of a prompt below which every memory stands in it that was found.
    pub soft_tokens: usize,
    /// Tokens above which none does; between the two, those that matter much.
    pub hard_tokens: usize,
    /// The least similarity of a memory, in hundredths.
    pub threshold_percent: u8,
    /// Hundredths of those tokens where the user is only claimed to be who they are.
    pub claimed_percent: u8,
    /// Messages that are never condensed as long as they fit, the latest ones.
    pub recent_keep: usize,
    /// Tokens to which what an application says (`system`) is cut; without it that is never cut.
    pub system_tokens_max: Option<usize>,
}

impl Default for ChatPolicy {
    fn default() -> Self {
        Self {
            memory_to: MemoryTo::default(),
            memory_denied: Vec::new(),
            types_denied: Vec::new(),
            soft_tokens: 800,
            hard_tokens: 1_600,
            threshold_percent: 15,
            claimed_percent: 50,
            recent_keep: 6,
            system_tokens_max: None,
        }
    }
}

/// Changes of what a tenant says of its chats; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatChanges {
    /// To which model servers memories may go.
    pub memory_to: Option<MemoryTo>,
    /// Models or servers that get none.
    pub memory_denied: Option<Vec<String>>,
    /// Sorts of memory that go to no model.
    pub types_denied: Option<Vec<MemoryType>>,
    /// See [`ChatPolicy::soft_tokens`].
    pub soft_tokens: Option<usize>,
    /// See [`ChatPolicy::hard_tokens`].
    pub hard_tokens: Option<usize>,
    /// See [`ChatPolicy::threshold_percent`].
    pub threshold_percent: Option<u8>,
    /// See [`ChatPolicy::claimed_percent`].
    pub claimed_percent: Option<u8>,
    /// See [`ChatPolicy::recent_keep`].
    pub recent_keep: Option<usize>,
    /// See [`ChatPolicy::system_tokens_max`].
    pub system_tokens_max: Change<usize>,
}

impl ChatChanges {
    /// The first field that is out of its bounds, with its rule.
    ///
    /// # Errors
    /// That field.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let is_name = |name: &String| (1..=256).contains(&name.len());
        let are_names =
            |names: &Vec<String>| names.len() <= CHAT_NAMES_MAX && names.iter().all(is_name);
        let is_above =
            |number: Option<usize>, most: usize| number.is_some_and(|number| number > most);
        let is_percent = |number: Option<u8>| number.is_none_or(|number| number <= 100);
        let recent = self.recent_keep.unwrap_or(1);
        let system = self
            .system_tokens_max
            .apply(None)
            .unwrap_or(CHAT_TOKENS_MAX);
        let rules = [
            (
                self.memory_denied.as_ref().is_none_or(are_names),
                (
                    "memory_denied",
                    "must hold at most 100 names of 1 to 256 bytes",
                ),
            ),
            (
                !is_above(self.soft_tokens, CHAT_TOKENS_MAX),
                ("soft_tokens", "must be at most 100000"),
            ),
            (
                !is_above(self.hard_tokens, CHAT_TOKENS_MAX),
                ("hard_tokens", "must be at most 100000"),
            ),
            (
                is_percent(self.threshold_percent),
                ("threshold_percent", "must be 0 to 100"),
            ),
            (
                is_percent(self.claimed_percent),
                ("claimed_percent", "must be 0 to 100"),
            ),
            (
                (1..=CHAT_RECENT_MAX).contains(&recent),
                ("recent_keep", "must be 1 to 1000"),
            ),
            (
                (16..=CHAT_TOKENS_MAX).contains(&system),
                ("system_tokens_max", "must be 16 to 100000, or null"),
            ),
        ];
        match rules.into_iter().find(|(is_kept, _)| !is_kept) {
            Some((_, broken)) => Err(broken),
            None => Ok(()),
        }
    }
}

impl ChatPolicy {
    /// The policy after the changes.
    #[must_use]
    pub fn changed(self, changes: ChatChanges) -> Self {
        Self {
            memory_to: changes.memory_to.unwrap_or(self.memory_to),
            memory_denied: changes.memory_denied.unwrap_or(self.memory_denied),
            types_denied: changes.types_denied.unwrap_or(self.types_denied),
            soft_tokens: changes.soft_tokens.unwrap_or(self.soft_tokens),
            hard_tokens: changes.hard_tokens.unwrap_or(self.hard_tokens),
            threshold_percent: changes.threshold_percent.unwrap_or(self.threshold_percent),
            claimed_percent: changes.claimed_percent.unwrap_or(self.claimed_percent),
            recent_keep: changes.recent_keep.unwrap_or(self.recent_keep),
            system_tokens_max: changes.system_tokens_max.apply(self.system_tokens_max),
        }
    }

    /// Whether memories may go to this model of a server. `names` are all that stand for the model or the server.
    pub fn lets_memory_go(&self, is_inside: bool, names: &[&str]) -> bool {
        let is_reached = match self.memory_to {
            MemoryTo::Inside => is_inside,
            MemoryTo::Anywhere => true,
            MemoryTo::Nowhere => false,
        };
        let is_denied = |name: &&str| self.memory_denied.iter().any(|denied| denied == name);
        is_reached && !names.iter().any(is_denied)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChatPolicy, MemoryTo};

    #[test]
    fn memories_go_inside_the_house_alone_unless_a_tenant_says_otherwise() {
        let policy = |memory_to, denied: &[&str]| ChatPolicy {
            memory_to,
            memory_denied: denied.iter().map(|name| (*name).to_owned()).collect(),
            ..ChatPolicy::default()
        };
        let names = ["smart", "gpt-4o", "cloud"];
        let goes = |policy: &ChatPolicy| {
            [true, false].map(|is_inside| policy.lets_memory_go(is_inside, &names))
        };
        assert_eq!(goes(&ChatPolicy::default()), [true, false]);
        assert_eq!(goes(&policy(MemoryTo::Anywhere, &[])), [true, true]);
        assert_eq!(goes(&policy(MemoryTo::Nowhere, &[])), [false, false]);
        for denied in names {
            assert_eq!(goes(&policy(MemoryTo::Anywhere, &[denied])), [false, false]);
        }
        assert_eq!(goes(&policy(MemoryTo::Anywhere, &["other"])), [true, true]);
    }
}
