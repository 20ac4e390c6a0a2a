//! Taking turns at a slow step that serves everybody who waits: a commit or a sync.
//!
//! A plain mutex would not do: whoever just had it takes it again before the others wake, and
//! serves itself alone.

use std::sync::{Condvar, Mutex};

use crate::Error;

/// At most one turn runs; when it ends, all who wait look whether they were served.
#[derive(Default)]
pub(crate) struct Turns {
    running: Mutex<bool>,
    ended: Condvar,
}

/// A turn that runs; it ends when this is dropped, also by a panic.
pub(crate) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits until `served` says something, or until it is the caller's turn to do the work.
    pub(crate) fn wait<T>(
        &self,
        mut served: impl FnMut() -> Option<T>,
    ) -> Result<Served<'_, T>, Error> {
        let mut running = self.running.lock().map_err(|_| Error::Poisoned)?;
        loop {
            if let Some(outcome) = served() {
                return Ok(Served::Already(outcome));
            }
            if !*running {
                *running = true;
                return Ok(Served::Turn(Turn(self)));
            }
            running = self.ended.wait(running).map_err(|_| Error::Poisoned)?;
        }
    }
}

/// What waiting came to.
pub(crate) enum Served<'a, T> {
    /// Somebody else's turn served the caller.
    Already(T),
    /// The caller does the work, for all who wait.
    Turn(Turn<'a>),
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut running) = self.0.running.lock() {
            *running = false;
        }
        self.0.ended.notify_all();
    }
}
