//! Writing records, and purging them: both go through the namespace's group commit.

use std::sync::atomic::Ordering;

use anchorhold_identity::{Erase, Scope, Write};
use anchorhold_model::RecordId;
use anchorhold_model::limits::COMMIT_RECORDS_MAX;

use super::Vault;
use super::request::{Reply, Request, Why};
use crate::{Appended, Batch, Error, Purged};

impl Vault {
    /// Inserts records (version 1) or replaces them (the stored version plus 1): all or none.
    /// Durable when it returns. The same records once more are answered like the first time;
    /// anything else under their ids is [`Error::Conflict`].
    pub fn commit(&self, scope: &Scope<Write>, batch: impl Into<Batch>) -> Result<Appended, Error> {
        let request = Request::Commit {
            scope: scope.narrow(),
            batch: batch.into(),
        };
        match self.write(request)? {
            Reply::Appended(appended) => Ok(appended),
            Reply::Purged(_) => Err(Error::OutcomeUnknown),
        }
    }

    /// Deletes records from the database for good; ids that name none are passed over. The
    /// sealed bytes leave the write-ahead log with the next checkpoint.
    pub fn purge(&self, scope: &Scope<Erase>, ids: &[RecordId]) -> Result<Purged, Error> {
        self.remove(scope, ids, Why::Asked)
    }

    /// The same for records whose time is over and that the server puts away by itself: until the
    /// next commit a receipt counts them as if they were still there, so that it does not tell
    /// whether they were put away already.
    pub fn sweep(&self, scope: &Scope<Erase>, ids: &[RecordId]) -> Result<Purged, Error> {
        self.remove(scope, ids, Why::Over)
    }

    fn remove(&self, scope: &Scope<Erase>, ids: &[RecordId], why: Why) -> Result<Purged, Error> {
        let request = Request::Purge {
            scope: scope.narrow(),
            write: scope.narrow(),
            ids: ids.to_vec(),
            why,
        };
        if scope.is_reserved() && !self.registry.is_living(scope.namespace())? {
            let head = crate::Head::default();
            return Ok(Purged { head, removed: 0 });
        }
        match self.write(request)? {
            Reply::Purged(purged) => Ok(purged),
            Reply::Appended(_) => Err(Error::OutcomeUnknown),
        }
    }

    fn write(&self, request: Request) -> Result<Reply, Error> {
        if self.is_closed.load(Ordering::SeqCst) {
            return Err(Error::Unavailable);
        }
        if request.weight() > COMMIT_RECORDS_MAX {
            return Err(Error::TooLarge {
                what: "records of one commit",
            });
        }
        // Refused before anything is made or opened; checked again just before the commit.
        if let Some(stamp) = request.scope().credential()
            && !self.registry.is_current(stamp)?
        {
            return Err(Error::Revoked);
        }
        let opened = self.open_for_write(request.scope())?;
        opened.handle.submit(request, &self.outside())
    }
}
