//! When a search looks at a part of the entries first, and at how large a part.

/// The second stage of the ranking, for namespaces that are too large to score every entry.
///
/// Whether it applies is a function of the live entries and of the filter: it does where more than
/// `above` entries may be found. Then entries are chosen by one bit per number of their vectors and
/// by the rarer terms of the query, and those that are chosen are ranked exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// As many entries are scored one by one.
    pub above: usize,
    /// Words of 64 bits that are read of every entry: the head of its code.
    pub head: usize,
    /// How many are nearest by the heads of their codes; the whole codes of these are compared.
    pub at_first: usize,
    /// One of how many is nearest by the head, where that is more than `at_first`.
    pub at_first_share: usize,
    /// How many are nearest by their codes; their vectors are compared exactly.
    pub nearest: usize,
    /// How many of those, and how many by their terms, are ranked.
    pub ranked: usize,
    /// Places in inverted lists that are read, the rarest term first; that one is read in any case.
    pub places: usize,
    /// How many of the farthest stand in for all others where scores are brought to 0 to 1.
    pub farthest: usize,
    /// How many of the best conversations are ranked with all of their turns.
    pub conversations: usize,
    /// Turns of a conversation above which only the chosen ones and their neighbours are ranked.
    pub turns: usize,
    /// In an index of more entries filters read columns, which the first of them makes.
    pub filtered: usize,
    /// Seed of the rotation that makes one bit say as much as another.
    pub seed: u64,
}

impl Default for Stage {
    /// Scoring 20,000 entries one by one takes a millisecond, as the second stage does for ten
    /// times as many.
    fn default() -> Self {
        Self {
            above: 20_000,
            head: 4,
            at_first: 4_000,
            at_first_share: 75,
            nearest: 600,
            ranked: 200,
            places: 32_768,
            farthest: 32,
            conversations: 48,
            turns: 128,
            filtered: 1_024,
            seed: 0x616e_6368_6f72,
        }
    }
}
