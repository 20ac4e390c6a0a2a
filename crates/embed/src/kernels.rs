//! The part that differs between processors: the int8 multiply, and for which instruction set
//! the float arithmetic is compiled.
//!
//! Every path computes exact integer sums, and the float arithmetic is one piece of code with a
//! fixed order of operations and no fused multiply-add, so a vector is the same byte for byte on
//! every path (`tests/` holds us to it).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx_vnni;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse2;
#[cfg(test)]
mod tests;

use crate::Error;
use crate::shape::{HIDDEN, PANEL};

/// A way to run the encoder on this processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Dispatch {
    /// AVX-512 with VNNI: 64 products per instruction.
    Avx512Vnni,
    /// AVX-VNNI: 32 products per instruction, on processors without AVX-512.
    AvxVnni,
    /// AVX2.
    Avx2,
    /// SSE2, which every x86-64 processor has.
    Sse2,
    /// What the compiler makes of plain code, on any processor.
    Portable,
}

impl Dispatch {
    /// The paths this processor can run, fastest first; never empty.
    pub fn available() -> Vec<Self> {
        let all = [
            Self::Avx512Vnni,
            Self::AvxVnni,
            Self::Avx2,
            Self::Sse2,
            Self::Portable,
        ];
        all.into_iter()
            .filter(|dispatch| Kernels::new(*dispatch).is_ok())
            .collect()
    }
}

impl std::fmt::Display for Dispatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Avx512Vnni => "AVX-512 VNNI",
            Self::AvxVnni => "AVX-VNNI",
            Self::Avx2 => "AVX2",
            Self::Sse2 => "SSE2",
            Self::Portable => "portable code",
        })
    }
}

/// One panel of a packed matrix, as `weights::pack` lays it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel<'a> {
    /// Signed weights, none below -127.
    pub(crate) weights: &'a [u8; HIDDEN * PANEL],
    /// See `weights::limits`.
    pub(crate) limits: &'a [u8; HIDDEN],
}

/// Multiplies rows of codes with one panel of a packed matrix.
pub(crate) trait Multiply: Copy {
    /// `sums[row][output] = sum over inputs of code[row][input] * weight[output][input]`, exactly.
    /// `sums` has as many rows as `codes`.
    fn panel(self, codes: &[[u8; HIDDEN]], panel: Panel<'_>, sums: &mut [[i32; PANEL]]);
}

/// Work that is compiled once per path.
pub(crate) trait Job {
    /// Does the work; implementations are `#[inline(always)]`.
    fn run(self, multiply: impl Multiply);
}

/// A path that was checked to run here. Holding one is the proof that makes the calls sound.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kernels {
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    #[cfg(target_arch = "x86_64")]
    AvxVnni(avx_vnni::AvxVnni),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Sse2(sse2::Sse2),
    Portable(portable::Portable),
}

impl Kernels {
    /// Checks that this processor has the path.
    pub(crate) fn new(dispatch: Dispatch) -> Result<Self, Error> {
        let found = match dispatch {
            #[cfg(target_arch = "x86_64")]
            Dispatch::Avx512Vnni => avx512::Avx512::detect().map(Self::Avx512),
            #[cfg(target_arch = "x86_64")]
            Dispatch::AvxVnni => avx_vnni::AvxVnni::detect().map(Self::AvxVnni),
            #[cfg(target_arch = "x86_64")]
            Dispatch::Avx2 => avx2::Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            Dispatch::Sse2 => Some(Self::Sse2(sse2::Sse2)),
            Dispatch::Portable => Some(Self::Portable(portable::Portable)),
            #[cfg(not(target_arch = "x86_64"))]
            _ => None,
        };
        found.ok_or(Error::DispatchUnavailable(dispatch))
    }

    /// Runs the job as compiled for this path.
    pub(crate) fn run(self, job: impl Job) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(path) => path.run(job),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(path) => path.run(job),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(path) => path.run(job),
            #[cfg(target_arch = "x86_64")]
            Self::Sse2(path) => job.run(path),
            Self::Portable(path) => job.run(path),
        }
    }
}
