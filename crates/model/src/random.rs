//! Chance as a parameter: nothing below `cli` asks the operating system for random bytes.

/// Which stream a draw belongs to.
///
/// The real source ignores it. A test source answers each stream on its own, so that what one
/// namespace draws never moves what another one gets.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a>(pub &'a [u8]);

impl Stream<'static> {
    /// Draws that belong to the process and to no namespace.
    pub const PROCESS: Self = Self(b"process");
}

/// A source of unpredictable bytes. The only real implementation is in `cli`.
pub trait Random: Send + Sync {
    /// Fills `bytes` from the given stream.
    fn fill(&self, stream: Stream<'_>, bytes: &mut [u8]);
}
