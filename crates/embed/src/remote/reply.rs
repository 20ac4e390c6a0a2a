//! What another house answered, believed only when it is exactly what was asked for.

use serde::Deserialize;
use ureq::http::Response;

use super::Upstream;
use super::pieces::normalise;

/// Bytes of a number as text, with room to spare.
const NUMBER_BYTES_MAX: u64 = 32;
/// Bytes around the numbers.
const FRAME_BYTES_MAX: u64 = 64 * 1024;

#[derive(Deserialize)]
struct Body {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    embedding: Vec<f32>,
}

/// How long an honest answer can be.
pub(super) fn bytes_max(inputs: usize, dimension: usize) -> u64 {
    inputs as u64 * (dimension as u64 * NUMBER_BYTES_MAX + 1024) + FRAME_BYTES_MAX
}

/// One unit vector for each input, in their order.
pub(super) fn vectors(
    response: Response<ureq::Body>,
    bytes_max: u64,
    inputs: usize,
    dimension: usize,
) -> Result<Vec<Vec<f32>>, Upstream> {
    let body = response.into_body().into_with_config().limit(bytes_max);
    let bytes = body.read_to_vec().map_err(|error| Upstream::of(&error))?;
    let body: Body = serde_json::from_slice(&bytes)
        .map_err(|_| Upstream::Malformed("something that is not a list of embeddings"))?;
    if body.data.len() != inputs {
        return Err(Upstream::Malformed("another number of vectors"));
    }
    let mut placed: Vec<Option<Vec<f32>>> = vec![None; inputs];
    for mut item in body.data {
        let place = placed.get_mut(item.index);
        let place = place.filter(|place| place.is_none());
        let place = place.ok_or(Upstream::Malformed("an index twice or out of range"))?;
        if item.embedding.len() != dimension {
            return Err(Upstream::Malformed("a vector of another dimension"));
        }
        if !normalise(&mut item.embedding) {
            return Err(Upstream::Malformed("a vector without a direction"));
        }
        *place = Some(item.embedding);
    }
    let all: Option<Vec<_>> = placed.into_iter().collect();
    all.ok_or(Upstream::Malformed("another number of vectors"))
}
