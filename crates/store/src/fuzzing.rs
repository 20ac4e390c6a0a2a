//! Bodies of fuzz targets: everything that the store reads back from its files.

/// The key epochs of a namespace.
pub fn epoch_row(data: &[u8]) {
    crate::vault::fuzzing::epoch_row(data);
}

/// The state of a namespace.
pub fn state_row(data: &[u8]) {
    crate::vault::fuzzing::state_row(data);
}

/// An extract of summaries.
pub fn extract(data: &[u8]) {
    crate::vault::fuzzing::extract(data);
}

/// A row of the catalogue.
pub fn catalogue_row(data: &[u8]) {
    crate::catalogue::fuzzing::catalogue_row(data);
}

/// A tenant's audit log.
pub fn audit_chain(data: &[u8]) {
    crate::audit::fuzzing::audit_chain(data);
}

/// The head of a backup.
pub fn backup_head(data: &[u8]) {
    crate::container::fuzzing::backup_head(data);
}

#[cfg(test)]
mod tests {
    #[test]
    fn rows_of_a_namespace_are_read_as_they_were_written_or_refused() {
        anchorhold_fuzzing::replay("epoch_row", super::epoch_row);
        anchorhold_fuzzing::replay("state_row", super::state_row);
        anchorhold_fuzzing::replay("extract", super::extract);
    }

    #[test]
    fn rows_of_the_catalogue_are_read_as_they_were_written_or_refused() {
        anchorhold_fuzzing::replay("catalogue_row", super::catalogue_row);
    }

    #[test]
    fn a_changed_audit_log_never_tells_another_story() {
        anchorhold_fuzzing::replay("audit_chain", super::audit_chain);
    }

    #[test]
    fn the_head_of_a_backup_is_signed_as_a_whole() {
        anchorhold_fuzzing::replay("backup_head", super::backup_head);
    }
}
