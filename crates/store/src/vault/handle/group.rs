//! Group commit: whoever finds no leader leads, and takes along everybody who came meanwhile.
//!
//! A follower waits on its own ticket and holds no lock that a leader needs. A leader serves one
//! group, its own, and hands over to the first of the next one; nobody waits for a group to fill.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use anchorhold_model::limits::COMMIT_RECORDS_MAX;

use super::{Handle, Life, lock};
use crate::Error;
use crate::vault::engine::{Failure, Outside};
use crate::vault::request::{Reply, Request};

/// Writers that wait, and whether one leads.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Arc<Ticket>>,
    is_led: bool,
}

/// One waiting write.
struct Ticket {
    request: Request,
    turn: Mutex<Turn>,
    changed: Condvar,
}

enum Turn {
    Wait,
    Lead,
    Done(Result<Reply, Error>),
    Taken,
}

impl Ticket {
    fn set(&self, turn: Turn) {
        *lock(&self.turn) = turn;
        self.changed.notify_one();
    }

    /// Sets the reply unless there is one.
    fn reply(&self, reply: Result<Reply, Error>) {
        let mut turn = lock(&self.turn);
        if matches!(*turn, Turn::Wait | Turn::Lead) {
            *turn = Turn::Done(reply);
            self.changed.notify_one();
        }
    }

    /// Waits for the reply, or for the lead.
    fn wait(&self) -> Option<Result<Reply, Error>> {
        let mut turn = lock(&self.turn);
        loop {
            match &*turn {
                Turn::Wait => {
                    turn = self
                        .changed
                        .wait(turn)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                Turn::Lead => return None,
                Turn::Done(_) | Turn::Taken => break,
            }
        }
        match std::mem::replace(&mut *turn, Turn::Taken) {
            Turn::Done(reply) => Some(reply),
            Turn::Wait | Turn::Lead | Turn::Taken => Some(Err(Error::OutcomeUnknown)),
        }
    }
}

/// The group of a leader. Dropped without [`Group::settle`] (a panic), it poisons the namespace.
struct Group<'a> {
    handle: &'a Handle,
    tickets: Vec<Arc<Ticket>>,
    settled: bool,
}

pub(super) fn submit(
    handle: &Handle,
    request: Request,
    outside: &Outside<'_>,
) -> Result<Reply, Error> {
    let ticket = Arc::new(Ticket {
        request,
        turn: Mutex::new(Turn::Wait),
        changed: Condvar::new(),
    });
    let leads = {
        let mut queue = lock(&handle.queue);
        queue.waiting.push_back(Arc::clone(&ticket));
        !std::mem::replace(&mut queue.is_led, true)
    };
    if leads {
        lead(handle, outside);
    }
    loop {
        match ticket.wait() {
            Some(reply) => return reply,
            None => lead(handle, outside),
        }
    }
}

/// Takes the next group, commits it, and hands over. The leader's own ticket is its first.
fn lead(handle: &Handle, outside: &Outside<'_>) {
    let mut group = Group {
        handle,
        tickets: Vec::new(),
        settled: false,
    };
    {
        // The engine before the queue: whoever comes while the last commit syncs joins this group.
        let Ok(mut life) = handle.life.lock() else {
            return;
        };
        group.tickets = take(&mut lock(&handle.queue));
        group.commit(&mut life, outside);
    }
    group.settle();
}

/// The first waiting tickets, up to the limit of one commit, and at least one.
fn take(queue: &mut Queue) -> Vec<Arc<Ticket>> {
    let mut tickets = Vec::new();
    let mut weight = 0;
    while let Some(next) = queue.waiting.front() {
        weight += next.request.weight();
        if !tickets.is_empty() && weight > COMMIT_RECORDS_MAX {
            break;
        }
        tickets.extend(queue.waiting.pop_front());
    }
    tickets
}

impl Group<'_> {
    fn commit(&self, life: &mut Life, outside: &Outside<'_>) {
        let engine = match life {
            Life::Open(engine) => engine,
            Life::Poisoned => return self.refuse_all(|| Error::Poisoned),
            Life::Void => return self.refuse_all(|| Error::Void),
        };
        let requests: Vec<&Request> = self.tickets.iter().map(|ticket| &ticket.request).collect();
        match engine.commit(&requests, outside) {
            Ok(replies) => {
                *lock(&self.handle.head) = engine.head();
                outside
                    .logs
                    .note(engine.namespace, engine.session.log_bytes());
                for (ticket, reply) in self.tickets.iter().zip(replies) {
                    ticket.reply(reply);
                }
            }
            Err(Failure::Nothing(error)) => {
                tracing::warn!(%error, "a commit was given up");
                self.refuse_all(|| refusal(&error));
            }
            Err(Failure::Unknown(error)) => {
                tracing::error!(%error, "a commit failed; its namespace is opened again");
                self.handle.poisoned.store(true, Ordering::Release);
                outside.logs.suspect(self.handle.namespace);
                *life = Life::Poisoned;
                self.refuse_all(|| Error::OutcomeUnknown);
            }
        }
    }

    fn refuse_all(&self, error: impl Fn() -> Error) {
        for ticket in &self.tickets {
            ticket.reply(Err(error()));
        }
    }

    /// Everybody in the group has a reply: the next group gets its leader.
    fn settle(mut self) {
        self.settled = true;
        let mut queue = lock(&self.handle.queue);
        match queue.waiting.front() {
            Some(next) => next.set(Turn::Lead),
            None => queue.is_led = false,
        }
    }
}

/// What the writers of a group learn that was given up before its commit.
const fn refusal(error: &Error) -> Error {
    match error {
        Error::Tampered { what } => Error::Tampered { what },
        _ => Error::Unavailable,
    }
}

impl Drop for Group<'_> {
    /// The leader panicked, here or before: nobody knows what was written.
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        self.handle.poison();
        self.refuse_all(|| Error::OutcomeUnknown);
        let mut queue = lock(&self.handle.queue);
        for ticket in queue.waiting.drain(..) {
            ticket.reply(Err(Error::Poisoned));
        }
        queue.is_led = false;
    }
}
