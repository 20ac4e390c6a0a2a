//! How memories stand in the chats of a tenant, as flags.

use anchorhold_client::wire::chat::PatchChat;
use anchorhold_model::{Change, MemoryTo, MemoryType};
use clap::Args;

use super::word;

/// How memories stand in chats.
#[derive(Args)]
pub(super) struct ChatFlags {
    /// To which model servers memories may go: inside (those that the configuration calls private),
    /// anywhere or nowhere
    #[arg(long, value_name = "WHERE", value_parser = word::<MemoryTo>)]
    memory_to: Option<MemoryTo>,
    /// A model, or a model server, that gets none all the same; may be repeated
    #[arg(long, value_name = "MODEL")]
    memory_denied: Vec<String>,
    /// A type of memory that goes to no model; may be repeated
    #[arg(long, value_name = "TYPE", value_parser = word::<MemoryType>)]
    types_denied: Vec<MemoryType>,
    /// Tokens of a prompt below which every memory stands in it that was found
    #[arg(long, value_name = "TOKENS")]
    soft_tokens: Option<usize>,
    /// Tokens above which none does; between the two, those whose importance is 0.7 and more
    #[arg(long, value_name = "TOKENS")]
    hard_tokens: Option<usize>,
    /// The least similarity of a memory, in hundredths
    #[arg(long, value_name = "0 TO 100")]
    threshold_percent: Option<u8>,
    /// Hundredths of those tokens where the user is only claimed to be who they are
    #[arg(long, value_name = "0 TO 100")]
    claimed_percent: Option<u8>,
    /// Messages that are never condensed as long as they fit, the latest ones
    #[arg(long, value_name = "NUMBER")]
    recent_keep: Option<usize>,
    /// Tokens to which what an application says (role system) is cut; 0: never
    #[arg(long, value_name = "TOKENS")]
    system_tokens_max: Option<usize>,
}

impl ChatFlags {
    /// What they change; `None` when there are none.
    pub(super) fn changes(self) -> Option<PatchChat> {
        let some = |names: Vec<String>| (!names.is_empty()).then_some(names);
        let changes = PatchChat {
            memory_to: self.memory_to,
            memory_denied: some(self.memory_denied),
            types_denied: (!self.types_denied.is_empty()).then_some(self.types_denied),
            soft_tokens: self.soft_tokens,
            hard_tokens: self.hard_tokens,
            threshold_percent: self.threshold_percent,
            claimed_percent: self.claimed_percent,
            recent_keep: self.recent_keep,
            system_tokens_max: match self.system_tokens_max {
                None => Change::Keep,
                Some(0) => Change::Clear,
                Some(most) => Change::Set(most),
            },
        };
        (changes != PatchChat::default()).then_some(changes)
    }
}
