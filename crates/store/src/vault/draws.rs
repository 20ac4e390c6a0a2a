//! Random bytes of one commit group, drawn at once at the time of sealing.

use anchorhold_model::{NamespaceId, Random, Stream};

/// Bytes that are drawn when the group needs more than was foreseen (epochs that are merged).
const REFILL_BYTES: usize = 4_096;

/// Each byte is given out once: a nonce of a part that was undone is not used again.
pub(super) struct Draws<'a> {
    random: &'a dyn Random,
    namespace: NamespaceId,
    bytes: Vec<u8>,
}

impl<'a> Draws<'a> {
    /// Draws what `records` records, their state row and a salt need.
    pub(super) fn new(random: &'a dyn Random, namespace: NamespaceId, records: usize) -> Self {
        let mut draws = Self {
            random,
            namespace,
            bytes: Vec::new(),
        };
        draws.fill(
            records
                .saturating_add(1)
                .saturating_mul(12)
                .saturating_add(32),
        );
        draws
    }

    fn fill(&mut self, count: usize) {
        self.bytes.clear();
        self.bytes.resize(count, 0);
        let stream = Stream(self.namespace.as_bytes());
        self.random.fill(stream, &mut self.bytes);
    }

    /// The next `N` bytes, 4,096 at most.
    pub(super) fn take<const N: usize>(&mut self) -> [u8; N] {
        if self.bytes.len() < N {
            self.fill(REFILL_BYTES);
        }
        let mut taken = [0; N];
        let rest = self.bytes.len().saturating_sub(N);
        for (slot, byte) in taken.iter_mut().zip(self.bytes.drain(rest..)) {
            *slot = byte;
        }
        taken
    }
}
