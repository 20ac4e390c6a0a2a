//! Requests that go on to a model server.

use anchorhold_identity::{Chatting, Denial, Passage, chatting, passage};

use crate::{Ask, Gate, named};

impl Gate {
    /// What a chat reads, and where it is kept.
    pub fn chatting(&self, ask: &Ask<'_>) -> Result<Chatting, Denial> {
        self.judged(ask, |caller, verdict| {
            let named = named::one(ask).map_err(|reason| caller.denied(reason))?;
            let (directory, now) = (self.directory(), self.clock.now());
            chatting(caller, verdict, named, ask.door, directory, now)
        })
    }

    /// Proof that a request may be passed on to a model server.
    pub fn passage(&self, ask: &Ask<'_>) -> Result<Passage, Denial> {
        self.known(ask, passage)
    }
}
