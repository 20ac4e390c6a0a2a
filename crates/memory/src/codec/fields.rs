//! One field: a tag, a little-endian length of 32 bits, the value.

use anchorhold_model::Timestamp;

/// Writes fields one behind the other.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(format: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(format);
        Self(bytes)
    }

    pub(super) fn put(&mut self, tag: u8, value: &[u8]) {
        self.put_all(tag, value.iter().copied());
    }

    pub(super) fn put_all(&mut self, tag: u8, value: impl Iterator<Item = u8>) {
        self.0.push(tag);
        let length_at = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        let start = self.0.len();
        self.0.extend(value);
        // Every value is bounded by the limits of the model, far below 32 bits.
        let length = u32::try_from(self.0.len() - start).unwrap_or(u32::MAX);
        for (slot, byte) in self.0.iter_mut().skip(length_at).zip(length.to_le_bytes()) {
            *slot = byte;
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads fields one behind the other.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A reader behind the format byte; `None` for another format.
    pub(super) fn new(format: u8, body: &'a [u8]) -> Option<Self> {
        let (first, rest) = body.split_first()?;
        (*first == format).then_some(Self(rest))
    }

    /// Whether every field was read.
    pub(super) const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// The next field; `None` when the bytes are cut short.
    pub(super) fn field(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }
}

pub(super) fn u32(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_le_bytes)
}

pub(super) fn u64(value: &[u8]) -> Option<u64> {
    value.try_into().ok().map(u64::from_le_bytes)
}

pub(super) fn u32s(value: &[u8]) -> Option<Box<[u32]>> {
    let (chunks, []) = value.as_chunks::<4>() else {
        return None;
    };
    Some(
        chunks
            .iter()
            .map(|chunk| u32::from_le_bytes(*chunk))
            .collect(),
    )
}

pub(super) fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

pub(super) fn time(value: &[u8]) -> Option<Timestamp> {
    let milliseconds = value.try_into().ok().map(i64::from_le_bytes)?;
    Some(Timestamp::from_milliseconds(milliseconds))
}
