//! Names of known persons, the speakers of a namespace, in queries.

use std::collections::BTreeMap;

use anchorhold_model::Timestamp;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::analyse::normalize;
use crate::{Index, Language, Recipe};

/// Speakers that are roles of a chat and no persons.
const ROLES: [&str; 9] = [
    "user",
    "assistant",
    "system",
    "tool",
    "developer",
    "human",
    "ai",
    "bot",
    "model",
];

/// A person's name as the words that stand in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(Box<[String]>);

impl Name {
    /// Reads a speaker; `None` for a role, a stopword, a single letter or nothing.
    pub(crate) fn parse(speaker: &str, language: Language) -> Option<Self> {
        let words: Box<[String]> = words(speaker, language).map(|word| word.1).collect();
        let is_name = match &*words {
            [] => false,
            [word] => {
                word.chars().nth(1).is_some()
                    && !ROLES.contains(&word.as_str())
                    && !language.is_stopword(word)
            }
            _ => true,
        };
        is_name.then_some(Self(words))
    }
}

/// The words of a text with the bytes they take, normalised, without a possessive ending.
fn words(text: &str, language: Language) -> impl Iterator<Item = ((usize, usize), String)> {
    text.unicode_word_indices().map(move |(start, word)| {
        let normal = normalize(word, language);
        let normal = normal
            .strip_suffix("'s")
            .map_or(normal.clone(), str::to_owned);
        ((start, start + word.len()), normal)
    })
}

/// Which known persons a query names.
pub(crate) struct Named {
    /// The labels of their speakers, each once.
    pub(crate) speakers: Vec<u32>,
    /// The bytes that the names take.
    ranges: Vec<(usize, usize)>,
}

impl<P> Index<P> {
    /// The query as it should be embedded: without the names of the speakers that have live
    /// entries at `now`, in either case and with a possessive ending, as whole words only. The
    /// whole query when no word with a meaning is left, or when the recipe says so.
    ///
    /// Roles (`user`, `assistant`) are no names.
    pub fn embedding_query(&self, query: &str, now: Timestamp, recipe: &Recipe) -> String {
        let named = self.named(query, now);
        if !recipe.names_removed || named.ranges.is_empty() {
            return query.to_owned();
        }
        let mut rest = String::with_capacity(query.len());
        let mut end = 0;
        for &(from, to) in &named.ranges {
            rest.push_str(query.get(end..from).unwrap_or_default());
            rest.push(' ');
            end = end.max(to);
        }
        rest.push_str(query.get(end..).unwrap_or_default());
        let language = self.settings.language;
        let has_meaning = words(&rest, language).any(|(_, word)| !language.is_stopword(&word));
        if has_meaning {
            rest.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            query.to_owned()
        }
    }

    /// Looks for the names of speakers with live entries.
    pub(crate) fn named(&self, query: &str, now: Timestamp) -> Named {
        let words: Vec<_> = words(query, self.settings.language).collect();
        let mut named = Named {
            speakers: Vec::new(),
            ranges: Vec::new(),
        };
        for (place, (first, word)) in words.iter().enumerate() {
            for (name, label) in self.names.starting_with(word) {
                let Some(window) = words.get(place..place + name.0.len()) else {
                    continue;
                };
                let is_name = window.iter().map(|(_, word)| word).eq(name.0.iter());
                if let (true, Some((last, _))) =
                    (is_name && self.speaks(*label, now), window.last())
                {
                    named.ranges.push((first.0, last.1));
                    named.speakers.push(*label);
                }
            }
        }
        named.speakers.sort_unstable();
        named.speakers.dedup();
        named.ranges.sort_unstable();
        named
    }

    /// Whether a speaker has entries that did not expire.
    fn speaks(&self, label: u32, now: Timestamp) -> bool {
        let is_theirs = |slot: &u32| {
            let row = self.rows.get(*slot as usize);
            row.is_some_and(|row| row.speaker == label)
        };
        self.speakers.uses(label) > self.expired(now).filter(is_theirs).count()
    }
}

/// The names of all speakers by their first word.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Vec<(Name, u32)>>);

impl Names {
    /// Adds what a speaker is called.
    pub(crate) fn insert(&mut self, name: Name, label: u32) {
        if let Some(first) = name.0.first() {
            self.0.entry(first.clone()).or_default().push((name, label));
        }
    }

    /// Takes a speaker out.
    pub(crate) fn remove(&mut self, name: &Name, label: u32) {
        let Some(first) = name.0.first() else { return };
        if let Some(names) = self.0.get_mut(first) {
            names.retain(|(_, other)| *other != label);
            if names.is_empty() {
                self.0.remove(first);
            }
        }
    }

    fn starting_with(&self, word: &str) -> &[(Name, u32)] {
        self.0.get(word).map_or(&[], Vec::as_slice)
    }
}
