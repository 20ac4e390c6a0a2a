//! Turns the float tensors of the model into the encoder's weight file.

#![allow(
    clippy::cast_possible_truncation,
    reason = "rounding to the file's precision is the aim"
)]

use anchorhold_embed::weights::{FileWriter, Shape, code_sums, pack};
use anchorhold_embed::{HIDDEN, input_maxima};

use super::quantise::{Smoothing, quantise};
use super::safetensors::Tensors;
use crate::Outcome;

/// Texts whose inner values show how large they get; see the crate's README.
const CALIBRATION: &str = include_str!("calibration.txt");

/// The weight file, in the order `anchorhold_embed::weights` prescribes.
///
/// Made twice: the first file has no smoothing, and serves to see the model's inner values. The
/// encoder gives the same bytes on every processor, hence so does this.
pub(super) fn weight_file(tensors: &Tensors<'_>, vocabulary: &[u8]) -> Outcome<Vec<u8>> {
    let plain = Converter {
        tensors,
        writer: FileWriter::default(),
        maxima: None,
    };
    let texts: Vec<&str> = CALIBRATION.split("\n\n").collect();
    let maxima = input_maxima(&plain.file(vocabulary)?, vocabulary, &texts)?;
    let maxima = Some(maxima.iter());
    Converter {
        tensors,
        writer: FileWriter::default(),
        maxima,
    }
    .file(vocabulary)
}

/// Walks through the model and writes section after section.
struct Converter<'a> {
    tensors: &'a Tensors<'a>,
    writer: FileWriter,
    /// Largest inputs of the matrices still to come, if they are known.
    maxima: Option<std::slice::Iter<'a, [f32; HIDDEN]>>,
}

