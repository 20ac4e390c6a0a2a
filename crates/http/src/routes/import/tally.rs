//! Counts what became of the lines, and tells a whole export from one that was cut or changed.

use anchorhold_crypto::Checksum;
use anchorhold_memory::Imported;
use anchorhold_model::hex;
use anchorhold_model::limits::{IMPORT_ERRORS_MAX, IMPORT_LINE_BYTES_MAX};
use anchorhold_wire::export::{ExportEnd, ImportError, ImportReply};
use anchorhold_wire::{Code, Rejection};

/// The reply that is being made.
#[derive(Default)]
pub(super) struct Tally {
    reply: ImportReply,
    /// The export whose end was not seen yet.
    open: Option<Section>,
    /// Whether an export was cut or changed.
    is_damaged: bool,
    /// Whether the lines come from a newer format.
    is_newer: bool,
}

/// What stood behind a head so far.
#[derive(Default)]
struct Section {
    checksum: Checksum,
    memories: u64,
}

impl Tally {
    /// A head begins an export; one that has no end is cut.
    pub(super) fn begin(&mut self, line: &[u8]) {
        self.is_damaged |= self.open.is_some();
        self.is_newer = false;
        self.open = Some(Section::default());
        self.pass(line);
    }

    /// An end fits what stood before it, or the export was changed.
    pub(super) fn end(&mut self, end: &ExportEnd) {
        let fits = self.open.take().is_some_and(|open| {
            let digest = format!("sha256:{}", hex(&open.checksum.sum()));
            open.memories == end.memories && digest == end.digest
        });
        self.is_damaged |= !fits;
    }

    /// A memory stands on the line.
    pub(super) fn memory(&mut self, line: &[u8]) {
        self.pass(line);
        if let Some(open) = &mut self.open {
            open.memories += 1;
        }
    }

    /// Nothing that matters stands on the line.
    pub(super) fn pass(&mut self, line: &[u8]) {
        if let Some(open) = &mut self.open {
            open.checksum.update(line);
            open.checksum.update(b"\n");
        }
    }

    /// The line cannot be read. It still counts as a line of its export.
    pub(super) fn unread(&mut self, line: &[u8], number: u64, rejection: Rejection) {
        self.memory(line);
        if rejection.code == Code::NotAvailableYet {
            self.is_newer = true;
            self.is_damaged = true;
        }
        self.refuse(number, rejection.code, &rejection.message);
    }

    /// The body ended in the middle of a line.
    pub(super) const fn cut(&mut self) {
        self.is_damaged = true;
    }

    /// Whether the lines come from a newer version, which may mean something else by them.
    pub(super) const fn is_newer(&self) -> bool {
        self.is_newer
    }

    /// The line was let go of.
    pub(super) fn too_long(&mut self, number: u64) {
        self.is_damaged |= self.open.is_some();
        let message = format!("a line must be at most {IMPORT_LINE_BYTES_MAX} bytes");
        self.refuse(number, Code::BodyTooLarge, &message);
    }

    pub(super) fn refuse(&mut self, line: u64, code: Code, message: &str) {
        self.reply.refused += 1;
        if self.reply.errors.len() < IMPORT_ERRORS_MAX {
            self.reply.errors.push(ImportError {
                line,
                code,
                message: message.to_owned(),
            });
        }
    }

    pub(super) fn count(&mut self, imported: Imported) {
        match imported {
            Imported::Kept => self.reply.imported += 1,
            Imported::Skipped => self.reply.skipped += 1,
        }
    }

    pub(super) fn reply(mut self) -> ImportReply {
        // Commits tell of their lines later than lines that were never read.
        self.reply.errors.sort_by_key(|error| error.line);
        ImportReply {
            complete: self.open.is_none() && !self.is_damaged,
            ..self.reply
        }
    }
}
