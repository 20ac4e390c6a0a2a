//! The audit log: one append-only hash chain per tenant, and one for the operator's own acts.
//!
//! INVARIANT: no intent, no effect. Whoever changes something writes an intent first and goes on
//! only when it is durable. Entries hold ids and pseudonyms, never names or content; each is
//! sealed under the tenant's audit key, and bound to its place in the chain.

mod chain;
mod entry;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod journal;
mod keys;
mod log;
mod logs;
mod read;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anchorhold_identity::Actor;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{NamespaceId, Stream, TenantId, hex};

use crate::Error;
use crate::catalogue::Catalogue;
use crate::registry::Foundation;
pub use entry::{Entry, EntryOutcome, Shown};
use entry::{IntentBody, OutcomeBody};
use log::{Log, PutOff};
use logs::Logs;
pub use read::Verified;

/// The tenant id under which the operator's own acts are written.
pub(crate) const OPERATOR: TenantId = TenantId::from_bytes([0; 16]);

/// Whether acts are written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditMode {
    /// No intent, no effect.
    #[default]
    Required,
    /// Nothing is written. For benchmarks alone.
    Off,
}

/// What is about to be done.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    /// Who does it.
    pub actor: &'a Actor,
    /// What is done.
    pub verb: &'static str,
    /// Where.
    pub namespace: Option<NamespaceId>,
    /// To how many records.
    pub records: u64,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done.
    Failed {
        /// Why.
        reason: &'static str,
    },
}

/// A durable intent. Dropped without an outcome it reads unknown.
pub struct Intent {
    log: Option<Arc<Log>>,
    sequence: u64,
    id: String,
}

impl Intent {
    /// The id of the entry; the same for intent and outcome.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The log of an installation. Shared by all threads.
pub struct Audit {
    foundation: Arc<Foundation>,
    catalogue: Arc<Catalogue>,
    mode: AuditMode,
    logs: Logs,
    strangers: AtomicU64,
    lost_denials: AtomicU64,
}

impl Audit {
    /// Opens the log whose files lie in `directory`, which exists.
    pub(crate) fn open(
        directory: PathBuf,
        foundation: Arc<Foundation>,
        catalogue: Arc<Catalogue>,
        mode: AuditMode,
    ) -> Self {
        let random = Arc::clone(&foundation.random);
        Self {
            foundation,
            catalogue,
            mode,
            logs: Logs::new(directory, random),
            strangers: AtomicU64::new(0),
            lost_denials: AtomicU64::new(0),
        }
    }

    /// Writes down what is about to be done: durable when it returns. On an error nothing may be
    /// done.
    pub fn intent(&self, act: &Act<'_>) -> Result<Intent, Error> {
        if self.mode == AuditMode::Off {
            return Ok(Intent {
                log: None,
                sequence: 0,
                id: String::new(),
            });
        }
        self.intent_required(act).map_err(|error| {
            tracing::error!(%error, "an audit intent was not written");
            Error::AuditUnavailable
        })
    }

    fn intent_required(&self, act: &Act<'_>) -> Result<Intent, Error> {
        let tenant = act.actor.tenant.unwrap_or(OPERATOR);
        let log = self.log(tenant)?;
        let body = self.intent_body(act)?;
        let id = self.draw_id(act.actor);
        let sequence = log.append(&entry::intent(&body, &id)?)?;
        log.sync(sequence)?;
        self.logs.trim();
        Ok(Intent {
            log: Some(log),
            sequence,
            id,
        })
    }

    /// Writes down what changed nothing and showed something: which records, as they were. It stands there
    /// before the next entry or look, and waits for no disk. Answers its id.
    pub fn noted(&self, act: &Act<'_>, shown: &[Shown]) -> Result<String, Error> {
        let id = self.draw_id(act.actor);
        if self.mode == AuditMode::Off {
            return Ok(id);
        }
        let log = self.log(act.actor.tenant.unwrap_or(OPERATOR))?;
        let body = self.intent_body(act)?.showing(shown);
        log.put_off(PutOff {
            intent: entry::intent(&body, &id)?,
            at: self.foundation.clock.now(),
            refused: None,
        })?;
        self.logs.trim();
        Ok(id)
    }

