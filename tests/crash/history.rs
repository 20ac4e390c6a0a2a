//! What one client knows: what it was told is kept or gone, and the one request whose answer never
//! came.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Whose memory, and which.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) user: String,
    pub(crate) id: String,
}

/// All of a memory that a client chooses. Every change changes all of it, so that a mixture of two
/// states shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) content: String,
    pub(crate) tags: Vec<String>,
    pub(crate) topic: String,
    pub(crate) version: u64,
}

impl Kept {
    /// Reads a memory of a reply.
    pub(crate) fn read(memory: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tags = memory["tags"].as_array().map_or(&[][..], Vec::as_slice);
        Self {
            content: text(&memory["content"]),
            tags: tags.iter().map(text).collect(),
            topic: text(&memory["metadata"]["topic"]),
            version: memory["version"].as_u64().unwrap_or_default(),
        }
    }
}

/// What a server shows.
pub(crate) type Found = BTreeMap<Place, Kept>;

/// What a request makes of the places it touches: all of this, or nothing.
pub(crate) type Changes = BTreeMap<Place, Option<Kept>>;

/// How the request without an answer turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Absent,
    Present,
}

/// The knowledge of one client.
#[derive(Default)]
pub(crate) struct History {
    known: Changes,
    unsure: Option<Changes>,
    acknowledged: BTreeMap<&'static str, u64>,
}

impl History {
    /// A request is about to be sent.
    pub(crate) fn begin(&mut self, changes: Changes) {
        self.unsure = Some(changes);
    }

    /// Its answer came.
    pub(crate) fn acknowledge(&mut self, verb: &'static str) {
        self.known.extend(self.unsure.take().unwrap_or_default());
        *self.acknowledged.entry(verb).or_default() += 1;
    }

    /// Takes in what turned out later, beside the request under way.
    pub(crate) fn know(&mut self, changes: Changes) {
        self.known.extend(changes);
    }

    /// Where a memory is kept.
    pub(crate) fn living(&self, user: &str) -> Vec<Place> {
        let mut living = Vec::new();
        for (place, kept) in &self.known {
            if kept.is_some() && place.user == user {
                living.push(place.clone());
            }
        }
        living
    }

    pub(crate) fn kept(&self, place: &Place) -> Option<&Kept> {
        self.known.get(place).and_then(Option::as_ref)
    }

    /// How many requests of each verb were acknowledged.
    pub(crate) const fn acknowledged(&self) -> &BTreeMap<&'static str, u64> {
        &self.acknowledged
    }

    /// Compares with what the server shows for `users` after a restart. A request without an
    /// answer becomes known as what it turned out to be.
    pub(crate) fn settle(&mut self, found: &Found, users: &BTreeSet<String>) -> Option<Fate> {
        let unsure = self.unsure.take().unwrap_or_default();
        for (place, expected) in &self.known {
            if !unsure.contains_key(place) && users.contains(&place.user) {
                let shown = found.get(place);
                assert_eq!(
                    shown,
                    expected.as_ref(),
                    "an acknowledged write was lost: left is shown, right was acknowledged, {place:?}"
                );
            }
        }
        if unsure.is_empty() {
            return None;
        }
        let is_after = |(place, after): (&Place, &Option<Kept>)| found.get(place) == after.as_ref();
        let is_before = |place: &Place| found.get(place) == self.kept(place);
        let fate = if unsure.iter().all(is_after) {
            Fate::Present
        } else {
            let shown: Vec<_> = unsure.keys().map(|place| found.get(place)).collect();
            assert!(
                unsure.keys().all(is_before),
                "a write without an answer is there by half: {shown:?} is shown for {unsure:?}"
            );
            Fate::Absent
        };
        if fate == Fate::Present {
            self.known.extend(unsure);
        }
        Some(fate)
    }
}
