//! Puts the prompt together that goes to the model: the caller's messages, with memories as data among them.

use anchorhold_model::{Placement, Tokenizer};

use crate::block::{Recollection, block};
use crate::budget::{Zones, chosen};
use crate::json::{quoted, replaced};
use crate::tokens::Counter;
use crate::trim::{Fate, Trim};
use crate::{Chat, Message};

/// What a prompt has to fit.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// How tokens are counted.
    pub tokenizer: Tokenizer,
    /// Tokens of prompt and answer together; without it no message is cut.
    pub context_tokens: Option<usize>,
    /// Tokens that are kept free for the answer where the request does not say how many it wants.
    pub reserve_tokens: usize,
    /// Messages that stay as they are as long as they fit, the latest ones.
    pub recent_keep: usize,
    /// Tokens of what the application says (`system`); without it that is never cut.
    pub system_tokens_max: Option<usize>,
    /// How much of the memory may stand in it.
    pub zones: Zones,
    /// Where it stands.
    pub placement: Placement,
}

/// A prompt that fits.
#[derive(Debug, Default)]
pub struct Prompt {
    /// The body that goes to the model.
    pub body: Vec<u8>,
    /// Which of the memories that were found stand in it.
    pub injected: Vec<usize>,
    /// The block in which they stand, byte for byte; empty without any.
    pub block: String,
    /// Tokens of the block.
    pub memory_tokens: usize,
    /// Tokens of all that goes to the model.
    pub input_tokens: usize,
    /// Messages that are condensed.
    pub condensed: usize,
    /// Messages that are left out.
    pub dropped: usize,
    /// Whether what the application says is cut.
    pub is_system_cut: bool,
}

/// What must stay does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the last message with what the application says is {input_tokens} tokens long; with {reserve_tokens} for the answer the model takes {context_tokens}"
)]
pub struct TooLong {
    /// Tokens of the prompt at least.
    pub input_tokens: usize,
    /// Tokens for the answer.
    pub reserve_tokens: usize,
    /// Tokens of both that the model takes.
    pub context_tokens: usize,
}

impl Prompt {
    /// The prompt for a model of this name. What was found stands the best first.
    ///
    /// # Errors
    /// When what must stay does not fit.
    pub fn fitted(
        chat: &Chat<'_>,
        model: &str,
        found: &[Recollection],
        fit: &Fit,
    ) -> Result<Self, TooLong> {
        let counter = Counter(fit.tokenizer);
        let messages = &chat.messages;
        let tools = chat
            .object
            .get("tools")
            .or_else(|| chat.object.get("functions"));
        let frame = counter.frame(tools.map(serde_json::value::RawValue::get));
        let reserve_tokens = chat.answer_tokens().unwrap_or(fit.reserve_tokens);
        let asked = chat.asked_at().unwrap_or(messages.len());
        let mut trim = Trim::new(messages, counter, asked, fit.recent_keep);
        let cap = fit.system_tokens_max;
        let is_system_cut = cap.is_some_and(|cap| trim.cap_system(messages, counter, cap));
        // Without a context that is known, nothing is too long.
        let room = fit.context_tokens.map_or(usize::MAX, |context| {
            context.saturating_sub(reserve_tokens.saturating_add(frame))
        });
        let free = room.saturating_sub(trim.tokens_of_latest());
        let memory = Memory::chosen(found, counter, fit.zones.within(free));
        if !trim.fit(messages, counter, room.saturating_sub(memory.tokens)) {
            return Err(TooLong {
                input_tokens: trim.tokens().saturating_add(frame),
                reserve_tokens,
                context_tokens: fit.context_tokens.unwrap_or_default(),
            });
        }
        let count =
            |wanted: fn(&Fate) -> bool| trim.fates.iter().filter(|fate| wanted(fate)).count();
        let condensed = count(|fate| matches!(fate, Fate::Condensed(_)));
        Ok(Self {
            body: written(chat, model, &trim.fates, &memory, fit.placement),
            input_tokens: trim.tokens() + frame + memory.tokens,
            memory_tokens: memory.tokens,
            injected: memory.numbers,
            block: memory.block,
            condensed,
            dropped: count(|fate| *fate == Fate::Dropped),
            is_system_cut,
        })
    }

