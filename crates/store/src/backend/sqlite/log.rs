//! Telling a write-ahead log that was changed from one that a crash cut off.
//!
//! SQLite ends a log at the first frame that does not fit. After a crash that is right: only the
//! last transaction can be there in part, and nobody was told that it is stored. Every earlier
//! one was synced before the next was begun. So a frame that does not fit, with a whole
//! transaction *and more* behind it, was changed after it was written, and writes that were
//! acknowledged are lost. So was a frame of which all but the salts or the mark of its end fits: no
//! crash leaves that, and without the mark two transactions look like one. Any other change inside
//! the last transaction cannot be told from a crash.

use std::fs::File;
use std::io::{ErrorKind, Read as _};

use anchorhold_model::NamespaceId;

use super::Files;
use crate::Error;
use crate::sqlite::log_path;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The largest page of SQLite.
const PAGE_BYTES_MAX: usize = 65_536;

/// SQLite's two running sums over pairs of words.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sums(u32, u32);

impl Sums {
    fn over(self, bytes: &[u8], is_big_endian: bool) -> Self {
        let word = |four: &[u8]| {
            let four: [u8; 4] = four.try_into().unwrap_or_default();
            if is_big_endian {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            }
        };
        let mut sums = self;
        for pair in bytes.chunks_exact(8) {
            let (one, two) = pair.split_at(4);
            sums.0 = sums.0.wrapping_add(word(one)).wrapping_add(sums.1);
            sums.1 = sums.1.wrapping_add(word(two)).wrapping_add(sums.0);
        }
        sums
    }
}

/// Whether a frame that does not fit would, had it another mark of its end.
fn fits_otherwise_marked(sums: Sums, frame: &[u8], is_big_endian: bool) -> bool {
    let (header, page) = frame.split_at(FRAME_HEADER_BYTES);
    let number = header.get(..4).unwrap_or_default();
    let with = |mark: u32| {
        let mark = if is_big_endian {
            mark.to_be_bytes()
        } else {
            mark.to_le_bytes()
        };
        let start = [number, &mark].concat();
        sums.over(&start, is_big_endian).over(page, is_big_endian)
    };
    // Each sum is a line over the mark, modulo 2^32: two points give it, and where it is as said.
    // The slopes are neighbours in Fibonacci's sequence, so one of them at least is odd.
    let (said, base, next) = (said(header), with(0), with(1));
    let lines = [
        (said.0.wrapping_sub(base.0), next.0.wrapping_sub(base.0)),
        (said.1.wrapping_sub(base.1), next.1.wrapping_sub(base.1)),
    ];
    let solved = lines.iter().find(|(_, slope)| slope & 1 == 1);
    solved.is_some_and(|&(rise, slope)| with(rise.wrapping_mul(inverse(slope))) == said)
}

/// The sums that stand in a frame.
fn said(header: &[u8]) -> Sums {
    Sums(word_at(header, 16), word_at(header, 20))
}

/// The inverse of an odd number modulo 2^32, by Newton's iteration: each step doubles the bits.
fn inverse(odd: u32) -> u32 {
    (0..5).fold(odd, |found, _| {
        found.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(found)))
    })
}

/// The 32 bits at a place.
fn word_at(bytes: &[u8], place: usize) -> u32 {
    let four = bytes.get(place..place + 4).unwrap_or_default();
    u32::from_be_bytes(four.try_into().unwrap_or_default())
}

/// Whether acknowledged writes stand behind a frame that was changed.
fn is_damaged(file: &mut File) -> Result<bool, Error> {
    let mut header = [0; HEADER_BYTES];
    if !filled(file, &mut header)? {
        // Shorter than its header: SQLite has begun nothing in it.
        return Ok(false);
    }
    let is_big_endian = word_at(&header, 0) & 1 == 1;
    let (head, check) = header.split_at(24);
    let mut sums = Sums(0, 0).over(head, is_big_endian);
    let page_bytes = usize::try_from(word_at(&header, 8)).unwrap_or(usize::MAX);
    let is_header_good = word_at(&header, 0) & !1 == 0x377f_0682
        && sums == Sums(word_at(check, 0), word_at(check, 4))
        && page_bytes <= PAGE_BYTES_MAX;
    if !is_header_good {
        // The header is synced before the first commit returns. Without it nothing can be read.
        return Ok(file.metadata()?.len() > 0 && has_frames(file)?);
    }
    let salts = [word_at(&header, 16), word_at(&header, 20)];
    let mut frame = vec![0; FRAME_HEADER_BYTES + page_bytes];
    let (mut is_cut, mut ends_behind) = (false, false);
    while filled(file, &mut frame)? {
        let is_ours = [word_at(&frame, 8), word_at(&frame, 12)] == salts;
        let (frame_header, page) = frame.split_at(FRAME_HEADER_BYTES);
        let start = frame_header.get(..8).unwrap_or_default();
        let adds_up =
            sums.over(start, is_big_endian).over(page, is_big_endian) == said(frame_header);
        if !is_cut && adds_up && is_ours {
            sums = said(frame_header);
            continue;
        }
        if !is_cut && (adds_up || fits_otherwise_marked(sums, &frame, is_big_endian)) {
            return Ok(true);
        }
        is_cut = true;
        if ends_behind && is_ours {
            return Ok(true);
        }
        // A frame with the size of the database ends a transaction.
        ends_behind |= is_ours && word_at(&frame, 4) > 0;
    }
    Ok(false)
}

/// Whether a whole frame of the smallest page follows.
fn has_frames(file: &mut File) -> Result<bool, Error> {
    filled(file, &mut [0; FRAME_HEADER_BYTES + 512])
}

/// Fills the buffer; `false` when the file ends before.
fn filled(file: &mut File, buffer: &mut [u8]) -> Result<bool, Error> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Files {
    pub(crate) fn is_log_damaged(&self, namespace: NamespaceId) -> Result<bool, Error> {
        match File::open(log_path(&self.path(namespace))) {
            Ok(mut file) => is_damaged(&mut file),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
