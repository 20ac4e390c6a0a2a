//! Bodies and replies that pass piece by piece, so that their length is nobody's memory.
//!
//! A slow client holds a place among the streams and no worker: each piece is one step on a worker,
//! begun when the piece before it has gone. To add a route: give [`Pieces`] to `Reply::pieces` and
//! say `gives_pieces`, or make the route with `Route::fed` and give it a [`Sink`].

mod incoming;
mod outgoing;
mod pace;
#[cfg(test)]
pub(crate) mod tests;

use anchorhold_wire::Code;

use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::room::{Holder, Share};
use crate::state::{App, Lane};
pub(crate) use incoming::feed;
pub(crate) use outgoing::{Part, outgoing, send};

/// What makes the body of a reply. Each `next` runs on a worker, when the client has taken what was
/// made before. It is dropped on a worker too: at its end, or when the client left.
pub(crate) type Pieces = Box<dyn Iterator<Item = Result<Vec<u8>, Refusal>> + Send>;

/// What takes a body. Every method runs on a worker, and so does the drop, which comes without
/// `end` when the body was cut.
pub(crate) trait Sink: Send {
    /// The next bytes, cut anywhere.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal>;

    /// The body was whole.
    fn end(self: Box<Self>) -> Result<Reply, Refusal>;
}

/// A place among the streams.
pub(crate) struct Place {
    _share: Share,
}

impl Place {
    /// A place if there is one: who streams may take long, so nobody waits for it.
    pub(crate) fn take(app: &App, lane: Lane, holder: Holder) -> Result<Self, Refusal> {
        let room = match lane {
            Lane::Tenants => &app.streams,
            Lane::Operator => &app.operator_streams,
        };
        match room.take(holder, 1) {
            Some(share) => Ok(Self { _share: share }),
            None => Err(Refusal::new(
                Code::Overloaded,
                "too many exports and imports run at once, of this tenant or of all; repeat after the seconds of Retry-After",
            )),
        }
    }
}
