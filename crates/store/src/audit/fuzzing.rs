//! Body of a fuzz target: a log that was changed tells a beginning of what was written, and nothing
//! else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use anchorhold_model::TenantId;

use super::entry;
use super::frame::{Found, Position, read};

/// Contents that end at line ends, and a change of the file that they make.
pub(crate) fn audit_chain(data: &[u8]) {
    let Some((&[kind, high, low, byte], rest)) = data.split_first_chunk::<4>() else {
        return;
    };
    let start = Position::start(TenantId::from_bytes([kind >> 4; 16]));
    let contents: Vec<&[u8]> = rest.split(|byte| *byte == b'\n').collect();
    let (mut at, mut file) = (start, Vec::new());
    for content in &contents {
        let _ = entry::decode(content);
        let (link, after) = at.link(content).unwrap();
        file.extend_from_slice(&link);
        at = after;
        assert_eq!(at.bytes, file.len() as u64);
    }
    assert!(told(&start, &file) == (contents.clone(), true));
    let place = (usize::from(high) << 8 | usize::from(low)) % file.len();
    match kind % 5 {
        0 => file.truncate(place),
        1 => file[place] ^= byte | 1,
        2 => file.insert(place, byte),
        3 => drop(file.remove(place)),
        _ => file = rest.to_vec(),
    }
    let (beginning, _) = told(&start, &file);
    assert!(contents.starts_with(&beginning));
}

/// What a file tells, and whether it was read to its end.
fn told<'a>(start: &Position, file: &'a [u8]) -> (Vec<&'a [u8]>, bool) {
    let (mut at, mut told, mut left) = (*start, Vec::new(), file);
    loop {
        let before = file.len() - left.len();
        match read(&mut left, &at) {
            Ok(Found::Link(content, after)) => {
                let content_at = before + 8;
                told.push(&file[content_at..content_at + content.len()]);
                at = after;
            }
            Ok(Found::End) => return (told, true),
            Ok(Found::Torn) | Err(_) => return (told, false),
        }
    }
}
