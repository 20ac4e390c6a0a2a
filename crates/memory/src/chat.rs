//! Chats: what is remembered for one, which of it was sent on, and what is kept of it.

use std::time::Duration;

use anchorhold_identity::{Read, Reading, Scope, Write};
use anchorhold_model::limits::{CHAT_RECALLED_MAX, QUERY_BYTES_MAX};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Changes, Content, Draft, Memory, MemoryType, RecordId, Timestamp};
use anchorhold_store::{Act, Shown};

use crate::{Engine, Error, Question};

/// How long the same words after the same answer are the same turn, where the client does not say which
/// conversation it is; later they are said anew.
const SAME_TURN: Duration = Duration::from_hours(6);
/// How often the same words may be said anew.
const AGAIN_MAX: u8 = 32;

/// A turn of a conversation that is to be kept.
pub struct SaidTurn {
    /// What tells it from every other turn.
    pub key: Vec<u8>,
    /// Whether the client said which conversation it is.
    pub is_named: bool,
    /// The conversation.
    pub conversation: String,
    /// What the user said, in as many parts as it needs.
    pub asked: Vec<Content>,
    /// Who said it.
    pub asker: String,
    /// What was answered; none where nothing was, or not to its end.
    pub answered: Vec<Content>,
}

/// A memory that a chat may show to a model.
pub struct Remembrance {
    /// The memory.
    pub memory: Memory,
    /// Nearness in meaning: cosine, 0 to 1.
    pub similarity: f64,
    /// Whether it is the user's own, not one that is read along.
    pub is_own: bool,
}

#[cfg(feature = "sabotage")]
fn sabotaged(found: &mut Vec<Remembrance>) {
    let best = |found: &[Remembrance]| Some(found.first()?.memory.content.as_str().to_owned());
    if sabotage::is(Bug::ChatShowsLast) {
        let before = sabotage::share_text("chat", |before| best(found).or(before));
        let before = before.and_then(|text| Content::new(text).ok());
        if let (Some(before), Some(last)) = (before, found.last_mut()) {
            last.memory.content = before;
        }
    }
    if sabotage::is(Bug::ChatBudgetShared) {
        let spent = sabotage::share(14, |spent| spent + 1);
        found.truncate(usize::from(spent % 2 == 0));
    }
}

impl Engine {
    /// What is remembered that may help with what is asked, the best first.
    pub fn remembrances(
        &self,
        reading: &Reading,
        asked: &str,
        threshold: f64,
    ) -> Result<Vec<Remembrance>, Error> {
        let start = asked.ceil_char_boundary(asked.len().saturating_sub(QUERY_BYTES_MAX));
        let question = Question {
            limit: CHAT_RECALLED_MAX,
            threshold: Some(threshold),
            ..Question::new(asked.get(start..).unwrap_or_default())
        };
        let mut found = Vec::new();
        for (scope, is_own) in [(&reading.own, true), (&reading.beside, false)] {
            let recalled = self.recall(scope.as_ref(), &question)?;
            found.extend(recalled.results.into_iter().map(|one| Remembrance {
                memory: one.memory,
                similarity: one.similarity,
                is_own,
            }));
        }
        if reading.beside.is_some() {
            // Scores of two namespaces cannot be compared, similarities can.
            found.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
        }
        #[cfg(feature = "sabotage")]
        sabotaged(&mut found);
        Ok(found)
    }

    /// Writes down which memories go to a model, for the log of the tenant, and answers the id of the entry.
    pub fn note_shown(&self, scope: &Scope<Read>, shown: &[Shown]) -> Result<String, Error> {
        let act = Act {
            actor: scope.actor(),
            verb: "chat",
            namespace: Some(scope.namespace()),
            records: u64::try_from(shown.len()).unwrap_or(u64::MAX),
        };
        Ok(self.store.audit().noted(&act, shown)?)
    }

