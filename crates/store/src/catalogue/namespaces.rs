//! Named namespaces: created on purpose, listed as far as grants cover them, described, changed;
//! and the rows of incarnations of every kind.

use std::sync::Arc;

use anchorhold_identity::{Admin, Creation, Listing, Read, Scope};
use anchorhold_model::limits::DESCRIPTION_BYTES_MAX;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Address, NamespaceId, NamespaceName, Place, RecordId, Stream, Timestamp};

use super::bodies::{FORMAT, NamespaceBody, decode, encode};
use super::lookups::NAMESPACES;
use super::{Catalogue, Desk, new_row, next_row};
use crate::Error;
use crate::sealed_rows::Row;

/// A named namespace as its tenant sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceRecord {
    /// The incarnation.
    pub id: NamespaceId,
    /// Its name.
    pub name: NamespaceName,
    /// What people wrote about it.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A living incarnation of any kind.
pub(super) struct StoredNamespace {
    pub(super) id: NamespaceId,
    pub(super) address: Address,
    description: Option<String>,
    created_at: Timestamp,
}

impl StoredNamespace {
    /// What is told of it; nothing of one that has no name.
    fn record(&self) -> Option<NamespaceRecord> {
        match &self.address.place {
            Place::Named(name) => Some(NamespaceRecord {
                id: self.id,
                name: name.clone(),
                description: self.description.clone(),
                created_at: self.created_at,
            }),
            Place::User(..) | Place::Shared | Place::Session(_) | Place::Quarantine(_) => None,
        }
    }
}

impl Catalogue {
    /// The id (UUIDv8) of a part of a turn of a chat, the same each time. Nobody without the key of the
    /// installation can make it, so an id on a disk tells nothing of what was said.
    pub fn turn_id(&self, namespace: NamespaceId, part: &[u8]) -> RecordId {
        RecordId::version_8(self.lookups.turn(namespace, part))
    }

    /// Creates a named namespace: key and file first, then the row. `Error::Exists` when there is
    /// one of this name.
    pub fn namespace_create(
        &self,
        creation: &Creation,
        description: Option<String>,
    ) -> Result<NamespaceRecord, Error> {
        check(description.as_deref())?;
        let address = Address {
            tenant: creation.tenant(),
            place: Place::Named(creation.name().clone()),
        };
        let lookup = self.lookups.address(&address);
        if self
            .desk()?
            .rows
            .reader()
            .get(NAMESPACES, &lookup)?
            .is_some()
        {
            return Err(Error::Exists);
        }
        let namespace = self.draw_namespace(&lookup);
        let tenant = self.tenant_by_id(address.tenant)?.ok_or(Error::NotFound)?;
        let cradle = self.cradle.get().ok_or(Error::Unavailable)?;
        cradle.prepare(namespace, &tenant.wrapping)?;
        let row = self.namespace_row(&address, namespace, description, self.now())?;
        match self.insert_namespace(&row) {
            Ok(stored) => stored.record().ok_or(Error::NotFound),
            // The row may stand after all: its key stays, and the next start decides.
            Err(Error::OutcomeUnknown) => Err(Error::OutcomeUnknown),
            Err(error) => {
                cradle.discard(namespace)?;
                Err(error)
            }
        }
    }

    /// Named namespaces that the caller may know of, sorted by name, those after `after`.
    pub fn namespace_list(
        &self,
        listing: &Listing,
        after: Option<&NamespaceName>,
        limit: usize,
    ) -> Result<Vec<NamespaceRecord>, Error> {
        let parent = self.lookups.named_of_tenant(listing.tenant());
        let rows = self.desk()?.rows.reader().children(NAMESPACES, &parent)?;
        let mut records = Vec::new();
        for row in &rows {
            let record = stored_namespace(row)?.record();
            let wanted = |record: &NamespaceRecord| {
                listing.covers(&record.name) && after.is_none_or(|after| record.name > *after)
            };
            records.extend(record.filter(wanted));
        }
        records.sort_by(|one, other| one.name.cmp(&other.name));
        records.truncate(limit);
        Ok(records)
    }

