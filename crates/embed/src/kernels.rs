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
mod portable;
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
    /// AVX2.
    Avx2,
    /// What the compiler makes of plain code, on any processor.
    Portable,
}

impl Dispatch {
    /// The paths this processor can run, fastest first; never empty.
    pub fn available() -> Vec<Self> {
        let all = [Self::Avx512Vnni, Self::Avx2, Self::Portable];
        all.into_iter()
            .filter(|dispatch| Kernels::new(*dispatch).is_ok())
            .collect()
    }
}

impl std::fmt::Display for Dispatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Avx512Vnni => "AVX-512 VNNI",
            Self::Avx2 => "AVX2",
            Self::Portable => "portable code",
        })
    }
}

/// Multiplies rows of codes with one panel of a packed matrix.
pub(crate) trait Multiply: Copy {
    /// `sums[row][output] = sum over inputs of code[row][input] * weight[output][input]`, exactly.
    ///
    /// `panel` holds signed weights as `weights::pack` lays them, none below -127; `code_sums`
    /// the sum of each output's weights. `sums` has as many rows as `codes`.
    fn panel(
        self,
        codes: &[[u8; HIDDEN]],
        panel: &[u8; HIDDEN * PANEL],
        code_sums: &[i32; PANEL],
        sums: &mut [[i32; PANEL]],
    );
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
    Avx2(avx2::Avx2),
    Portable(portable::Portable),
}

impl Kernels {
    /// Checks that this processor has the path.
    pub(crate) fn new(dispatch: Dispatch) -> Result<Self, Error> {
        let found = match dispatch {
            #[cfg(target_arch = "x86_64")]
            Dispatch::Avx512Vnni => avx512::Avx512::detect().map(Self::Avx512),
            #[cfg(target_arch = "x86_64")]
            Dispatch::Avx2 => avx2::Avx2::detect().map(Self::Avx2),
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
            Self::Avx2(path) => path.run(job),
            Self::Portable(path) => job.run(path),
        }
    }
}
