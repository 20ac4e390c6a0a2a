//! A reply in pieces: at most one is made ahead of the client.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use hyper::body::{Bytes, Frame};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;

use super::{Pieces, Place};
use crate::refusal::Refusal;
use crate::request_id::RequestId;
use crate::state::{App, Lane};

/// What goes to the connection.
pub(crate) enum Part {
    /// More of the body.
    Piece(Bytes),
    /// The body is whole. A channel that ends without it was cut.
    End,
}

/// The body of a response, fed by [`drive`].
struct Outgoing {
    parts: Receiver<Part>,
    is_whole: bool,
    /// Whether the connection has had a chance to write what came before the cut.
    is_flushed: bool,
}

/// The work ended before the body did; the connection ends with it.
#[derive(Debug, thiserror::Error)]
#[error("the reply was cut")]
struct Cut;

/// Starts to make the pieces; the body ends as they do.
pub(crate) fn send(
    app: Arc<App>,
    lane: Lane,
    request_id: RequestId,
    place: Option<Arc<Place>>,
    pieces: Pieces,
) -> Body {
    let (sender, body) = outgoing(1);
    tokio::spawn(async move {
        if let Err(refusal) = drive(&app, lane, sender, pieces).await {
            refusal.log(&request_id);
        }
        drop(place);
    });
    body
}

/// A body, and where its parts go; at most so many wait for the client.
pub(crate) fn outgoing(parts_max: usize) -> (Sender<Part>, Body) {
    let (sender, parts) = mpsc::channel(parts_max);
    let outgoing = Outgoing {
        parts,
        is_whole: false,
        is_flushed: false,
    };
    (sender, Body::new(outgoing))
}

/// One step for each piece. A client that leaves ends it, and one that does not take a piece in
/// time is left.
async fn drive(
    app: &App,
    lane: Lane,
    sender: Sender<Part>,
    mut pieces: Pieces,
) -> Result<(), Refusal> {
    let pool = app.lane(lane);
    loop {
        // Room first: nothing is made for a client that does not read.
        let Ok(Ok(room)) = timeout(app.limits.write_time_max, sender.reserve()).await else {
            pool.step(move || drop(pieces)).await?;
            return Ok(());
        };
        let step = pool.step(move || {
            let next = pieces.next();
            let rest = matches!(next, Some(Ok(_))).then_some(pieces);
            (rest, next)
        });
        match step.await? {
            (Some(rest), Some(Ok(piece))) => {
                pieces = rest;
                room.send(Part::Piece(piece.into()));
            }
            (_, Some(Err(refusal))) => return Err(refusal),
            _ => {
                room.send(Part::End);
                return Ok(());
            }
        }
    }
}

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if self.is_whole {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.parts.poll_recv(context)) {
            Some(Part::Piece(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Part::End) => {
                self.is_whole = true;
                None
            }
            // A connection writes what it holds when there is nothing more for now, and not after an error.
            None if !self.is_flushed => {
                self.is_flushed = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            None => Some(Err(Cut)),
        })
    }
}