    /// What is known of the named namespace of a scope.
    pub fn namespace_describe(&self, scope: &Scope<Read>) -> Result<NamespaceRecord, Error> {
        let stored = self.namespace_by_id(scope.namespace())?;
        stored
            .and_then(|stored| stored.record())
            .ok_or(Error::NotFound)
    }

    /// Changes the description of the named namespace of a scope.
    pub fn namespace_update(
        &self,
        scope: &Scope<Admin>,
        description: Option<String>,
    ) -> Result<NamespaceRecord, Error> {
        check(description.as_deref())?;
        let alias = self.lookups.namespace(scope.namespace());
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(NAMESPACES, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: NamespaceBody = decode(&row.body)?;
        body.description = description;
        let row = next_row(row, self.now(), encode(&body)?);
        let record = stored_namespace(&row)?.record().ok_or(Error::NotFound)?;
        self.transact(&mut desk, |writer| writer.update(&row))?;
        self.remember_namespace(&desk, &row)?;
        Ok(record)
    }

    /// A fresh id. What another address draws never moves it.
    pub(super) fn draw_namespace(&self, lookup: &[u8; 32]) -> NamespaceId {
        let mut bytes = [0; 16];
        self.foundation.random.fill(Stream(lookup), &mut bytes);
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::SharedStream) {
            self.foundation.random.fill(Stream::PROCESS, &mut bytes);
        } else if sabotage::is(Bug::OldIncarnation) {
            bytes.copy_from_slice(lookup.first_chunk::<16>().unwrap_or(&[0; 16]));
        }
        NamespaceId::from_bytes(bytes)
    }

    /// The row of a new incarnation.
    pub(super) fn namespace_row(
        &self,
        address: &Address,
        namespace: NamespaceId,
        description: Option<String>,
        now: Timestamp,
    ) -> Result<Row, Error> {
        let body = encode(&NamespaceBody {
            format: FORMAT,
            id: namespace,
            tenant: address.tenant,
            place: (&address.place).into(),
            description,
        })?;
        let (parent, owner) = self.lookups.lists(address);
        let mut row = new_row(NAMESPACES, self.lookups.address(address), parent, now, body);
        row.alias = Some(self.lookups.namespace(namespace));
        row.owner = owner;
        Ok(row)
    }

    fn insert_namespace(&self, row: &Row) -> Result<Arc<StoredNamespace>, Error> {
        let mut desk = self.desk()?;
        self.transact(&mut desk, |writer| writer.insert(row))?;
        self.remember_namespace(&desk, row)
    }

    /// A living incarnation, from memory or from its row.
    pub(super) fn namespace_by_id(
        &self,
        namespace: NamespaceId,
    ) -> Result<Option<Arc<StoredNamespace>>, Error> {
        if let Some(stored) = self.caches.namespaces.get(namespace.as_bytes()) {
            return Ok(Some(stored));
        }
        let alias = self.lookups.namespace(namespace);
        let desk = self.desk()?;
        match desk.rows.reader().by_alias(NAMESPACES, &alias)? {
            Some(row) => self.remember_namespace(&desk, &row).map(Some),
            None => Ok(None),
        }
    }

    /// `_` shows that the caller holds the desk.
    pub(super) fn remember_namespace(
        &self,
        _: &Desk,
        row: &Row,
    ) -> Result<Arc<StoredNamespace>, Error> {
        let stored = Arc::new(stored_namespace(row)?);
        let id = stored.id;
        self.caches.incarnations.put(row.lookup, Some(id));
        self.caches
            .namespaces
            .put(*id.as_bytes(), Arc::clone(&stored));
        Ok(stored)
    }
}

pub(super) fn stored_namespace(row: &Row) -> Result<StoredNamespace, Error> {
    let body: NamespaceBody = decode(&row.body)?;
    Ok(StoredNamespace {
        id: body.id,
        address: body.address()?,
        description: body.description,
        created_at: row.created_at,
    })
}

fn check(description: Option<&str>) -> Result<(), Error> {
    match description {
        Some(text) if text.len() > DESCRIPTION_BYTES_MAX => Err(Error::TooLarge {
            what: "description",
        }),
        _ => Ok(()),
    }
}
