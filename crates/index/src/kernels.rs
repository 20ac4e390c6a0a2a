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

/// In how many bits a vector differs from the query, and its slot.
pub(crate) type Distance = (u16, u32);

/// An instruction set that the machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Portable code.
    Scalar,
    /// AVX2 of x86-64.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F, BW, VNNI and VPOPCNTDQ of x86-64.
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
        (low, high): (u16, u16),
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

/// One of the rows of `stride` lines.
fn row(rows: &[Line], number: u32, stride: usize) -> &[Line] {
    let start = (number as usize).saturating_mul(stride);
    rows.get(start..start.saturating_add(stride))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
