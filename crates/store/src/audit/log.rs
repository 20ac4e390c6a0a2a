//! One tenant's open chain: entries are appended in order, and all that wait share one sync.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anchorhold_model::{Random, TenantId, Timestamp};

use super::Outcome;
use super::chain::{self, Epoch};
use super::entry::{self, OutcomeBody};
use super::frame::{self, Found, Position};
use super::keys::ChainKeys;
use super::logs::Counters;
use crate::Error;
use crate::turn::{Served, Turns};

/// A file that is open for appending, and the epoch that was begun in it.
struct Open {
    file: Arc<File>,
    epoch: Epoch,
}

/// Entries that one chain puts off at most; the next one waits until they are written.
const PUT_OFF_MAX: usize = 256;

/// What is told before it is written.
pub(super) struct PutOff {
    pub(super) intent: Vec<u8>,
    pub(super) at: Timestamp,
    /// Why it was refused; `None` for what was done.
    pub(super) refused: Option<&'static str>,
}

struct State {
    /// Where the chain ends; `None` until the file was read once.
    end: Option<Position>,
    /// How far the file is known to be on the disk.
    synced: Option<Position>,
    open: Option<Open>,
    /// What stands in the chain before anything else does.
    put_off: VecDeque<PutOff>,
    /// INVARIANT: after a failed write or sync nothing is acknowledged until `mend` has written
    /// everything again that was not durable, and synced it through a file opened anew.
    broken: bool,
    closed: bool,
}

/// One chain.
pub(super) struct Log {
    tenant: TenantId,
    path: PathBuf,
    keys: ChainKeys,
    random: Arc<dyn Random>,
    counters: Arc<Counters>,
    state: Mutex<State>,
    /// One syncs for all that wait.
    turns: Turns,
    /// Links that are durable.
    durable: AtomicU64,
    /// When it was last used, by the count of all uses.
    pub(super) used: AtomicU64,
}

