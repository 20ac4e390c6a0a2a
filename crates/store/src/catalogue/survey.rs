//! Looking at every row: whether it opens, says what it can say, and belongs to the set.

use std::collections::BTreeSet;

use anchorhold_crypto::Lookup;
use anchorhold_model::{NamespaceId, TenantId};

use super::keys::stored_credential;
use super::lookups::{CREDENTIALS, NAMESPACES, SESSIONS, TENANTS, TOMBSTONES, USERS};
use super::namespaces::stored_namespace;
use super::sessions::stored_session;
use super::users::stored_user;
use super::{Catalogue, removal};
use crate::Error;
use crate::sealed_rows::{Row, Table};
use crate::survey::What;

/// Rows that are read while the desk is held.
const PAGE_ROWS: usize = 256;

/// What was found in the catalogue.
#[derive(Default)]
pub(crate) struct Nouns {
    /// Rows that were looked at.
    pub(crate) rows: u64,
    /// What is wrong.
    pub(crate) damage: BTreeSet<What>,
    /// Incarnations with a row that opens.
    pub(crate) living: BTreeSet<NamespaceId>,
    /// Incarnations with a tombstone.
    pub(crate) erased: BTreeSet<NamespaceId>,
}

/// Where a namespace is found.
pub(crate) struct Residence {
    /// The key of its row.
    pub(crate) lookup: Lookup,
    /// The incarnation and its tenant, if the row opens.
    pub(crate) place: Option<(NamespaceId, TenantId)>,
}

impl Catalogue {
    /// Opens every row, page by page, then checks the file's structure and the digest of all rows
    /// in one hold of the desk.
    pub(crate) fn survey(&self) -> Result<Nouns, Error> {
        let mut nouns = Nouns::default();
        let mut after: Option<(Table, Lookup)> = None;
        loop {
            let page = self.desk()?.rows.reader().page(after, PAGE_ROWS);
            let Ok(page) = page else {
                nouns.damage.insert(What::Structure);
                break;
            };
            let is_last = page.len() < PAGE_ROWS;
            for (at, row) in page {
                after = Some(at);
                nouns.rows += 1;
                if row.and_then(|row| self.note(&mut nouns, &row)).is_err() {
                    nouns.damage.insert(What::Row);
                }
            }
            if is_last {
                break;
            }
        }
        let desk = self.desk()?;
        if !matches!(desk.rows.is_whole(), Ok(true)) {
            nouns.damage.insert(What::Structure);
        }
        if desk.rows.check_digest().is_err() {
            nouns.damage.insert(What::SetOfRows);
        }
        Ok(nouns)
    }

    /// Reads what a row says.
    fn note(&self, nouns: &mut Nouns, row: &Row) -> Result<(), Error> {
        match row.table {
            TENANTS => self.stored_tenant(row).map(drop),
            CREDENTIALS => stored_credential(row).map(drop),
            USERS => stored_user(row).map(drop),
            NAMESPACES => {
                nouns.living.insert(stored_namespace(row)?.id);
                Ok(())
            }
            SESSIONS => stored_session(row).map(drop),
            TOMBSTONES => {
                nouns.erased.insert(removal::buried(row)?);
                Ok(())
            }
            // The digest is compared as a whole.
            _ => Ok(()),
        }
    }

    /// The next namespaces in the order of their rows.
    pub(crate) fn residences(
        &self,
        after: Option<Lookup>,
        rows_max: usize,
    ) -> Result<Vec<Residence>, Error> {
        let after = Some((NAMESPACES, after.unwrap_or_default()));
        let page = self.desk()?.rows.reader().page(after, rows_max)?;
        let rows = page
            .into_iter()
            .take_while(|((table, _), _)| *table == NAMESPACES);
        let residence = |((_, lookup), row): ((Table, Lookup), Result<Row, Error>)| {
            let stored = row.and_then(|row| stored_namespace(&row)).ok();
            let place = stored.map(|stored| (stored.id, stored.address.tenant));
            Residence { lookup, place }
        };
        Ok(rows.map(residence).collect())
    }

    /// The tenant of a living incarnation.
    pub(crate) fn tenant_of(&self, namespace: NamespaceId) -> Result<Option<TenantId>, Error> {
        let stored = self.namespace_by_id(namespace)?;
        Ok(stored.map(|stored| stored.address.tenant))
    }

    /// Every tenant whose row opens.
    pub(crate) fn tenants_that_open(&self) -> Result<BTreeSet<TenantId>, Error> {
        let mut tenants = BTreeSet::new();
        let mut after = Some((TENANTS, Lookup::default()));
        loop {
            let page = self.desk()?.rows.reader().page(after, PAGE_ROWS)?;
            let is_last = page.len() < PAGE_ROWS;
            for (at, row) in page {
                after = Some(at);
                if at.0 != TENANTS {
                    return Ok(tenants);
                }
                if let Ok(stored) = row.and_then(|row| self.stored_tenant(&row)) {
                    tenants.insert(stored.record.id);
                }
            }
            if is_last {
                return Ok(tenants);
            }
        }
    }
}
