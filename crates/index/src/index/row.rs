//! What a search reads of an entry, close together.

use super::NONE;
use crate::kernels::Line;
use crate::{Recipe, Traits};

/// One entry without its texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Milliseconds since the Unix epoch; the largest number for never.
    pub(crate) expires_at: i64,
    /// 1 / length of the vector, 0 for the zero vector.
    pub(crate) inverse_norm: f64,
    /// What one step of a value of the vector stands for.
    pub(crate) scale: f32,
    /// Number of terms of the text, for BM25.
    pub(crate) terms: u32,
    /// The first block of its terms; they end where those of the next slot begin.
    pub(crate) first_block: u32,
    /// Label of the speaker.
    pub(crate) speaker: u32,
    /// Label of the conversation.
    pub(crate) conversation: u32,
    /// Traits of the text.
    pub(crate) traits: Traits,
}

impl Row {
    /// Its traits, if it is a turn of a conversation.
    pub(crate) fn turn(&self) -> Option<Traits> {
        (self.conversation != NONE).then_some(self.traits)
    }
}

/// All that the priors look at of an entry but its speaker, as a small number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(u8);

impl Turn {
    /// What is no turn of a conversation.
    const NONE: u8 = 4 * (Recipe::LENGTH_WORDS.to_le_bytes()[0] + 1);

    pub(crate) fn of(traits: Option<Traits>) -> Self {
        let number = |traits: Traits| {
            let words = traits.words.min(Recipe::LENGTH_WORDS).to_le_bytes()[0];
            4 * words + 2 * u8::from(traits.question) + u8::from(traits.temporal)
        };
        Self(traits.map_or(Self::NONE, number))
    }

    /// Each of them by its number.
    pub(crate) fn all() -> impl Iterator<Item = Option<Traits>> {
        let traits = |number: u8| Traits {
            question: number & 2 != 0,
            temporal: number & 1 != 0,
            words: u16::from(number / 4),
        };
        (0..Self::NONE)
            .map(move |number| Some(traits(number)))
            .chain([None])
    }

    /// Its place among all.
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// 1 / length of a vector of int8 values.
pub(crate) fn inverse_norm(values: &[i8]) -> f64 {
    let squares = |chunk: &[i8]| -> i32 {
        let square = |&value: &i8| i32::from(value) * i32::from(value);
        chunk.iter().map(square).sum()
    };
    // A chunk's sum fits into i32, and the total into the 53 bits of f64.
    let total: f64 = values
        .chunks(1 << 14)
        .map(|chunk| f64::from(squares(chunk)))
        .sum();
    if total > 0.0 {
        total.sqrt().recip()
    } else {
        0.0
    }
}

/// The values in whole lines, the last one filled with zeros.
pub(crate) fn lines(values: &[i8]) -> impl Iterator<Item = Line> {
    let (whole, rest) = values.as_chunks::<64>();
    let rest = (!rest.is_empty()).then(|| {
        let mut line = Line([0; 64]);
        for (slot, value) in line.0.iter_mut().zip(rest) {
            *slot = *value;
        }
        line
    });
    whole.iter().map(|line| Line(*line)).chain(rest)
}
