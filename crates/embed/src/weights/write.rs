//! Writes a weight file, section by section.

use super::{ALIGNMENT, MAGIC, VERSION, checksum};
use crate::shape;

/// What a weight file says about its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Word pieces of the vocabulary.
    pub vocabulary: u32,
    /// Positions, which is the longest window.
    pub positions: u32,
    /// Length of a token's vector.
    pub hidden: u32,
    /// Encoder layers.
    pub layers: u32,
    /// Attention heads of a layer.
    pub heads: u32,
    /// Width of the feed-forward part.
    pub intermediate: u32,
}

impl Shape {
    /// The one shape that this crate runs.
    pub const BUILTIN: Self = Self {
        vocabulary: shape::VOCABULARY as u32,
        positions: shape::WINDOW_PIECES as u32,
        hidden: shape::HIDDEN as u32,
        layers: shape::LAYERS as u32,
        heads: shape::HEADS as u32,
        intermediate: shape::INTERMEDIATE as u32,
    };

    /// The fields in the order of the header.
    pub(super) fn fields(self) -> [u32; 6] {
        [
            self.vocabulary,
            self.positions,
            self.hidden,
            self.layers,
            self.heads,
            self.intermediate,
        ]
    }
}

/// Collects the sections; [`FileWriter::finish`] puts the header in front.
#[derive(Debug, Default)]
pub struct FileWriter {
    payload: Vec<u8>,
}

impl FileWriter {
    /// Appends a section of bytes (packed codes).
    pub fn bytes(&mut self, section: &[u8]) {
        self.payload.extend_from_slice(section);
        self.payload
            .resize(self.payload.len().next_multiple_of(ALIGNMENT), 0);
    }

    /// Appends a section of floats.
    pub fn floats(&mut self, section: &[f32]) {
        self.bytes(
            &section
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect::<Vec<u8>>(),
        );
    }

    /// Appends a section of integers.
    pub fn integers(&mut self, section: &[i32]) {
        self.bytes(
            &section
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect::<Vec<u8>>(),
        );
    }

    /// The whole file: header and sections.
    pub fn finish(self, shape: Shape, vocabulary: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(ALIGNMENT + self.payload.len());
        file.extend_from_slice(&MAGIC);
        file.extend_from_slice(&VERSION.to_le_bytes());
        for field in shape.fields() {
            file.extend_from_slice(&field.to_le_bytes());
        }
        file.extend_from_slice(&(self.payload.len() as u64).to_le_bytes());
        file.extend_from_slice(&checksum(vocabulary).to_le_bytes());
        file.extend_from_slice(&checksum(&self.payload).to_le_bytes());
        file.resize(ALIGNMENT, 0);
        file.extend_from_slice(&self.payload);
        file
    }
}
