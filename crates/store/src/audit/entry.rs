//! What entries say, as JSON with a format number, and how intent and outcome become one.

use anchorhold_model::{KeyId, NamespaceId, RecordId, Timestamp, hex};
use serde::{Deserialize, Serialize};

use super::{Act, Outcome};
use crate::Error;

const FORMAT: u32 = 1;
const MALFORMED: Error = Error::Malformed { what: "audit log" };

/// How an act ended, as far as the log knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryOutcome {
    /// It was done.
    Done,
    /// It was not done.
    Failed {
        /// Why.
        reason: String,
    },
    /// It was refused.
    Denied {
        /// Why.
        reason: String,
    },
    /// Nothing stands in the log: it runs still, or a crash came between.
    Unknown,
}

/// A record that was sent on, as it was then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The record.
    pub id: RecordId,
    /// Its version.
    pub version: u64,
}

/// One act: who, by which proof, through which door, where, and how it ended. Never content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of the entry.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// What was done.
    pub verb: String,
    /// The credential.
    pub key: Option<KeyId>,
    /// The pseudonym of who it was done for.
    pub subject: Option<String>,
    /// The pseudonym of the identity that stood beside the credential.
    pub on_behalf_of: Option<String>,
    /// How well the subject was proved.
    pub strength: Option<String>,
    /// Where the identity came from.
    pub source: Option<String>,
    /// The trust mode in force.
    pub mode: Option<String>,
    /// Through which door.
    pub door: String,
    /// Accepted under `legacy` only.
    pub advisory: bool,
    /// Where.
    pub namespace: Option<NamespaceId>,
    /// To how many records.
    pub records: u64,
    /// Which records were sent on to somebody else, in their order.
    pub shown: Vec<Shown>,
    /// How it ended.
    pub outcome: EntryOutcome,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IntentBody {
    at: Timestamp,
    verb: String,
    key: Option<KeyId>,
    subject: Option<String>,
    on_behalf_of: Option<String>,
    strength: Option<String>,
    source: Option<String>,
    mode: Option<String>,
    door: String,
    advisory: bool,
    namespace: Option<NamespaceId>,
    records: u64,
    /// Ids and versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shown: Vec<(String, u64)>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OutcomeBody {
    /// The number of the intent in the chain.
    intent: u64,
    at: Timestamp,
    outcome: Word,
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Done,
    Failed,
    Denied,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
enum Body {
    Intent {
        id: String,
        #[serde(flatten)]
        intent: Box<IntentBody>,
    },
    Outcome(OutcomeBody),
}

impl IntentBody {
    pub(super) fn new(
        act: &Act<'_>,
        at: Timestamp,
        subject: Option<[u8; 16]>,
        on_behalf_of: Option<[u8; 16]>,
    ) -> Self {
        let actor = act.actor;
        Self {
            at,
            verb: act.verb.to_owned(),
            key: actor.credential.map(|credential| credential.key),
            subject: subject.map(|pseudonym| hex(&pseudonym)),
            on_behalf_of: on_behalf_of.map(|pseudonym| hex(&pseudonym)),
            strength: actor.strength.map(|strength| strength.as_str().to_owned()),
            source: actor.source.map(|source| source.as_str().to_owned()),
            mode: actor
                .trust_mode
                .and_then(|mode| Some(serde_json::to_value(mode).ok()?.as_str()?.to_owned())),
            door: actor.door.as_str().to_owned(),
            advisory: actor.advisory,
            namespace: act.namespace,
            records: act.records,
            shown: Vec::new(),
        }
    }

    /// The same with records that were sent on.
    pub(super) fn showing(mut self, shown: &[Shown]) -> Self {
        let written = shown.iter().map(|one| (one.id.to_string(), one.version));
        self.shown = written.collect();
        self
    }
}

fn shown((id, version): (String, u64)) -> Result<Shown, Error> {
    let id = RecordId::parse(&id).ok_or(MALFORMED)?;
    Ok(Shown { id, version })
}

impl OutcomeBody {
    pub(super) fn new(intent: u64, at: Timestamp, outcome: Outcome) -> Self {
        let (outcome, reason) = match outcome {
            Outcome::Done => (Word::Done, None),
            Outcome::Failed { reason } => (Word::Failed, Some(reason.to_owned())),
        };
        Self {
            intent,
            at,
            outcome,
            reason,
        }
    }

    pub(super) fn denied(intent: u64, at: Timestamp, reason: &str) -> Self {
        Self {
            intent,
            at,
            outcome: Word::Denied,
            reason: Some(reason.to_owned()),
        }
    }

    fn told(self) -> EntryOutcome {
        let reason = self.reason.unwrap_or_default();
        match self.outcome {
            Word::Done => EntryOutcome::Done,
            Word::Failed => EntryOutcome::Failed { reason },
            Word::Denied => EntryOutcome::Denied { reason },
        }
    }
}

/// The bytes of an intent.
pub(super) fn intent(body: &IntentBody, id: &str) -> Result<Vec<u8>, Error> {
    encode(Body::Intent {
        id: id.to_owned(),
        intent: Box::new(body.clone()),
    })
}

/// The bytes of an outcome.
pub(super) fn outcome(body: OutcomeBody) -> Result<Vec<u8>, Error> {
    encode(Body::Outcome(body))
}

fn encode(body: Body) -> Result<Vec<u8>, Error> {
    let format = FORMAT;
    serde_json::to_vec(&Stored { format, body }).map_err(|_| MALFORMED)
}

/// What one stored entry does to the list.
pub(super) enum Told {
    /// A new line.
    Began(Box<Entry>),
    /// The end of the line with this number.
    Ended {
        intent: u64,
        outcome: EntryOutcome,
        at: Timestamp,
    },
}

/// Reads a stored entry.
pub(super) fn decode(bytes: &[u8]) -> Result<Told, Error> {
    let stored: Stored = serde_json::from_slice(bytes).map_err(|_| MALFORMED)?;
    if stored.format != FORMAT {
        return Err(Error::Format {
            found: stored.format,
        });
    }
    Ok(match stored.body {
        Body::Intent { id, intent } => Told::Began(Box::new(Entry {
            id,
            at: intent.at,
            verb: intent.verb,
            key: intent.key,
            subject: intent.subject,
            on_behalf_of: intent.on_behalf_of,
            strength: intent.strength,
            source: intent.source,
            mode: intent.mode,
            door: intent.door,
            advisory: intent.advisory,
            namespace: intent.namespace,
            records: intent.records,
            shown: intent
                .shown
                .into_iter()
                .map(shown)
                .collect::<Result<_, _>>()?,
            outcome: EntryOutcome::Unknown,
            settled_at: None,
        })),
        Body::Outcome(body) => Told::Ended {
            intent: body.intent,
            at: body.at,
            outcome: body.told(),
        },
    })
}
