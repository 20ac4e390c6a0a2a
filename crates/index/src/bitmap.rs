//! A set of slots as bits, and where each member stands among the others.

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    /// The empty set with room for numbers below `bits`.
    pub(crate) fn zeros(bits: usize) -> Self {
        Self {
            words: vec![0; bits.div_ceil(64)],
        }
    }

    /// Every number below `bits`.
    pub(crate) fn ones(bits: usize) -> Self {
        let mut words = vec![u64::MAX; bits.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), bits % 64) {
            *last = (1 << rest) - 1;
        }
        Self { words }
    }

    /// The numbers below `bits` for which `holds` is true.
    pub(crate) fn collect(bits: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let word = |first: usize| {
            let last = (first + 64).min(bits);
            (first..last)
                .rev()
                .fold(0, |word, number| word << 1 | u64::from(holds(number)))
        };
        Self {
            words: (0..bits).step_by(64).map(word).collect(),
        }
    }

    /// Puts a number in and says whether it is new.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words.get_mut(word).is_some_and(|word| {
            let before = *word;
            *word |= bit;
            *word != before
        })
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, number: u32) {
        let (word, bit) = place(number);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether a number is in the set.
    pub(crate) fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many numbers are in the set.
    pub(crate) fn count(&self) -> usize {
        let ones = self.words.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    /// The numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0_u32..)
            .step_by(64)
            .zip(&self.words)
            .flat_map(|(first, &word)| Ones(word).map(move |bit| first + bit))
    }

    /// Keeps what is in both.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Takes what is in the other.
    pub(crate) fn unite(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes out what is in the other.
    pub(crate) fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// How many numbers of the set stand before each run of 64.
    fn before(&self) -> Vec<u32> {
        let mut sum = 0;
        let before = |word: &u64| {
            let before = sum;
            sum += word.count_ones();
            before
        };
        self.words.iter().map(before).collect()
    }
}

const fn place(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}

/// The positions of the bits of a word, ascending.
struct Ones(u64);

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        (self.0 != 0).then(|| {
            let bit = self.0.trailing_zeros();
            self.0 &= self.0 - 1;
            bit
        })
    }
}

/// A set that does not change any more and knows the position of each member.
#[derive(Debug)]
pub(crate) struct Ranked {
    bitmap: Bitmap,
    before: Vec<u32>,
    /// Every number below this one is a member: its position is itself.
    dense: u32,
}

impl Ranked {
    pub(crate) fn new(bitmap: Bitmap) -> Self {
        let before = bitmap.before();
        let full = bitmap.words.iter().take_while(|&&word| word == u64::MAX);
        let full = full.count();
        let rest = bitmap
            .words
            .get(full)
            .map_or(0, |word| word.trailing_ones());
        let dense = u32::try_from(full * 64).map_or(u32::MAX, |full| full.saturating_add(rest));
        Self {
            bitmap,
            before,
            dense,
        }
    }

    /// The set.
    pub(crate) const fn bitmap(&self) -> &Bitmap {
        &self.bitmap
    }

    /// How many members are smaller than this one; `None` when it is no member.
    pub(crate) fn position(&self, number: u32) -> Option<usize> {
        if number < self.dense {
            return Some(number as usize);
        }
        let (index, bit) = place(number);
        let word = *self.bitmap.words.get(index)?;
        if word & bit == 0 {
            return None;
        }
        let before = *self.before.get(index)? + (word & (bit - 1)).count_ones();
        Some(before as usize)
    }
}

#[cfg(test)]
mod tests;
