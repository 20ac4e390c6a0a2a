//! A body in pieces: read as fast as it is worked on, and no slower than a limit allows.

use std::sync::Arc;

use anchorhold_model::limits::STREAM_PIECE_BYTES;
use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout};

use super::pace::Pace;
use super::{Place, Sink};
use crate::body::{cut_short, too_slow};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{App, Lane};

/// Reads the body to its end. Nothing more of it is read while a piece is worked on, so a fast
/// client waits; one that sends less than a piece in the time of a body is refused, and so
/// is one that is too slow for longer. A client that leaves while a piece is worked on leaves its place
/// when that work ends, so that no more steps wait or run than there are places.
pub(crate) async fn feed(
    app: &App,
    lane: Lane,
    place: Option<&Arc<Place>>,
    body: &mut Body,
    mut sink: Box<dyn Sink>,
) -> Result<Reply, Refusal> {
    let pool = app.lane(lane);
    let mut pace = Pace::new(&app.limits);
    loop {
        let begun = Instant::now();
        let gathered = timeout(app.limits.body_time_max, gather(body)).await;
        let gathered = match gathered.unwrap_or_else(|_| Err(too_slow())) {
            Ok((piece, is_end)) if is_end || pace.keeps(piece.len(), begun.elapsed()) => {
                Ok((piece, is_end))
            }
            Ok(_) => Err(too_slow()),
            Err(refusal) => Err(refusal),
        };
        let (piece, is_end) = match gathered {
            Ok(gathered) => gathered,
            Err(refusal) => {
                pool.step(move || drop(sink)).await?;
                return Err(refusal);
            }
        };
        let held = place.cloned();
        let step = pool.step(move || {
            let _held = held;
            let taken = sink.take(&piece);
            match (taken, is_end) {
                (Ok(()), false) => Ok(Err(sink)),
                (Ok(()), true) => sink.end().map(Ok),
                (Err(refusal), _) => Err(refusal),
            }
        });
        match step.await?? {
            Ok(reply) => return Ok(reply),
            Err(rest) => sink = rest,
        }
    }
}

/// The next piece, and whether it is the last.
async fn gather(body: &mut Body) -> Result<(Vec<u8>, bool), Refusal> {
    let mut piece = Vec::new();
    while let Some(frame) = body.frame().await {
        // Trailers carry nothing that this server reads.
        if let Ok(data) = frame.map_err(|_| cut_short())?.into_data() {
            piece.extend_from_slice(&data);
        }
        if piece.len() >= STREAM_PIECE_BYTES {
            return Ok((piece, false));
        }
    }
    Ok((piece, true))
}
