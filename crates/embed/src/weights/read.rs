//! Reads a weight file: checks everything first, then borrows the codes where they lie.

use super::{ALIGNMENT, MAGIC, Shape, VERSION, checksum, limits};
use crate::Error;
use crate::shape::{HIDDEN, LAYERS, PANEL, PROJECTED, SLICES, VOCABULARY, WINDOW_PIECES};

/// The model, as it lies in the file. Codes are borrowed; the few floats are copied.
#[derive(Debug)]
pub(crate) struct Weights<'a> {
    /// One row of [`HIDDEN`] signed codes per word piece.
    pub(crate) word_codes: &'a [[u8; HIDDEN]],
    /// One scale per word piece.
    pub(crate) word_scales: Vec<f32>,
    /// One row per position; the token type vector is already added.
    pub(crate) positions: Vec<[f32; HIDDEN]>,
    pub(crate) embedding_norm: Norm,
    pub(crate) layers: Vec<Layer<'a>>,
}

/// One encoder layer.
#[derive(Debug)]
pub(crate) struct Layer<'a> {
    pub(crate) projection_factors: Factors,
    /// Query (already divided by the root of the head length), key and value side by side.
    pub(crate) projection: Linear<'a>,
    pub(crate) attention_factors: Factors,
    pub(crate) attention_output: Linear<'a>,
    pub(crate) attention_norm: Norm,
    pub(crate) feed_factors: Factors,
    /// The feed-forward part in slices of [`HIDDEN`] inner channels, each with scales of its own.
    pub(crate) slices: Vec<Slice<'a>>,
    pub(crate) output_norm: Norm,
}

/// A slice of the feed-forward part: what its inner channels read, and what reads them.
#[derive(Debug)]
pub(crate) struct Slice<'a> {
    pub(crate) intermediate: Linear<'a>,
    pub(crate) output_factors: Factors,
    pub(crate) output: Linear<'a>,
}

/// What each input of a matrix is multiplied with before it becomes a code.
pub(crate) type Factors = [f32; HIDDEN];

/// Gain and shift of a layer normalisation.
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) gain: [f32; HIDDEN],
    pub(crate) shift: [f32; HIDDEN],
}

/// A matrix of [`HIDDEN`] inputs with one scale per output; all in panels of 64 outputs.
#[derive(Debug)]
pub(crate) struct Linear<'a> {
    /// See [`super::pack`].
    pub(crate) packed: &'a [[u8; HIDDEN * PANEL]],
    pub(crate) channels: Vec<Channels>,
}

/// What belongs to the outputs of one panel besides their codes.
#[derive(Debug)]
pub(crate) struct Channels {
    pub(crate) scales: [f32; PANEL],
    pub(crate) biases: [f32; PANEL],
    /// Sum of the codes of every output: what a shift of the input codes adds to it.
    pub(crate) code_sums: [i32; PANEL],
    /// See [`super::limits`]; not in the file.
    pub(crate) limits: [u8; HIDDEN],
}

impl<'a> Weights<'a> {
    /// Checks header, length and checksums, then lays out the sections.
    pub(crate) fn read(file: &'a [u8], vocabulary: &[u8]) -> Result<Self, Error> {
        let mut sections = Sections {
            rest: check(file, vocabulary)?,
            file_bytes: file.len(),
        };
        let weights = Self {
            word_codes: sections.bytes(VOCABULARY * HIDDEN)?.as_chunks().0,
            word_scales: sections.floats(VOCABULARY)?,
            positions: sections
                .floats(WINDOW_PIECES * HIDDEN)?
                .as_chunks()
                .0
                .to_vec(),
            embedding_norm: sections.norm()?,
            layers: (0..LAYERS)
                .map(|_| sections.layer())
                .collect::<Result<_, _>>()?,
        };
        if sections.rest.is_empty() {
            Ok(weights)
        } else {
            Err(sections.wrong_length())
        }
    }
}