    /// The prompt as the client sent it, for a model of this name.
    pub fn untouched(body: &[u8], model: &str) -> Vec<u8> {
        crate::renamed(body, model).unwrap_or_else(|| body.to_vec())
    }
}

/// What of the memory stands in a prompt.
#[derive(Default)]
struct Memory {
    numbers: Vec<usize>,
    block: String,
    tokens: usize,
}

impl Memory {
    fn chosen(found: &[Recollection], counter: Counter, zones: Zones) -> Self {
        let lines: Vec<String> = found.iter().map(Recollection::line).collect();
        // The fence is a part of what memories take.
        let fence = counter.own(&block(&[]));
        let left = Zones {
            soft_tokens: zones.soft_tokens.saturating_sub(fence),
            hard_tokens: zones.hard_tokens.saturating_sub(fence),
        };
        let costs = lines.iter().zip(found);
        let costs = costs.map(|(line, one)| (counter.text(line) + 1, one.importance));
        let mut numbers = chosen(&costs.collect::<Vec<_>>(), left);
        while !numbers.is_empty() {
            let lines = numbers.iter().filter_map(|number| lines.get(*number));
            let block = block(&lines.cloned().collect::<Vec<_>>());
            // As a whole it may be another number than its parts.
            let tokens = counter.own(&block) + 1;
            if tokens <= zones.hard_tokens {
                return Self {
                    numbers,
                    block,
                    tokens,
                };
            }
            numbers.pop();
        }
        Self::default()
    }
}

/// A block of memories that stands in no prompt yet.
#[derive(Debug, Default)]
pub struct Block {
    /// The block; empty without any.
    pub text: String,
    /// Memories in it.
    pub memories: usize,
    /// Its tokens.
    pub tokens: usize,
}

/// The block of what was found, the best first, as far as it fits.
pub fn fitted_block(found: &[Recollection], tokenizer: Tokenizer, zones: Zones) -> Block {
    let memory = Memory::chosen(found, Counter(tokenizer), zones);
    Block {
        memories: memory.numbers.len(),
        tokens: memory.tokens,
        text: memory.block,
    }
}

/// The body, in which nothing changes but what has to.
fn written(
    chat: &Chat<'_>,
    model: &str,
    fates: &[Fate],
    memory: &Memory,
    placement: Placement,
) -> Vec<u8> {
    let mut edits = Vec::new();
    let is_whole = fates.iter().all(|fate| *fate == Fate::Whole);
    if let Some(place) = chat
        .object
        .place("messages")
        .filter(|_| !is_whole || !memory.block.is_empty())
    {
        edits.push((place, list(chat, fates, memory, placement)));
    }
    if let Some(place) = chat.object.place("model")
        && chat.object.value::<String>("model").as_deref() != Some(model)
    {
        edits.push((place, quoted(model)));
    }
    replaced(chat.text(), edits).into_bytes()
}

fn list(chat: &Chat<'_>, fates: &[Fate], memory: &Memory, placement: Placement) -> String {
    let mut items: Vec<String> = Vec::new();
    for (at, (message, fate)) in chat.messages.iter().zip(fates).enumerate() {
        let is_asked = chat.asked_at() == Some(at) && !memory.block.is_empty();
        if is_asked && placement == Placement::System {
            items.push(own(&memory.block));
        }
        items.extend(match fate {
            Fate::Dropped => None,
            Fate::Condensed(text) => message.with_text(text),
            Fate::Whole if is_asked && placement == Placement::User => with_memory(message, memory),
            Fate::Whole => Some(message.raw.to_owned()),
        });
    }
    format!("[{}]", items.join(","))
}

fn with_memory(message: &Message<'_>, memory: &Memory) -> Option<String> {
    let with = message.with_before(&memory.block);
    with.or_else(|| Some(message.raw.to_owned()))
}

/// A message of ours.
fn own(text: &str) -> String {
    format!("{{\"role\":\"system\",\"content\":{}}}", quoted(text))
}

#[cfg(test)]
mod tests;
