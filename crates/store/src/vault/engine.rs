//! The writer of one open namespace: turns a group of requests into one durable commit.

mod draft;
mod extracts;
mod merge;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anchorhold_model::{NamespaceId, Random};

use self::draft::Draft;
use super::draws::Draws;
use super::keys::{Epoch, Keys};
use super::request::{Reply, Request};
use super::state::State;
use crate::backend::Session;
use crate::checkpoint::Logs;
use crate::registry::Registry;
use crate::{Error, Head};

/// How many records a key epoch takes, and how many epochs a namespace has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) epoch_records_max: u64,
    pub(super) epochs_max: usize,
    /// Sequences of one extract. Part of the format: it says which extract a record belongs to.
    pub(super) extract_span: u64,
}

/// What a commit needs from outside.
pub(super) struct Outside<'a> {
    pub(super) registry: &'a dyn Registry,
    pub(super) random: &'a dyn Random,
    pub(super) rules: Rules,
    pub(super) logs: &'a Logs,
    /// Counts commits.
    pub(super) commits: &'a AtomicU64,
}

/// The key epoch that this handle seals in.
#[derive(Clone)]
struct Current {
    epoch: Arc<Epoch>,
    sealed: u64,
}

/// One open namespace, owned by whoever leads its commit.
pub(super) struct Engine {
    pub(super) namespace: NamespaceId,
    pub(super) session: Session,
    pub(super) keys: Arc<Keys>,
    pub(super) state: State,
    /// `None` until the first commit after the open: reads never make an epoch.
    current: Option<Current>,
}

/// Why a whole group came to nothing.
pub(super) enum Failure {
    /// Nothing was written, and the namespace goes on.
    Nothing(Error),
    /// Nothing more is believed of this open file; whether the group was written is not known.
    Unknown(Error),
}

type Replies = Vec<Option<Result<Reply, Error>>>;

impl Engine {
    pub(super) fn new(
        namespace: NamespaceId,
        session: Session,
        keys: Arc<Keys>,
        state: State,
    ) -> Self {
        Self {
            namespace,
            session,
            keys,
            state,
            current: None,
        }
    }

    pub(super) const fn head(&self) -> Head {
        self.state.head
    }

    /// Commits the group: one reply per request, each its own success or refusal.
    pub(super) fn commit(
        &mut self,
        requests: &[&Request],
        outside: &Outside<'_>,
    ) -> Result<Vec<Result<Reply, Error>>, Failure> {
        let mut replies: Replies = requests.iter().map(|_| None).collect();
        loop {
            check(requests, &mut replies, outside.registry);
            if !replies.iter().any(Option::is_none) {
                break;
            }
            self.session.begin().map_err(Failure::Nothing)?;
            match self.attempt(requests, &mut replies, outside) {
                Ok(Attempt::Done) => break,
                // Replies of this attempt are void; those that were refused stay refused.
                Ok(Attempt::Again) => self.give_up()?,
                Err(failure) => return Err(failure),
            }
            for reply in &mut replies {
                if matches!(reply, Some(Ok(_))) {
                    *reply = None;
                }
            }
        }
        let head = self.head();
        let replies = replies.into_iter().map(|reply| finish(reply, head));
        Ok(replies.collect())
    }

    fn give_up(&self) -> Result<(), Failure> {
        self.session.rollback().map_err(Failure::Unknown)
    }

    /// One try inside an open write.
    fn attempt(
        &mut self,
        requests: &[&Request],
        replies: &mut Replies,
        outside: &Outside<'_>,
    ) -> Result<Attempt, Failure> {
        let written = self.write(requests, replies, outside);
        let draft = match written {
            Ok(Some(draft)) => draft,
            Ok(None) => {
                // Everything was refused or stored already: there is nothing to make durable.
                self.give_up()?;
                return Ok(Attempt::Done);
            }
            Err(error) => {
                self.give_up()?;
                return Err(Failure::Nothing(error));
            }
        };
        // IMPORTANT: the last thing before the commit, otherwise a revoked key or an erased
        // incarnation could still write.
        if check(requests, replies, outside.registry) > 0 {
            return Ok(Attempt::Again);
        }
        self.session.commit().map_err(|error| match error {
            Error::Unavailable => Failure::Nothing(error),
            error => Failure::Unknown(error),
        })?;
        outside.commits.fetch_add(1, Ordering::Relaxed);
        let Draft {
            state,
            current,
            begun,
            ..
        } = draft;
        for epoch in begun {
            self.keys.epoch_add(epoch);
        }
        self.state = state;
        self.current = current;
        Ok(Attempt::Done)
    }

    /// Applies every request that was not refused; `None` when nothing changed.
    fn write(
        &self,
        requests: &[&Request],
        replies: &mut Replies,
        outside: &Outside<'_>,
    ) -> Result<Option<Draft<'_>>, Error> {
        let seals = requests.iter().map(|request| request.seals()).sum();
        let mut draws = Draws::new(outside.random, self.namespace, seals);
        let mut draft = Draft::new(self, outside.rules);
        let alone = requests.len() == 1;
        let mut last = None;
        for (request, reply) in requests.iter().zip(replies.iter_mut()) {
            if reply.is_some() {
                continue;
            }
            let before = draft.clone();
            if !alone {
                self.session.part_begin()?;
            }
            let applied = draft.apply(request, &mut draws);
            let keep = match &applied {
                Ok(Reply::Appended(appended)) => !appended.replayed,
                Ok(Reply::Purged(_)) => true,
                Err(error) if is_of_the_file(error) => return applied.map(|_| None),
                Err(_) => false,
            };
            match (keep, alone) {
                (true, true) => {}
                (true, false) => self.session.part_keep()?,
                (false, true) => draft = before,
                (false, false) => {
                    draft = before;
                    self.session.part_undo()?;
                }
            }
            if keep {
                last = Some(request);
            }
            *reply = Some(applied);
        }
        let Some(request) = last.filter(|_| draft.state != self.state) else {
            return Ok(None);
        };
        draft.finish(request.scope(), &mut draws)?;
        Ok(Some(draft))
    }
}

enum Attempt {
    Done,
    Again,
}

/// Refuses requests whose scope is no longer good; answers how many were refused now.
fn check(requests: &[&Request], replies: &mut Replies, registry: &dyn Registry) -> usize {
    let mut refused = 0;
    for (request, reply) in requests.iter().zip(replies.iter_mut()) {
        if matches!(reply, Some(Err(_))) {
            continue;
        }
        if let Err(error) = request.check(registry) {
            *reply = Some(Err(error));
            refused += 1;
        }
    }
    refused
}

/// Whether an error says something about the file rather than about one request.
const fn is_of_the_file(error: &Error) -> bool {
    matches!(
        error,
        Error::Sqlite(_) | Error::Io(_) | Error::Tampered { .. } | Error::Unavailable
    )
}

/// A reply with the head of the commit it was part of.
fn finish(reply: Option<Result<Reply, Error>>, head: Head) -> Result<Reply, Error> {
    // Every request was replied to; one that was not would not have been written.
    let mut reply = reply.unwrap_or(Err(Error::Unavailable))?;
    match &mut reply {
        Reply::Appended(appended) => appended.head = head,
        Reply::Purged(purged) => purged.head = head,
    }
    Ok(reply)
}