impl Log {
    pub(super) fn new(
        tenant: TenantId,
        path: PathBuf,
        keys: ChainKeys,
        random: Arc<dyn Random>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            tenant,
            path,
            keys,
            random,
            counters,
            state: Mutex::new(State {
                end: None,
                synced: None,
                open: None,
                put_off: VecDeque::new(),
                broken: false,
                closed: false,
            }),
            turns: Turns::default(),
            durable: AtomicU64::new(0),
            used: AtomicU64::new(0),
        }
    }

    /// Lets nobody sync while the guard lives.
    #[cfg(test)]
    pub(super) fn hold_syncs(&self) -> Served<'_, ()> {
        self.turns.wait(|| None).unwrap()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn keys(&self) -> &ChainKeys {
        &self.keys
    }

    pub(super) fn is_open(&self) -> bool {
        self.state.lock().is_ok_and(|state| state.open.is_some())
    }

    /// Where the chain ends, as far as this process knows, with what was put off.
    pub(super) fn end(&self) -> Result<Option<Position>, Error> {
        let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
        self.catch_up(&mut state)?;
        Ok(state.end)
    }

    /// Appends an entry and answers its number in the chain. It is written, not yet durable.
    pub(super) fn append(&self, plain: &[u8]) -> Result<u64, Error> {
        let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
        self.catch_up(&mut state)?;
        self.write(&mut state, plain)
    }

    /// Takes what is to be written before the next entry, flush or look at the chain: how long somebody
    /// waits for a refusal does not tell that it is worth an entry.
    pub(super) fn put_off(&self, one: PutOff) -> Result<(), Error> {
        let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
        if state.closed {
            return Err(Error::AuditUnavailable);
        }
        if state.put_off.len() >= PUT_OFF_MAX {
            self.catch_up(&mut state)?;
        }
        state.put_off.push_back(one);
        self.counters.has_put_off.store(true, Ordering::Release);
        Ok(())
    }

    /// Writes what was put off.
    pub(super) fn settle(&self) -> Result<(), Error> {
        let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
        self.catch_up(&mut state)
    }

    /// What could not be written is tried again next time.
    fn catch_up(&self, state: &mut State) -> Result<(), Error> {
        while let Some(one) = state.put_off.pop_front() {
            if let Err(error) = self.write_both(state, &one) {
                state.put_off.push_front(one);
                return Err(error);
            }
        }
        Ok(())
    }

    fn write_both(&self, state: &mut State, one: &PutOff) -> Result<(), Error> {
        let intent = self.write(state, &one.intent)?;
        let outcome = match one.refused {
            Some(reason) => OutcomeBody::denied(intent, one.at, reason),
            None => OutcomeBody::new(intent, one.at, Outcome::Done),
        };
        self.write(state, &entry::outcome(outcome)?)?;
        Ok(())
    }

    fn write(&self, state: &mut State, plain: &[u8]) -> Result<u64, Error> {
        if state.closed {
            return Err(Error::AuditUnavailable);
        }
        if state.broken {
            self.mend(state)?;
        }
        if state.open.is_none() {
            self.open(state)?;
        }
        let State { end, open, .. } = &mut *state;
        let (Some(at), Some(open)) = (end.as_mut(), open.as_ref()) else {
            return Err(Error::AuditUnavailable);
        };
        let random = self.random.as_ref();
        let content = chain::seal(&open.epoch, self.tenant, at, random, plain)?;
        let (bytes, after) = at.link(&content)?;
        let sequence = at.sequence;
        if let Err(error) = (&*open.file).write_all(&bytes) {
            // Half an entry must not stand in front of the next one.
            state.broken = open.file.set_len(at.bytes).is_err();
            return Err(error.into());
        }
        *at = after;
        Ok(sequence)
    }

    /// Returns when the link with this number is durable. One sync serves all that wait.
    pub(super) fn sync(&self, sequence: u64) -> Result<(), Error> {
        let is_durable = || (self.durable.load(Ordering::Acquire) > sequence).then_some(());
        let _turn = match self.turns.wait(is_durable)? {
            Served::Already(()) => return Ok(()),
            Served::Turn(turn) => turn,
        };
        let (file, end) = {
            let state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
            match (&state.open, state.end, state.broken) {
                (Some(open), Some(end), false) => (Arc::clone(&open.file), end),
                _ => return Err(Error::AuditUnavailable),
            }
        };
        self.counters.syncs.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = file.sync_data() {
            if let Ok(mut state) = self.state.lock() {
                state.broken = true;
            }
            return Err(error.into());
        }
        if let Ok(mut state) = self.state.lock() {
            state.synced = Some(end);
        }
        self.durable.store(end.sequence, Ordering::Release);
        Ok(())
    }

    /// Makes everything durable that was appended.
    pub(super) fn flush(&self) -> Result<(), Error> {
        let last = {
            let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
            if state.broken && !state.closed {
                self.mend(&mut state)?;
            }
            self.catch_up(&mut state)?;
            match (&state.open, state.end) {
                (Some(_), Some(end)) => end.sequence.checked_sub(1),
                _ => None,
            }
        };
        last.map_or(Ok(()), |last| self.sync(last))
    }

    /// Gives the file back to the system; the next entry opens it again.
    pub(super) fn let_go(&self) -> Result<(), Error> {
        self.flush()?;
        let mut state = self.state.lock().map_err(|_| Error::AuditUnavailable)?;
        let end = state.end.map_or(0, |end| end.sequence);
        if self.durable.load(Ordering::Acquire) >= end && state.open.take().is_some() {
            self.counters.open.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Takes no more entries.
    pub(super) fn close(&self) {
        if let Ok(mut state) = self.state.lock() {
            if let Err(error) = self.catch_up(&mut state) {
                let lost = state.put_off.len();
                tracing::error!(%error, lost, "refusals were not written to the audit log");
            }
            state.closed = true;
            if state.open.take().is_some() {
                self.counters.open.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Opens the file, cuts what a crash left half written, and begins an epoch.
    fn open(&self, state: &mut State) -> Result<(), Error> {
        let is_new = !self.path.try_exists()?;
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.path)?;
        if is_new && let Some(parent) = self.path.parent() {
            File::open(parent)?.sync_all()?;
        }
        let bytes = file.metadata()?.len();
        let end = match state.end {
            // It was read by this process, which is the only writer.
            Some(end) if end.bytes == bytes => end,
            Some(_) => return Err(Error::Tampered { what: "audit log" }),
            None => self.find_end(&file, Position::start(self.tenant))?,
        };
        state.synced.get_or_insert(end);
        let (content, epoch) = chain::begin(&self.keys, self.tenant, &end, self.random.as_ref())?;
        let (head, after) = end.link(&content)?;
        if let Err(error) = (&file).write_all(&head) {
            state.broken = file.set_len(end.bytes).is_err();
            return Err(error.into());
        }
        state.end = Some(after);
        state.open = Some(Open {
            file: Arc::new(file),
            epoch,
        });
        self.counters.open.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// The end of the chain that goes on at `at`; what a crash tore off behind it is cut.
    fn find_end(&self, mut file: &File, mut at: Position) -> Result<Position, Error> {
        file.seek(SeekFrom::Start(at.bytes))?;
        let mut reader = BufReader::new(file);
        loop {
            match frame::read(&mut reader, &at)? {
                Found::Link(_, after) => at = after,
                Found::End => return Ok(at),
                Found::Torn => break,
            }
        }
        let bytes = file.metadata()?.len();
        tracing::warn!(
            cut_bytes = bytes.saturating_sub(at.bytes),
            "an audit entry was half written and is cut"
        );
        file.set_len(at.bytes)?;
        file.sync_all()?;
        self.counters.torn_tails.fetch_add(1, Ordering::Relaxed);
        Ok(at)
    }

    /// After a failed write or sync: reads what stands behind the durable part, writes it again
    /// and syncs it. The system may hold pages for clean that never reached the disk; only pages
    /// that are written again are tried again.
    fn mend(&self, state: &mut State) -> Result<(), Error> {
        if state.open.take().is_some() {
            self.counters.open.fetch_sub(1, Ordering::Relaxed);
        }
        if let (Some(end), Some(synced)) = (state.end, state.synced) {
            let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
            if self.find_end(&file, synced)? != end {
                return Err(Error::Tampered { what: "audit log" });
            }
            let mut tail = Vec::new();
            (&file).seek(SeekFrom::Start(synced.bytes))?;
            (&file).read_to_end(&mut tail)?;
            file.write_all_at(&tail, synced.bytes)?;
            file.sync_all()?;
            state.synced = Some(end);
            self.durable.fetch_max(end.sequence, Ordering::AcqRel);
        }
        state.broken = false;
        tracing::warn!("an audit log was written again after a failure");
        Ok(())
    }
}
