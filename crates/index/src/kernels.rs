//! The inner loops, int8 dot products, distances of bits and the search for term hashes, and their
//! dispatch.
//!
//! Every path computes the same integers; `kernels/tests.rs` holds that as a property.

mod scalar;
#[cfg(target_arch = "x86_64")]
mod x86;

/// 64 values of a vector: one cache line, one AVX-512 register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Line(pub(crate) [i8; 64]);

/// 16 term hashes: one cache line, one AVX-512 register. 0 is no term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Block(pub(crate) [u32; 16]);

/// The same 64 bits of eight vectors: one cache line, one AVX-512 register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [u64; 8]);

/// Lanes of one block that hold one term of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Position of the term in the query.
    pub(crate) term: u32,
    /// Position of the block.
    pub(crate) block: u32,
    /// One bit per lane, the first lane lowest.
    pub(crate) lanes: u16,
}

/// 64 bits of a query's code, and how much each of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weighed {
    pub(crate) bits: u64,
    /// The three bits of a number from 0 to 7 for each bit, the lowest first: a bit counts one and
    /// twice that number.
    pub(crate) planes: [u64; 3],
}

impl Weighed {
    /// The most that all bits of a word count.
    pub(crate) const MOST: u32 = 64 * 15;

    /// What the bits count in which `code` differs.
    #[inline]
    fn distance(&self, code: u64) -> u32 {
        let differing = self.bits ^ code;
        let [ones, twos, fours] = self.planes.map(|plane| (differing & plane).count_ones());
        differing.count_ones() + 2 * (ones + 2 * twos + 4 * fours)
    }
}

/// How far a vector is from the query, in bits that differ or in what these count, and its slot: one
/// number, so that eight of them fill a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Distance(u64);

impl Distance {
    pub(crate) const fn new(bits: u32, slot: u32) -> Self {
        Self((bits as u64) << 32 | slot as u64)
    }

    pub(crate) const fn bits(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
    pub(crate) const fn slot(self) -> u32 {
        self.0 as u32
    }
}

/// An instruction set that the machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Portable code.
    Scalar,
    /// AVX2 and POPCNT of x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F, BW, VNNI and VPOPCNTDQ of x86-64, and POPCNT.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// Every path that this machine can run, the fastest last.
    pub(crate) fn available() -> Vec<Self> {
        #[cfg_attr(
            not(target_arch = "x86_64"),
            expect(unused_mut, reason = "one path only")
        )]
        let mut kernels = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if x86::has_avx2() {
                kernels.push(Self::Avx2);
            }
            if x86::has_avx512() {
                kernels.push(Self::Avx512);
            }
        }
        kernels
    }

    /// The fastest path of this machine.
    pub(crate) fn detect() -> Self {
        Self::available().pop().unwrap_or(Self::Scalar)
    }

    /// The dot product of `query` with some of the rows, each of as many lines; values from -127
    /// to 127. A row that is not there counts as zeros.
    pub(crate) fn dot_rows(self, query: &[Line], rows: &[Line], some: &[u32], dots: &mut Vec<i32>) {
        dots.clear();
        match self {
            Self::Scalar => scalar::dot_rows(query, rows, some, dots),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::dot_rows_avx2(query, rows, some, dots),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::dot_rows_avx512(query, rows, some, dots),
        }
    }

    /// Which vectors differ from `query` in at most `low` or in at least `high` bits, in their
    /// order; eight vectors take as many lanes as the query has words. The first one is `first`.
    pub(crate) fn find_ends(
        self,
        query: &[u64],
        codes: &[Lanes],
        first: u32,
        (low, high): (u32, u32),
        ends: &mut Vec<Distance>,
    ) {
        ends.clear();
        match self {
            Self::Scalar => scalar::find_ends(query, codes, first, (low, high), ends),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::find_ends_avx2(query, codes, first, (low, high), ends),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::find_ends_avx512(query, codes, first, (low, high), ends),
        }
    }

    /// Weighs each distance anew: every bit in which the slot's code differs from the query counts as
    /// much as the query says. Codes stand one after the other by slot; one that is not there differs
    /// in nothing.
    pub(crate) fn weigh(self, query: &[Weighed], codes: &[u64], distances: &mut [Distance]) {
        match self {
            Self::Scalar => scalar::weigh(query, codes, distances),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::weigh_avx2(query, codes, distances),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::weigh_avx512(query, codes, distances),
        }
    }

    /// Where the terms stand, in the order of the blocks and then of the terms.
    pub(crate) fn find_terms(self, terms: &[u32], blocks: &[Block], found: &mut Vec<Found>) {
        found.clear();
        match self {
            Self::Scalar => scalar::find_terms(terms, blocks, found),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::find_terms_avx2(terms, blocks, found),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => x86::find_terms_avx512(terms, blocks, found),
        }
    }
}

impl Kernel {
    /// Asks for blocks that are read soon; they come from all over the memory.
    pub(crate) fn ask_for(self, blocks: &[Block]) {
        match self {
            Self::Scalar => {}
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 | Self::Avx512 => blocks.iter().for_each(x86::ask_for),
        }
    }
}

/// One of the rows of `stride` parts.
fn row<T>(rows: &[T], number: u32, stride: usize) -> &[T] {
    let start = (number as usize).saturating_mul(stride);
    rows.get(start..start.saturating_add(stride))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
