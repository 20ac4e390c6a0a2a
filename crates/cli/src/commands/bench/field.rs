//! What measurements work on: a throw-away installation, one key, and as many users as wanted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anchorhold_embed::Embedder;
use anchorhold_gate::{Erased, Gate};
use anchorhold_identity::{Erase, Missing, Read, Write};
use anchorhold_memory::{Question, Which};
use anchorhold_model::limits::WAL_BYTES_MAX;
use anchorhold_model::{Clock, Content, Draft, RecordId, TenantPolicy, limits};
use anchorhold_store::AuditMode;

use super::Size;
use super::corpus::{Prepared, note};
use super::process;
use crate::exit::Error;
use crate::rule::{Holder, Rule, with_headers};
use crate::throw_away::{ThrowAway, Wish};
use anchorhold::chores::ChoresThread;

/// How long to wait for the chore that empties a log; it comes every second.
const LOG_TIME: Duration = Duration::from_secs(30);

/// An open installation with one application's key.
pub(super) struct Field {
    installation: ThrowAway,
    gate: Gate,
    key: String,
    _chores: ChoresThread,
}

/// What a measurement needs otherwise than a server has it.
pub(super) struct Ground {
    pub(super) audit: AuditMode,
    pub(super) handles_max: usize,
    pub(super) residents_max: usize,
    pub(super) real: Option<Arc<dyn Embedder>>,
}

impl Default for Ground {
    fn default() -> Self {
        Self {
            audit: AuditMode::Required,
            handles_max: limits::HANDLES_DEFAULT,
            residents_max: limits::RESIDENTS_DEFAULT,
            real: None,
        }
    }
}

impl Field {
    pub(super) fn new(size: &Size, ground: Ground) -> Result<Self, Error> {
        let mut wish = Wish::new(Arc::new(Prepared { real: ground.real }));
        wish.parent.clone_from(&size.directory);
        wish.audit = ground.audit;
        wish.handles_max = ground.handles_max;
        wish.engine.residents_max = ground.residents_max;
        let installation = ThrowAway::new(wish)?;
        let rule = Rule::new(&installation.house, &installation.operator_key)?;
        let tenant = rule.tenant("bench", TenantPolicy::default())?;
        let key = rule.key(&tenant, "bench", &Holder::Application)?;
        Ok(Self {
            gate: installation.house.gate(),
            _chores: ChoresThread::start(installation.house.chores()?)?,
            installation,
            key,
        })
    }

    /// The same after a restart, and how long that took until it was ready.
    pub(super) fn reopened(self) -> Result<(Self, Duration), Error> {
        let Self {
            installation,
            gate,
            key,
            _chores: chores,
        } = self;
        // A chore that still runs holds the store, which is opened again below.
        chores.finish();
        drop(gate);
        let (installation, took) = installation.reopened()?;
        let field = Self {
            gate: installation.house.gate(),
            _chores: ChoresThread::start(installation.house.chores()?)?,
            installation,
            key,
        };
        Ok((field, took))
    }

    /// Where the data lie.
    pub(super) fn path(&self) -> &Path {
        self.installation.path()
    }

    /// The clock to measure with.
    pub(super) fn clock(&self) -> &dyn Clock {
        self.installation.house.clock.as_ref()
    }

    /// Keeps one made-up memory for a user, from the key to the disk.
    pub(super) fn remember(&self, user: usize, seed: u64) -> Result<(), Error> {
        self.remember_batch(user, &[seed]).map(drop)
    }