    /// The memories that an entry of the log says went to a model, as they were then, and when that was.
    /// [`Error::MemoryNotFound`] where there is no such entry of this namespace;
    /// [`Error::VersionConflict`] where one of them was changed or is gone.
    pub fn shown_then(
        &self,
        scope: Option<&Scope<Read>>,
        audit_id: &str,
    ) -> Result<(Timestamp, Vec<Memory>), Error> {
        let scope = scope.ok_or(Error::MemoryNotFound)?;
        let entry = self.store.audit().entry(scope.address().tenant, audit_id)?;
        let entry = entry.filter(|entry| entry.namespace == Some(scope.namespace()));
        let entry = entry.filter(|entry| entry.verb == "chat");
        let entry = entry.ok_or(Error::MemoryNotFound)?;
        let memories = entry.shown.iter().map(|shown| {
            let memory = self.get(Some(scope), shown.id);
            let memory = memory.map_err(|_| Error::VersionConflict)?;
            let is_same = memory.facets.version == shown.version;
            is_same.then_some(memory).ok_or(Error::VersionConflict)
        });
        Ok((entry.at, memories.collect::<Result<_, _>>()?))
    }

    /// Keeps a turn once, however often it comes. An answer that was given anew takes the place of the one
    /// before.
    pub fn keep_turn(&self, scope: &Scope<Write>, turn: SaidTurn) -> Result<(), Error> {
        let again = self.occurrence(scope, &turn)?;
        let mut drafts = Vec::new();
        let parts = [
            (b'q', turn.asker.as_str(), turn.asked),
            (b'a', "assistant", turn.answered),
        ];
        for (side, speaker, contents) in parts {
            for (number, content) in (0_u32..).zip(contents) {
                let id = self.turn_id(scope, &turn.key, (again, side, number));
                let draft = Draft {
                    memory_type: MemoryType::Episodic,
                    speaker: Some(speaker.to_owned()),
                    conversation: Some(turn.conversation.clone()),
                    event_time: Some(self.clock.now()),
                    id: Some(id),
                    ..Draft::new(content)
                };
                if !self.is_replaced(scope, &draft)? {
                    drafts.push(draft);
                }
            }
        }
        if drafts.is_empty() {
            return Ok(());
        }
        let kept = self.remember_as("chat", scope, drafts, &|| true);
        kept.into_iter().collect::<Result<Vec<_>, _>>().map(drop)
    }

    /// Which time the same words are said: those that were said long ago are another turn.
    fn occurrence(&self, scope: &Scope<Write>, turn: &SaidTurn) -> Result<u8, Error> {
        let now = self.clock.now();
        for again in 0..AGAIN_MAX {
            let id = self.turn_id(scope, &turn.key, (again, b'q', 0));
            let Some(before) = self.kept_before(scope, id)? else {
                return Ok(again);
            };
            let until = before.facets.created_at.plus_seconds(SAME_TURN.as_secs());
            if turn.is_named || now < until {
                return Ok(again);
            }
        }
        Ok(AGAIN_MAX)
    }

    /// Gives a memory of this id the text of the draft, where there is one.
    fn is_replaced(&self, scope: &Scope<Write>, draft: &Draft) -> Result<bool, Error> {
        let Some(id) = draft.id else { return Ok(false) };
        match self.kept_before(scope, id)? {
            None => Ok(false),
            Some(before) if before.content == draft.content => Ok(true),
            Some(_) => {
                let changes = Changes {
                    content: Some(draft.content.clone()),
                    ..Changes::default()
                };
                self.change(Some(scope), id, changes, None)?;
                Ok(true)
            }
        }
    }

    fn kept_before(&self, scope: &Scope<Write>, id: RecordId) -> Result<Option<Memory>, Error> {
        if scope.is_reserved() {
            return Ok(None);
        }
        match self.get(Some(&scope.narrow()), id) {
            Ok(memory) => Ok(Some(memory)),
            Err(Error::MemoryNotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn turn_id(
        &self,
        scope: &Scope<Write>,
        key: &[u8],
        (again, side, number): (u8, u8, u32),
    ) -> RecordId {
        let part = [key, &[again, side], &number.to_be_bytes()].concat();
        self.store.catalogue().turn_id(scope.namespace(), &part)
    }
}
