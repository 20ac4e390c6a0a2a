//! A copy of one namespace, as it lies: sealed, consistent, taken while it is written to.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use anchorhold_crypto::{Label, MacKey};
use anchorhold_identity::Custody;
use anchorhold_model::Timestamp;

use super::hold::Hold;
use super::inspect::checked;
use super::{NamespaceId, Vault};
use crate::backend::Look;
use crate::container::{Heading, PIECE_BYTES, Signer};
use crate::registry::Registry;
use crate::{Error, Head};

/// A backup that is being given out, piece by piece. Dropped before its end it leaves nothing.
///
/// It holds no lock: checkpoints of the namespace wait, and its log grows by what is written
/// meanwhile.
pub struct Backup {
    registry: Arc<dyn Registry>,
    heading: Heading,
    records: u64,
    signer: Signer,
    file: File,
    hold: Hold,
    left: u64,
    at: At,
}

enum At {
    Head,
    File,
    End,
}

impl Vault {
    /// Begins a backup: writers wait for one checkpoint; then every record is opened once, so
    /// that what is given out is known to be whole. [`Error::Tampered`] when it is not.
    pub(crate) fn backup(
        &self,
        custody: &Custody,
        install: [u8; 16],
        taken_at: Timestamp,
    ) -> Result<Backup, Error> {
        let namespace = custody.namespace();
        let hold = self.hold(namespace, || self.check_log(custody))?;
        let key = self.namespace_key(custody)?;
        let signing = MacKey::new(key.derive(Label::Backup));
        let file = self.nursery.backend.file(custody)?;
        let length = file.metadata()?.len();
        let session = self.nursery.backend.look(custody, Look::Held)?;
        let state = checked(&session, custody, key)?;
        let heading = Heading {
            install,
            namespace,
            head: state.head,
            taken_at,
            length,
        };
        Ok(Backup {
            registry: Arc::clone(&self.registry),
            signer: Signer::new(signing, &heading),
            heading,
            records: state.records(),
            file,
            hold,
            left: length,
            at: At::Head,
        })
    }
}

impl Backup {
    /// The namespace.
    pub const fn namespace(&self) -> NamespaceId {
        self.heading.namespace
    }

    /// Where it stood.
    pub const fn head(&self) -> Head {
        self.heading.head
    }

    /// Records in it.
    pub const fn records(&self) -> u64 {
        self.records
    }

    fn piece(&mut self) -> Result<Vec<u8>, Error> {
        let length = usize::try_from(self.left).unwrap_or(PIECE_BYTES);
        let mut piece = vec![0; length.min(PIECE_BYTES)];
        self.file.read_exact(&mut piece)?;
        self.signer.add(&piece);
        let taken = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(taken);
        Ok(piece)
    }

    /// The end is given out only when the file stood still and the namespace still lives: without
    /// it nothing is taken for a backup.
    fn tail(&self) -> Result<Vec<u8>, Error> {
        if !self.hold.is_whole() {
            return Err(Error::Poisoned);
        }
        if !self.registry.is_living(self.heading.namespace)? {
            return Err(Error::Void);
        }
        Ok(self.signer.tail().to_vec())
    }
}

impl Iterator for Backup {
    type Item = Result<Vec<u8>, Error>;

    /// The next bytes. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.at {
            At::Head => {
                self.at = At::File;
                return Some(Ok(self.signer.head(&self.heading)));
            }
            At::File if self.left > 0 => self.piece(),
            At::File => {
                self.at = At::End;
                self.tail()
            }
            At::End => return None,
        };
        if next.is_err() {
            self.at = At::End;
        }
        Some(next)
    }
}
