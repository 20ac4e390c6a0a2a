//! Bodies of fuzz targets: the head of a request as this server reads it, and the lines of a body
//! that comes in pieces.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

mod headers;
mod target;

/// A request line's target, and lines of headers.
pub fn head(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    if let Ok(first) = std::str::from_utf8(first) {
        target::check(first);
    }
    headers::check(&lines.collect::<Vec<_>>());
}

/// The lines of a body that comes in pieces.
pub fn import_cut(data: &[u8]) {
    crate::routes::import_cut(data);
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_head_means_one_thing_or_is_refused() {
        anchorhold_fuzzing::replay("head", super::head);
    }

    #[test]
    fn lines_do_not_depend_on_the_pieces_they_come_in() {
        anchorhold_fuzzing::replay("import_cut", super::import_cut);
    }
}
