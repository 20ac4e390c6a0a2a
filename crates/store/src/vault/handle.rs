//! One open namespace: its keys for readers, its engine for whoever leads, its queue of writers.

mod group;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_model::NamespaceId;

use super::engine::{Engine, Outside};
use super::keys::Keys;
use super::request::{Reply, Request};
use super::state::State;
use crate::checkpoint::Logs;
use crate::{Error, Head};
use group::Queue;

/// Whether the file may still be used.
pub(super) enum Life {
    Open(Box<Engine>),
    /// A commit failed or its writer panicked: nothing is believed until it is opened again.
    Poisoned,
    /// Erased.
    Void,
}

/// Shared by everybody who uses the namespace now.
pub(super) struct Handle {
    pub(super) namespace: NamespaceId,
    pub(super) keys: Arc<Keys>,
    head: Mutex<Head>,
    life: Mutex<Life>,
    poisoned: AtomicBool,
    queue: Mutex<Queue>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Handle {
    pub(super) fn new(engine: Engine) -> Self {
        Self {
            namespace: engine.namespace,
            keys: Arc::clone(&engine.keys),
            head: Mutex::new(engine.head()),
            life: Mutex::new(Life::Open(Box::new(engine))),
            poisoned: AtomicBool::new(false),
            queue: Mutex::default(),
        }
    }

    /// The head of the last commit.
    pub(super) fn head(&self) -> Head {
        *lock(&self.head)
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    /// Uses the engine, with no commit under way.
    pub(super) fn with_engine<T>(
        &self,
        run: impl FnOnce(&mut Engine) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Ok(mut life) = self.life.lock() else {
            self.poison();
            return Err(Error::Poisoned);
        };
        match &mut *life {
            Life::Open(engine) => run(engine),
            Life::Poisoned => Err(Error::Poisoned),
            Life::Void => Err(Error::Void),
        }
    }

    /// Closes the file for good, because the namespace is erased. Waits for the commit under way.
    /// Answers how many records there were, if that is known.
    pub(super) fn close_erased(&self) -> Option<u64> {
        let mut life = lock(&self.life);
        let records = match &*life {
            Life::Open(engine) => Some(engine.state.kept()),
            Life::Poisoned | Life::Void => None,
        };
        *life = Life::Void;
        records
    }

    /// Empties the write-ahead log, with no commit under way. A failed sync poisons: nothing is
    /// acknowledged through this file any more. A full disk is found before anything is synced,
    /// and readers and writers go on.
    pub(super) fn checkpoint(&self, logs: &Logs) -> Result<(), Error> {
        let mut life = self.life.lock().map_err(|_| Error::Poisoned)?;
        let Life::Open(engine) = &*life else {
            return Err(Error::Poisoned);
        };
        let done = engine.session.checkpoint();
        match &done {
            Ok(()) => logs.forget(self.namespace),
            Err(Error::Unavailable) => {}
            Err(_) => {
                logs.suspect(self.namespace);
                self.poisoned.store(true, Ordering::Release);
                *life = Life::Poisoned;
            }
        }
        done
    }

    /// Closes the file because another takes its place; waits for the commit under way. Writers
    /// are told to try again. Answers what the file held, if that is known.
    pub(super) fn close_replaced(&self) -> Option<State> {
        self.poisoned.store(true, Ordering::Release);
        let mut life = lock(&self.life);
        let state = match &*life {
            Life::Open(engine) => Some(engine.state.clone()),
            Life::Poisoned | Life::Void => None,
        };
        *life = Life::Poisoned;
        state
    }

    /// Closes the file; writers get [`Error::Poisoned`] until the namespace is opened again.
    fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
        let mut life = lock(&self.life);
        if let Life::Open(_) = *life {
            *life = Life::Poisoned;
        }
        drop(life);
        self.life.clear_poison();
    }

    /// Writes one request, in a group with others that come in at the same time.
    pub(super) fn submit(&self, request: Request, outside: &Outside<'_>) -> Result<Reply, Error> {
        group::submit(self, request, outside)
    }
}
