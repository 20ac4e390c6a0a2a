//! Makes the messages of a chat fit: the latest stay as they are, older ones are condensed and then left out,
//! the oldest first. A call of a tool stays with its results; what the application said and the last message of
//! the user stay whole.

use std::ops::Range;

use crate::message::{Message, Role};
use crate::tokens::Counter;

/// Tokens of an older message that is condensed.
const CONDENSED_TOKENS: usize = 150;
/// What stands where something was left out.
const GAP: &str = " … ";

/// What becomes of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays as it is.
    Whole,
    /// Its text is this.
    Condensed(String),
    /// It is left out.
    Dropped,
}

/// Messages and what becomes of each.
pub(crate) struct Trim {
    pub(crate) fates: Vec<Fate>,
    tokens: Vec<usize>,
    /// Messages that stay together, those of the application left out; the oldest first.
    groups: Vec<Range<usize>>,
    /// The first of the groups that are the latest.
    recent: usize,
    asked: usize,
}

impl Trim {
    /// All of them, as they are. `recent_keep` messages are the latest.
    pub(crate) fn new(
        messages: &[Message<'_>],
        counter: Counter,
        asked: usize,
        recent_keep: usize,
    ) -> Self {
        let groups = groups(messages);
        let mut kept = 0;
        let mut recent = groups.len();
        while recent > 0 && kept < recent_keep {
            recent -= 1;
            kept += groups.get(recent).map_or(0, ExactSizeIterator::len);
        }
        // What was said since the last message of the user belongs to it.
        let of_asked = groups.iter().position(|group| group.contains(&asked));
        Self {
            fates: vec![Fate::Whole; messages.len()],
            tokens: messages.iter().map(|one| counter.message(one)).collect(),
            recent: recent.min(of_asked.unwrap_or(recent)),
            groups,
            asked,
        }
    }

    /// Tokens of all that stays.
    pub(crate) fn tokens(&self) -> usize {
        self.tokens.iter().sum()
    }

    /// Tokens of what is condensed or left out last: what the application said and the latest messages.
    pub(crate) fn tokens_of_latest(&self) -> usize {
        let older = self.groups.iter().take(self.recent);
        let older: usize = older.map(|group| self.tokens_of(group)).sum();
        self.tokens() - older
    }

    fn tokens_of(&self, group: &Range<usize>) -> usize {
        self.tokens
            .get(group.clone())
            .unwrap_or_default()
            .iter()
            .sum()
    }

    /// Cuts what the application said to so many tokens in all, if it is more; says whether it was.
    pub(crate) fn cap_system(
        &mut self,
        messages: &[Message<'_>],
        counter: Counter,
        tokens_max: usize,
    ) -> bool {
        let mut left = tokens_max;
        let mut is_cut = false;
        for (at, message) in messages.iter().enumerate() {
            let Some(tokens) = self.tokens.get(at).copied() else {
                continue;
            };
            if message.role != Role::System {
                continue;
            }
            if tokens > left && message.is_plain {
                let beside = tokens.saturating_sub(counter.text(&message.text));
                let text = shortened(&message.text, counter, left.saturating_sub(beside));
                self.condense(at, message, counter, text);
                is_cut = true;
            }
            left = left.saturating_sub(self.tokens.get(at).copied().unwrap_or(0));
        }
        is_cut
    }

    /// Condenses and leaves out until so many tokens are enough; says whether they are.
    pub(crate) fn fit(&mut self, messages: &[Message<'_>], counter: Counter, room: usize) -> bool {
        for group in self.groups.clone().iter().take(self.recent) {
            if self.tokens() <= room {
                return true;
            }
            let Some(message) = messages.get(group.start).filter(|_| group.len() == 1) else {
                continue;
            };
            if message.is_plain && !message.calls_tools {
                let text = shortened(&message.text, counter, CONDENSED_TOKENS);
                self.condense(group.start, message, counter, text);
            }
        }
        for group in self.groups.clone() {
            if self.tokens() <= room {
                return true;
            }
            if group.contains(&self.asked) {
                continue;
            }
            for at in group {
                if let (Some(fate), Some(tokens)) =
                    (self.fates.get_mut(at), self.tokens.get_mut(at))
                {
                    (*fate, *tokens) = (Fate::Dropped, 0);
                }
            }
        }
        self.tokens() <= room
    }

    fn condense(&mut self, at: usize, message: &Message<'_>, counter: Counter, text: String) {
        if text == message.text {
            return;
        }
        let saved = counter
            .text(&message.text)
            .saturating_sub(counter.text(&text));
        if let (Some(fate), Some(tokens)) = (self.fates.get_mut(at), self.tokens.get_mut(at)) {
            *tokens = tokens.saturating_sub(saved);
            *fate = Fate::Condensed(text);
        }
    }
}

/// Messages that stay together: a call of tools with its results, every other one by itself.
fn groups(messages: &[Message<'_>]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        match (message.role, groups.last_mut()) {
            (Role::System, _) => {}
            (Role::Tool, Some(last)) if last.end == at => last.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// The beginning and the end of a text, so that it is no more than so many tokens.
fn shortened(text: &str, counter: Counter, tokens_max: usize) -> String {
    if counter.text(text) <= tokens_max {
        return text.to_owned();
    }
    let left = tokens_max.saturating_sub(counter.text(GAP) + 1);
    // A token has seldom more letters than this, so no more of a long text is looked at.
    let letters = |tokens: usize| tokens.saturating_mul(8);
    let ends = text.char_indices().map(|(at, one)| at + one.len_utf8());
    let ends: Vec<usize> = ends.take(letters(left * 2 / 3)).collect();
    let before = |at: usize| text.get(..at).unwrap_or_default();
    let beginning = longest(&ends, before, counter, left * 2 / 3);
    let starts = text.char_indices().rev().map(|(at, _)| at);
    let starts: Vec<usize> = starts.take(letters(left - left * 2 / 3)).collect();
    let after = |at: usize| text.get(at..).unwrap_or_default();
    let end = longest(&starts, after, counter, left - left * 2 / 3);
    let short = format!("{}{GAP}{}", beginning.trim_end(), end.trim_start());
    if counter.text(&short) <= tokens_max {
        short
    } else {
        beginning.to_owned()
    }
}

/// The longest part of a text that is so many tokens; `cuts` are where parts may end, the shortest first.
fn longest<'a>(
    cuts: &[usize],
    part: impl Fn(usize) -> &'a str,
    counter: Counter,
    tokens_max: usize,
) -> &'a str {
    let fits = |cut: &usize| counter.text(part(*cut)) <= tokens_max;
    let count = cuts.partition_point(fits);
    let cut = count.checked_sub(1).and_then(|last| cuts.get(last));
    cut.map_or("", |cut| part(*cut))
}