/// Everything that can be said against a file before its sections are looked at.
fn check<'a>(file: &'a [u8], vocabulary: &[u8]) -> Result<&'a [u8], Error> {
    let short = Error::WeightsLength {
        found: file.len(),
        expected: ALIGNMENT,
    };
    let (header, payload) = file.split_at_checked(ALIGNMENT).ok_or(short)?;
    let mut header = Sections {
        rest: header,
        file_bytes: file.len(),
    };
    if header.array()? != MAGIC {
        return Err(Error::WeightsForeign);
    }
    let found = u32::from_le_bytes(header.array()?);
    if found != VERSION {
        return Err(Error::WeightsVersion {
            found,
            supported: VERSION,
        });
    }
    for expected in Shape::BUILTIN.fields() {
        if u32::from_le_bytes(header.array()?) != expected {
            return Err(Error::WeightsShape);
        }
    }
    if u64::from_le_bytes(header.array()?) != payload.len() as u64 {
        return Err(header.wrong_length());
    }
    if u64::from_le_bytes(header.array()?) != checksum(vocabulary) {
        return Err(Error::Vocabulary);
    }
    if u64::from_le_bytes(header.array()?) != checksum(payload) {
        return Err(Error::WeightsChecksum);
    }
    Ok(payload)
}

/// Cuts section after section off the front.
struct Sections<'a> {
    rest: &'a [u8],
    file_bytes: usize,
}

impl<'a> Sections<'a> {
    fn wrong_length(&self) -> Error {
        let expected = self.file_bytes.saturating_sub(self.rest.len());
        Error::WeightsLength {
            found: self.file_bytes,
            expected,
        }
    }

    fn array<const BYTES: usize>(&mut self) -> Result<[u8; BYTES], Error> {
        let (array, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.wrong_length())?;
        self.rest = rest;
        Ok(*array)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let padded = length.next_multiple_of(ALIGNMENT);
        let (section, rest) = self
            .rest
            .split_at_checked(padded)
            .ok_or_else(|| self.wrong_length())?;
        self.rest = rest;
        Ok(section.split_at_checked(length).unwrap_or((section, &[])).0)
    }

    fn words(&mut self, length: usize) -> Result<&'a [[u8; 4]], Error> {
        Ok(self.bytes(length * 4)?.as_chunks().0)
    }

    fn floats(&mut self, length: usize) -> Result<Vec<f32>, Error> {
        Ok(self
            .words(length)?
            .iter()
            .map(|word| f32::from_le_bytes(*word))
            .collect())
    }

    /// A fixed number of floats that fill their section.
    fn row<const LENGTH: usize>(&mut self) -> Result<[f32; LENGTH], Error> {
        let mut row = [0.0; LENGTH];
        for (to, word) in row.iter_mut().zip(self.words(LENGTH)?) {
            *to = f32::from_le_bytes(*word);
        }
        Ok(row)
    }

    fn norm(&mut self) -> Result<Norm, Error> {
        Ok(Norm {
            gain: self.row()?,
            shift: self.row()?,
        })
    }

    fn linear(&mut self, outputs: usize) -> Result<Linear<'a>, Error> {
        let packed = self.bytes(HIDDEN * outputs)?.as_chunks().0;
        let channels = packed
            .iter()
            .map(|panel| self.channels(panel))
            .collect::<Result<_, _>>()?;
        Ok(Linear { packed, channels })
    }

    fn channels(&mut self, panel: &[u8; HIDDEN * PANEL]) -> Result<Channels, Error> {
        let (scales, biases) = (self.row()?, self.row()?);
        let mut code_sums = [0; PANEL];
        for (to, word) in code_sums.iter_mut().zip(self.words(PANEL)?) {
            *to = i32::from_le_bytes(*word);
        }
        Ok(Channels {
            scales,
            biases,
            code_sums,
            limits: limits(panel),
        })
    }

    fn layer(&mut self) -> Result<Layer<'a>, Error> {
        Ok(Layer {
            projection_factors: self.row()?,
            projection: self.linear(PROJECTED)?,
            attention_factors: self.row()?,
            attention_output: self.linear(HIDDEN)?,
            attention_norm: self.norm()?,
            feed_factors: self.row()?,
            slices: (0..SLICES)
                .map(|_| self.slice())
                .collect::<Result<_, _>>()?,
            output_norm: self.norm()?,
        })
    }

    fn slice(&mut self) -> Result<Slice<'a>, Error> {
        Ok(Slice {
            intermediate: self.linear(HIDDEN)?,
            output_factors: self.row()?,
            output: self.linear(HIDDEN)?,
        })
    }
}
