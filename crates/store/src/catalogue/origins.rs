//! Which pages any publishable key is for: a browser asks before it sends one.

use anchorhold_model::{Origin, Timestamp};

use super::bodies::CredentialBody;
use super::lookups::ORIGINS;
use super::{Catalogue, Desk, new_row};
use crate::Error;
use crate::sealed_rows::Row;

impl Catalogue {
    /// The rows under which the pages of a key are found; none for a key that is not publishable.
    pub(super) fn listings(
        &self,
        body: &CredentialBody,
        now: Timestamp,
    ) -> Result<Vec<Row>, Error> {
        let row = |origin: &Origin| {
            let lookup = self.lookups.origin_of(body.key, origin);
            let parent = self.lookups.origin(origin);
            Ok(new_row(ORIGINS, lookup, parent, now, Vec::new().into()))
        };
        body.origins.iter().flatten().map(row).collect()
    }

    /// `_` shows that the caller holds the desk.
    pub(super) fn forget_origins(&self, _: &Desk, body: &CredentialBody) {
        for origin in body.origins.iter().flatten() {
            self.caches.origins.remove(&self.lookups.origin(origin));
        }
    }

    /// Whether any publishable key lists this origin.
    pub(super) fn is_listed(&self, origin: &Origin) -> Result<bool, Error> {
        let lookup = self.lookups.origin(origin);
        if let Some(known) = self.caches.origins.get(&lookup) {
            return Ok(known);
        }
        let desk = self.desk()?;
        let is_listed = desk.rows.reader().count(ORIGINS, &lookup)? > 0;
        self.caches.origins.put(lookup, is_listed);
        Ok(is_listed)
    }

    /// The same by what is in memory.
    pub(super) fn is_listed_at_hand(&self, origin: &Origin) -> Option<bool> {
        self.caches.origins.get(&self.lookups.origin(origin))
    }
}
