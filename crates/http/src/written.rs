//! A reply that is made as a whole, within a room for all such replies: what one request makes of a
//! stored byte may be six bytes, and whoever does not read keeps them all.

use std::io;

use anchorhold_wire::Code;
use hyper::body::Bytes;
use serde::Serialize;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::room::Share;

/// Bytes that a reply may have without a place in the room: about what its connection costs anyway.
const FREE_BYTES: usize = 64 * 1_024;

/// The JSON of `body`. The bytes hold their part of the room until the last of them is written to
/// the connection, or dropped.
pub(crate) fn json(call: &Call, body: &impl Serialize) -> Result<Bytes, Refusal> {
    let mut writer = Writer {
        bytes: Vec::with_capacity(128),
        room_bytes: FREE_BYTES,
        share: None,
        is_full: false,
        call,
    };
    let written = serde_json::to_writer(&mut writer, body);
    if writer.is_full {
        return Err(full());
    }
    written.map_err(|error| Refusal::internal(format!("a reply cannot be written: {error}")))?;
    let Writer { bytes, share, .. } = writer;
    Ok(match share {
        None => Bytes::from(bytes),
        Some(mut share) => {
            share.keep(bytes.len());
            Bytes::from_owner(Held {
                bytes,
                _share: share,
            })
        }
    })
}

/// Bytes of somebody else's answer, which hold their part of the room in the same way.
pub(crate) fn held(call: &Call, bytes: Bytes) -> Result<Bytes, Refusal> {
    if bytes.len() <= FREE_BYTES {
        return Ok(bytes);
    }
    let share = call.app.replies.take(call.holder, bytes.len());
    let share = share.ok_or_else(full)?;
    let bytes = bytes.to_vec();
    Ok(Bytes::from_owner(Held {
        bytes,
        _share: share,
    }))
}

/// Refuses what changes something, before it does, when there would be no room for a long reply:
/// afterwards no reply is refused.
pub(crate) fn check(call: &Call) -> Result<(), Refusal> {
    if call.route.changes() && !call.app.replies.has(call.holder, FREE_BYTES) {
        return Err(full());
    }
    Ok(())
}

fn full() -> Refusal {
    Refusal::new(
        Code::Overloaded,
        "too many long replies wait to be read; read them, then repeat after the seconds of Retry-After",
    )
}

/// Bytes that hold a part of the room.
struct Held {
    bytes: Vec<u8>,
    _share: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes room as the reply grows, before it does.
struct Writer<'a> {
    bytes: Vec<u8>,
    room_bytes: usize,
    share: Option<Share>,
    is_full: bool,
    call: &'a Call,
}

impl Writer<'_> {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        let call = self.call;
        let share = self
            .share
            .get_or_insert_with(|| call.app.replies.enter(call.holder));
        let held = share.amount();
        let (some, more) = (
            length + FREE_BYTES,
            length.max(self.room_bytes + self.room_bytes / 2),
        );
        if call.route.changes() {
            // What was done is told; `check` has seen that there was room.
            share.overdraw(more - held);
        } else if !share.take(more - held) && !share.take(some - held) {
            self.is_full = true;
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.room_bytes = share.amount();
        self.bytes.reserve_exact(self.room_bytes - self.bytes.len());
        Ok(())
    }
}

impl io::Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = self.bytes.len() + bytes.len();
        if length > self.room_bytes {
            self.grow(length)?;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