    /// Writes down how it ended, to be durable with the next intent or [`Audit::flush`]. An
    /// outcome that cannot be written leaves its entry unknown.
    pub fn outcome(&self, intent: Intent, outcome: Outcome) -> Result<(), Error> {
        let Some(log) = &intent.log else {
            return Ok(());
        };
        let body = OutcomeBody::new(intent.sequence, self.foundation.clock.now(), outcome);
        entry::outcome(body)
            .and_then(|entry| log.append(&entry))
            .map_err(|error| {
                tracing::error!(%error, "an audit outcome was not written");
                Error::AuditUnavailable
            })?;
        Ok(())
    }

    /// Makes every outcome durable that was written so far.
    pub fn flush(&self) -> Result<(), Error> {
        self.logs.flush().map_err(|error| {
            tracing::error!(%error, "the audit log was not synced");
            Error::AuditUnavailable
        })
    }

    /// Writes refusals that were put off, not yet durable. Call it about every second: what a crash may
    /// take with it is those since then.
    pub fn settle(&self) -> Result<(), Error> {
        self.logs.settle().map_err(|error| {
            tracing::error!(%error, "refusals were not written to the audit log");
            Error::AuditUnavailable
        })
    }

    /// Makes everything durable and takes no more.
    pub fn close(&self) -> Result<(), Error> {
        let flushed = self.flush();
        self.logs.close();
        flushed
    }

    /// Refusals of callers whom no tenant knows; they are counted and not written.
    pub fn strangers(&self) -> u64 {
        self.strangers.load(Ordering::Relaxed)
    }

    /// Refusals that could not be written.
    pub fn lost_denials(&self) -> u64 {
        self.lost_denials.load(Ordering::Relaxed)
    }

    /// Entries that a crash left half written and that were cut at open.
    pub fn torn_tails(&self) -> u64 {
        self.logs.torn_tails()
    }

    /// Times that a file was synced: fewer than intents when many are written at once.
    pub fn syncs(&self) -> u64 {
        self.logs.syncs()
    }

    fn log(&self, tenant: TenantId) -> Result<Arc<Log>, Error> {
        #[cfg(feature = "sabotage")]
        let tenant = if sabotage::is(Bug::AuditWithoutTenant) {
            OPERATOR
        } else {
            tenant
        };
        self.logs.get(tenant, || self.keys(tenant))
    }

    /// The id of a new entry. Random, and from the stream of whoever acts: a place in the chain, or
    /// the epoch of its file, would tell a caller who is shown the id how much others do.
    fn draw_id(&self, actor: &Actor) -> String {
        let mut bytes = [0; 16];
        let tenant = actor.tenant.unwrap_or(OPERATOR);
        let stream = match &actor.credential {
            Some(credential) => credential.key.as_bytes(),
            None => tenant.as_bytes(),
        };
        self.foundation.random.fill(Stream(stream), &mut bytes);
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::AuditIdsCounted) {
            return format!("aud_{:032x}", sabotage::share(4, |last| last + 1));
        }
        format!("aud_{}", hex(&bytes))
    }

    fn intent_body(&self, act: &Act<'_>) -> Result<IntentBody, Error> {
        let pseudonym = |user: Option<&anchorhold_model::User>| match (act.actor.tenant, user) {
            (Some(tenant), Some(user)) => self.catalogue.pseudonym(tenant, user).map(Some),
            _ => Ok(None),
        };
        let subject = pseudonym(act.actor.subject.as_ref())?;
        let on_behalf_of = pseudonym(act.actor.on_behalf_of.as_ref())?;
        let now = self.foundation.clock.now();
        Ok(IntentBody::new(act, now, subject, on_behalf_of))
    }
}

#[cfg(test)]
mod tests;
