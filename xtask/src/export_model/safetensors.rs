//! Reads the safetensors format: a JSON table of contents, then raw tensors.

use serde_json::Value;

use crate::Outcome;

/// A parsed file.
pub(super) struct Tensors<'a> {
    contents: Value,
    data: &'a [u8],
}

impl<'a> Tensors<'a> {
    /// Splits table and data.
    pub(super) fn parse(file: &'a [u8]) -> Outcome<Self> {
        let (length, rest) = file
            .split_first_chunk()
            .ok_or("safetensors file is too short")?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        let (contents, data) = rest
            .split_at_checked(length)
            .ok_or("table of contents is cut")?;
        Ok(Self {
            contents: serde_json::from_slice(contents)?,
            data,
        })
    }

    /// The 32-bit floats of a tensor, which must have this shape.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Outcome<Vec<f32>> {
        let entry = self
            .contents
            .get(name)
            .ok_or_else(|| format!("no tensor {name}"))?;
        let list = |key: &str| -> Vec<usize> {
            let numbers = entry
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            numbers
                .filter_map(|number| usize::try_from(number.as_u64()?).ok())
                .collect()
        };
        if entry.get("dtype").and_then(Value::as_str) != Some("F32") || list("shape") != shape {
            return Err(format!("tensor {name} is not F32 {shape:?}").into());
        }
        let offsets = list("data_offsets");
        let [begin, end] = *offsets.as_slice() else {
            return Err(format!("tensor {name} has no place").into());
        };
        let bytes = self
            .data
            .get(begin..end)
            .ok_or_else(|| format!("tensor {name} is cut"))?;
        if bytes.len() != shape.iter().product::<usize>() * 4 {
            return Err(format!("tensor {name} has a wrong length").into());
        }
        Ok(bytes
            .as_chunks()
            .0
            .iter()
            .map(|word| f32::from_le_bytes(*word))
            .collect())
    }
}
