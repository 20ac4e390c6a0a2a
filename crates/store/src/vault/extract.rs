//! An extract: the summaries of a span of records, sealed together, so that a namespace is opened
//! with one opening per span instead of one per record.
//!
//! INVARIANT: an extract is a cache and is never trusted for what is live. Each of its entries
//! carries the tag of the record it was taken from, and counts only for a live record with that
//! tag; the digest of the namespace covers the tags. So an extract that is missing, damaged, or
//! an older one put back, costs time and changes no answer.

use std::ops::Range;

use anchorhold_crypto::SealKey;
use anchorhold_model::NamespaceId;
use zeroize::Zeroizing;

use crate::backend::ExtractRow;
use crate::{Error, TAG_BYTES};

const FORMAT: u8 = 1;

/// What an entry holds beside its summary: sequence, tag, length.
const ENTRY_OVERHEAD_BYTES: usize = 8 + TAG_BYTES + 4;

/// The opened entries of one extract, or of several in a row.
#[derive(Default)]
pub(super) struct Extract(Zeroizing<Vec<u8>>);

/// The summary of one record.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) sequence: u64,
    pub(super) tag: [u8; TAG_BYTES],
    pub(super) summary: &'a [u8],
}

fn associated(namespace: NamespaceId, number: u64) -> Vec<u8> {
    let parts: [&[u8]; 3] = [&[FORMAT], namespace.as_bytes(), &number.to_be_bytes()];
    parts.concat()
}

impl Extract {
    /// Room for the entries of as many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// Adds an entry; entries come in the order of their sequences.
    pub(super) fn push(&mut self, entry: Entry<'_>) {
        self.0.reserve(ENTRY_OVERHEAD_BYTES + entry.summary.len());
        self.0.extend_from_slice(&entry.sequence.to_be_bytes());
        self.0.extend_from_slice(&entry.tag);
        // A summary is bounded by the limits of the model, far below 32 bits.
        let length = u32::try_from(entry.summary.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(entry.summary);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every entry, in its order.
    pub(super) fn entries(&self) -> Entries<'_> {
        Entries(&self.0)
    }

    /// Every entry with the bytes where its summary stands.
    pub(super) fn places(&self) -> impl Iterator<Item = (Entry<'_>, Range<usize>)> {
        let mut entries = self.entries();
        std::iter::from_fn(move || {
            let entry = entries.next()?;
            let end = self.0.len() - entries.0.len();
            Some((entry, end - entry.summary.len()..end))
        })
    }

    /// What stands at a place.
    pub(super) fn get(&self, place: Range<usize>) -> Option<&[u8]> {
        self.0.get(place)
    }

    pub(super) fn seal(
        &self,
        key: &SealKey,
        namespace: NamespaceId,
        number: u64,
        nonce: [u8; 12],
    ) -> Result<ExtractRow, Error> {
        let sealed = key
            .seal(nonce, &associated(namespace, number), &self.0)
            .map_err(|error| Error::of_sealed("extract", error))?;
        Ok(ExtractRow { number, sealed })
    }

    /// Opens an extract; `None` for one that is damaged or of another place.
    pub(super) fn open(key: &SealKey, namespace: NamespaceId, row: &ExtractRow) -> Option<Self> {
        let opened = key.open(&associated(namespace, row.number), &row.sealed);
        Some(Self(Zeroizing::new(opened.ok()?)))
    }
}

/// Goes over entries; ends where bytes cannot be an entry.
pub(super) struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let (&sequence, rest) = self.0.split_first_chunk::<8>()?;
        let (&tag, rest) = rest.split_first_chunk::<TAG_BYTES>()?;
        let (&length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let (summary, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Entry {
            sequence: u64::from_be_bytes(sequence),
            tag,
            summary,
        })
    }
}
