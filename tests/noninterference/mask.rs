//! What two installations cannot have in common, made equal: drawn ids and times.

use std::collections::BTreeMap;

/// What is masked. Ids are numbered in the order in which a caller first sees them, so that two that
/// are equal on one server must be equal on the other.
pub(super) const MASKED: [&str; 5] = [
    "the header `x-anchorhold-request-id` and the same id in a body, and the header `date`",
    "ids that a server draws (memories, namespaces, users, keys, tokens, receipts, audit entries) and cursors: by the order of their first appearance",
    "the order of users in a list, which is drawn, and with it the pages of that list",
    "times: as such",
    "the digest of an export, which covers the ids and times in it",
];

/// Prefixes of what a server draws.
const DRAWN: [&str; 8] = ["ns_", "nsk_", "key_", "rcp_", "aud_", "ah_", "ten_", "usr_"];

/// The ids that one caller has seen.
#[derive(Default)]
pub(super) struct Mask(BTreeMap<String, usize>);

impl Mask {
    /// The text with everything masked.
    pub(super) fn of(&mut self, text: &str) -> String {
        let is_part = |byte: char| byte.is_ascii_alphanumeric() || "_-:.".contains(byte);
        let mut masked = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|byte| !is_part(byte)).unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            masked.push_str(before);
            masked.push_str(&self.word(word));
            rest = after;
        }
        masked.push_str(rest);
        masked
    }

    fn word(&mut self, word: &str) -> String {
        if word.starts_with("sha256:") {
            return "a digest".to_owned();
        }
        if is_time(word) {
            return "a time".to_owned();
        }
        if DRAWN.iter().any(|prefix| word.starts_with(prefix)) || is_id(word) || is_cursor(word) {
            let next = self.0.len();
            let number = *self.0.entry(word.to_owned()).or_insert(next);
            return format!("drawn {number}");
        }
        word.to_owned()
    }
}

/// `2026-11-22T10:00:00.000Z`.
fn is_time(word: &str) -> bool {
    let shape = |one: char| if one.is_ascii_digit() { '0' } else { one };
    let shape: String = word.chars().map(shape).collect();
    shape.starts_with("0000-00-00T00:00:00") && shape.ends_with('Z')
}

/// A UUID of version 7 that no caller made up.
fn is_id(word: &str) -> bool {
    let shape = |one: char| if one.is_ascii_hexdigit() { '0' } else { one };
    let shape: String = word.chars().map(shape).collect();
    shape == "00000000-0000-0000-0000-000000000000" && !word.contains("-0000-7000-8000-")
}

fn is_cursor(word: &str) -> bool {
    word.len() >= 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
