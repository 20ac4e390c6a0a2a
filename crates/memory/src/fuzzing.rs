//! Bodies of fuzz targets: the summaries of records, and the cursors of lists.

/// The summary of a record.
pub fn record(data: &[u8]) {
    crate::codec::fuzzing::record(data);
}

/// The cursors of both lists.
pub fn cursor(data: &[u8]) {
    crate::cursor::fuzzing::cursor(data);
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_summary_that_is_read_is_written_as_what_was_read() {
        anchorhold_fuzzing::replay("record", super::record);
    }

    #[test]
    fn a_cursor_is_taken_where_it_was_issued_and_nowhere_else() {
        anchorhold_fuzzing::replay("cursor", super::cursor);
    }
}
