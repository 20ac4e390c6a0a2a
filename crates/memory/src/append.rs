//! Commits records of a namespace, and puts away with them what is over.
//!
//! INVARIANT: whether the server has put away what is over by itself changes nothing that a caller
//! is shown. A write therefore puts away everything that is over before its own records come in.

use std::sync::Arc;

use anchorhold_identity::{Scope, Write};
use anchorhold_model::{RecordId, Timestamp, limits};
use anchorhold_store::{Appended, Batch};

use crate::body::Payload;
use crate::resident::Resident;
use crate::{Engine, Error};

/// Records that are put away in one commit.
const OVER_MAX: usize = limits::COMMIT_RECORDS_MAX / 2;

impl Engine {
    /// Commits a batch whose `over` and `place` are filled in here; durable when it returns. Its
    /// records are not shown to readers yet.
    pub(crate) fn append(
        &self,
        scope: &Scope<Write>,
        resident: &Arc<Resident>,
        mut batch: Batch,
        now: Timestamp,
    ) -> Result<Appended, Error> {
        batch.place = resident.place();
        let over = resident.over(now)?;
        // A damaged memory ends like any other.
        let _ = self.fetch(&scope.narrow(), resident, &over);
        let mut groups = over.chunks(OVER_MAX).peekable();
        let mut last: &[(RecordId, Payload)] = &[];
        while let Some(group) = groups.next() {
            if groups.peek().is_none() {
                last = group;
                break;
            }
            let batch = Batch {
                place: batch.place,
                ..Batch::default()
            };
            self.append_over(scope, resident, batch, group)?;
        }
        self.append_over(scope, resident, batch, last)
    }

    fn append_over(
        &self,
        scope: &Scope<Write>,
        resident: &Resident,
        mut batch: Batch,
        over: &[(RecordId, Payload)],
    ) -> Result<Appended, Error> {
        let tagged = over.iter().map(|(id, body)| (*id, body.tag()));
        batch.over = tagged.collect();
        let appended = self.store.vault().commit(scope, batch)?;
        if appended.over > 0 {
            let ids: Vec<RecordId> = over.iter().map(|(id, _)| *id).collect();
            resident.remove(&ids)?;
        }
        Ok(appended)
    }
}
