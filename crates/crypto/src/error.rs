//! What can go wrong with bytes and keys.

/// Why something sealed did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The commitment does not match: this key never sealed it. Bring the right key.
    #[error("wrong key")]
    WrongKey,
    /// The key is right and the bytes are not: changed, moved or cut. Restore from a backup.
    #[error("tampered")]
    Tampered,
    /// The bytes cannot be what they are read as.
    #[error("malformed")]
    Malformed,
    /// The cryptographic library refused; it does so for absurd lengths only.
    #[error("cryptographic library refused")]
    Library,
}
