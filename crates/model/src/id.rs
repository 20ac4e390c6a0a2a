//! Identifiers: random 128-bit ids of tenants, namespaces and keys, and the ids of records.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

/// Lower-case hexadecimal digits of some bytes.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| digits(*byte)).map(char::from));
    text
}

/// The two lower-case hexadecimal digits of a byte.
fn digits(byte: u8) -> [u8; 2] {
    let digit = |value: u8| match value {
        0..=9 => b'0' + value,
        _ => b'a' - 10 + value,
    };
    [digit(byte >> 4), digit(byte & 15)]
}

/// The bytes that lower-case hexadecimal digits stand for; `None` for anything else.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (slot, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        if let [high, low] = pair {
            *slot = digit(*high)? << 4 | digit(*low)?;
        }
    }
    Some(bytes)
}

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            /// The bytes of the id.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
            /// Reads what `Display` wrote.
            pub fn parse(text: &str) -> Option<Self> {
                unhex(text.strip_prefix($prefix)?).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "{}"), hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not such an id"))
            }
        }
    };
}

identifier!(
    /// One tenant; random.
    TenantId,
    "ten_"
);
identifier!(
    /// One incarnation of one namespace; random, never used again.
    NamespaceId,
    "ns_"
);
identifier!(
    /// One API key; random, and no secret.
    KeyId,
    "key_"
);
identifier!(
    /// One isolation session; random, and no secret: what its client shows is another number.
    SessionHandle,
    "ses_"
);
identifier!(
    /// One sandbox of the quarantine; random, and no secret.
    SandboxHandle,
    "sbx_"
);
identifier!(
    /// One life of one user; no secret. A user who is erased and comes back has another one.
    UserHandle,
    "usr_"
);

/// The id of a record: a UUID, made by the caller or in the layout of UUIDv7 (RFC 9562).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A UUIDv7 from a time, the low 12 bits of a namespace's own sequence and 62 bits of `tail`.
    pub fn version_7(now: Timestamp, sequence: u64, tail: [u8; 8]) -> Self {
        let milliseconds = now.milliseconds().max(0).unsigned_abs() & 0xffff_ffff_ffff;
        let high = milliseconds << 16 | 0x7000 | (sequence & 0x0fff);
        let low = u64::from_be_bytes(tail) & (u64::MAX >> 2) | 1 << 63;
        Self((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }

    /// A UUIDv8 of the first of these bytes.
    pub fn version_8(bytes: [u8; 32]) -> Self {
        let mut id = u128::from_be_bytes(std::array::from_fn(|at| {
            bytes.get(at).copied().unwrap_or(0)
        }));
        id &= !(0xf << 76 | 0b11 << 62);
        id |= 0x8 << 76 | 0b10 << 62;
        Self(id.to_be_bytes())
    }

    /// Reads the 36 characters of a UUID; letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let dashes = [8, 13, 18, 23];
        if text.len() != 36 {
            return None;
        }
        let mut digits = String::with_capacity(32);
        for (position, character) in text.char_indices() {
            match (dashes.contains(&position), character) {
                (true, '-') => {}
                (false, character) if character.is_ascii_hexdigit() => {
                    digits.push(character.to_ascii_lowercase());
                }
                _ => return None,
            }
        }
        unhex(&digits).map(Self)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Once per memory of every reply: without `write!` of each byte.
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
        let digits = self.0.iter().flat_map(|byte| digits(*byte));
        for (place, digit) in places.zip(digits) {
            if let Some(byte) = text.get_mut(place) {
                *byte = digit;
            }
        }
        formatter.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests;