    /// Keeps made-up memories for a user in one commit.
    pub(super) fn remember_batch(
        &self,
        user: usize,
        seeds: &[u64],
    ) -> Result<Vec<RecordId>, Error> {
        let name = format!("user-{user}");
        let scope = with_headers(&self.gate, &self.key, Some(&name), |gate, ask| {
            gate.scope::<Write>(ask, Missing::Reserve)
        })?;
        let Some(scope) = scope else {
            return Err(Error::Failed("no namespace to write to".to_owned()));
        };
        let draft = |seed: &u64| match Content::new(note(*seed)) {
            Ok(content) => Ok(Draft::new(content)),
            Err(error) => Err(Error::Failed(error.to_string())),
        };
        let drafts = seeds.iter().map(draft).collect::<Result<Vec<_>, Error>>()?;
        let kept = self
            .installation
            .house
            .engine
            .remember_batch(&scope, drafts);
        kept.into_iter()
            .map(|kept| kept.map(|kept| kept.memory.facets.id))
            .collect::<Result<_, _>>()
            .map_err(|error| Error::Failed(format!("a write failed: {error}")))
    }

    /// Removes one of a user's memories.
    pub(super) fn forget(&self, user: usize, id: RecordId) -> Result<(), Error> {
        let name = format!("user-{user}");
        let scope = with_headers(&self.gate, &self.key, Some(&name), |gate, ask| {
            gate.scope::<Erase>(ask, Missing::Empty)
        })?;
        let engine = &self.installation.house.engine;
        let gone = engine
            .forget(scope.as_ref(), Which::Ids(vec![id]), false)
            .map_err(|error| Error::Failed(format!("a removal failed: {error}")))?;
        if gone.ids.len() != 1 {
            return Err(Error::Failed("a memory to remove was not there".to_owned()));
        }
        Ok(())
    }

    /// Gives a user `count` memories, a hundred to a commit.
    pub(super) fn fill(&self, user: usize, count: usize) -> Result<(), Error> {
        let first = u64::try_from(user * count).unwrap_or(0);
        let seeds: Vec<u64> = (first..).take(count).collect();
        let mut batches = seeds.chunks(limits::BATCH_MAX);
        batches.try_for_each(|batch| self.remember_batch(user, batch).map(drop))
    }

    /// Waits until no log is longer than the chores let one be: whoever does something then does not
    /// wait for what filling left to do.
    pub(super) fn wait_for_chores(&self) -> Result<(), Error> {
        let clock = self.clock();
        let until = clock.monotonic() + LOG_TIME;
        while process::longest_log_bytes(self.path())? > WAL_BYTES_MAX {
            if clock.monotonic() > until {
                let problem = "the log of a namespace was not emptied".to_owned();
                return Err(Error::Failed(problem));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Erases a user, from the key to the receipt.
    pub(super) fn erase(&self, user: usize) -> Result<(), Error> {
        let name = format!("user-{user}");
        let proof = with_headers(&self.gate, &self.key, Some(&name), |gate, ask| {
            gate.subject_erasure(ask, Erased::Own)
        })?;
        let erased = self.installation.house.engine.erase_subject(&proof);
        erased
            .map(drop)
            .map_err(|error| Error::Failed(format!("an erasure failed: {error}")))
    }

    /// Asks a user's namespace, from the key to the opened memories.
    pub(super) fn recall(&self, user: usize, question: &str) -> Result<(), Error> {
        self.recall_texts(user, question).map(drop)
    }

    /// The same, with the texts that were found.
    pub(super) fn recall_texts(&self, user: usize, question: &str) -> Result<Vec<String>, Error> {
        let name = format!("user-{user}");
        let scope = with_headers(&self.gate, &self.key, Some(&name), |gate, ask| {
            gate.scope::<Read>(ask, Missing::Empty)
        })?;
        let engine = &self.installation.house.engine;
        let recalled = engine
            .recall(scope.as_ref(), &Question::new(question))
            .map_err(|error| Error::Failed(format!("a recall failed: {error}")))?;
        if recalled.results.is_empty() {
            return Err(Error::Failed("a recall found nothing".to_owned()));
        }
        let texts = recalled.results.into_iter();
        Ok(texts
            .map(|one| one.memory.content.as_str().to_owned())
            .collect())
    }
}