impl Converter<'_> {
    fn file(mut self, vocabulary: &[u8]) -> Outcome<Vec<u8>> {
        self.embeddings()?;
        self.norm("embeddings.LayerNorm")?;
        for layer in 0..Shape::BUILTIN.layers {
            let layer = format!("encoder.layer.{layer}");
            self.projection(&format!("{layer}.attention.self"))?;
            let (matrix, biases) =
                self.matrix(&format!("{layer}.attention.output.dense"), HIDDEN)?;
            let smoothing = self.smoothing(&matrix)?;
            self.linear(&matrix, &biases, &smoothing)?;
            self.norm(&format!("{layer}.attention.output.LayerNorm"))?;
            self.feed_forward(&layer)?;
            self.norm(&format!("{layer}.output.LayerNorm"))?;
        }
        Ok(self.writer.finish(Shape::BUILTIN, vocabulary))
    }

    /// Word table (one scale per row) and positions, to which the vector of token type 0 is
    /// added, since there is no other type.
    fn embeddings(&mut self) -> Outcome {
        let vocabulary = Shape::BUILTIN.vocabulary as usize;
        let words = self
            .tensors
            .floats("embeddings.word_embeddings.weight", &[vocabulary, HIDDEN])?;
        let (codes, scales) = quantise(&words);
        self.writer.bytes(
            &codes
                .iter()
                .map(|code| code.cast_unsigned())
                .collect::<Vec<u8>>(),
        );
        self.writer.floats(&scales);

        let name = "embeddings.position_embeddings.weight";
        let positions = self.tensors.floats(name, &[512, HIDDEN])?;
        let types = self
            .tensors
            .floats("embeddings.token_type_embeddings.weight", &[2, HIDDEN])?;
        let used = positions
            .iter()
            .take(Shape::BUILTIN.positions as usize * HIDDEN);
        let sums = used
            .zip(types.iter().take(HIDDEN).cycle())
            .map(|(place, kind)| place + kind);
        self.writer.floats(&sums.collect::<Vec<f32>>());
        Ok(())
    }

    fn norm(&mut self, name: &str) -> Outcome {
        self.writer
            .floats(&self.tensors.floats(&format!("{name}.weight"), &[HIDDEN])?);
        self.writer
            .floats(&self.tensors.floats(&format!("{name}.bias"), &[HIDDEN])?);
        Ok(())
    }

    /// Query, key and value as one matrix. The query is divided by the root of the head length
    /// here, so that the encoder need not divide every score.
    fn projection(&mut self, name: &str) -> Outcome {
        let root = f64::from(Shape::BUILTIN.hidden / Shape::BUILTIN.heads).sqrt();
        let parts =
            ["query", "key", "value"].map(|part| self.matrix(&format!("{name}.{part}"), HIDDEN));
        let [query, key, value] = parts;
        let (query, key, value) = (query?, key?, value?);
        let whole = [query.0.as_slice(), &key.0, &value.0].concat();
        let smoothing = self.smoothing(&whole)?;
        let scaled = |values: &[f32]| -> Vec<f32> {
            values
                .iter()
                .map(|value| (f64::from(*value) / root) as f32)
                .collect()
        };
        let matrix = [scaled(&query.0).as_slice(), &key.0, &value.0].concat();
        let biases = [scaled(&query.1).as_slice(), &key.1, &value.1].concat();
        self.linear(&matrix, &biases, &smoothing)
    }

    /// The two matrices of the feed-forward part, in slices of inner channels.
    fn feed_forward(&mut self, layer: &str) -> Outcome {
        let inner = Shape::BUILTIN.intermediate as usize;
        let name = format!("{layer}.intermediate.dense");
        let intermediate = self
            .tensors
            .floats(&format!("{name}.weight"), &[inner, HIDDEN])?;
        let intermediate_biases = self.tensors.floats(&format!("{name}.bias"), &[inner])?;
        let name = format!("{layer}.output.dense");
        let output = self
            .tensors
            .floats(&format!("{name}.weight"), &[HIDDEN, inner])?;
        let mut output_biases = self.tensors.floats(&format!("{name}.bias"), &[HIDDEN])?;

        let smoothing = self.smoothing(&intermediate)?;
        let slices = intermediate
            .chunks(HIDDEN * HIDDEN)
            .zip(intermediate_biases.chunks(HIDDEN));
        for (slice, (matrix, biases)) in slices.enumerate() {
            self.linear(matrix, biases, &smoothing)?;
            let columns = output
                .chunks(inner)
                .flat_map(|row| row.iter().skip(slice * HIDDEN).take(HIDDEN));
            let columns: Vec<f32> = columns.copied().collect();
            let smoothing = self.smoothing(&columns)?;
            self.linear(&columns, &output_biases, &smoothing)?;
            // The slices are added up, so the bias belongs to the first alone.
            output_biases.fill(0.0);
        }
        Ok(())
    }

    fn matrix(&self, name: &str, outputs: usize) -> Outcome<(Vec<f32>, Vec<f32>)> {
        let matrix = self
            .tensors
            .floats(&format!("{name}.weight"), &[outputs, HIDDEN])?;
        Ok((
            matrix,
            self.tensors.floats(&format!("{name}.bias"), &[outputs])?,
        ))
    }

    /// Writes the factors for the inputs of the matrices that follow.
    fn smoothing(&mut self, matrix: &[f32]) -> Outcome<Smoothing> {
        let smoothing = match &mut self.maxima {
            Some(maxima) => Smoothing::new(maxima.next().ok_or("too few maxima")?, matrix),
            None => Smoothing::none(),
        };
        self.writer.floats(&smoothing.factors);
        Ok(smoothing)
    }

    fn linear(&mut self, matrix: &[f32], biases: &[f32], smoothing: &Smoothing) -> Outcome {
        let (codes, scales) = quantise(&smoothing.applied(matrix));
        self.writer
            .bytes(&pack(&codes).ok_or("matrix does not fill its panels")?);
        let sums = code_sums(&codes);
        let panels = scales
            .chunks(64)
            .zip(biases.chunks(64))
            .zip(sums.chunks(64));
        for ((scales, biases), sums) in panels {
            self.writer.floats(scales);
            self.writer.floats(biases);
            self.writer.integers(sums);
        }
        Ok(())
    }
}
