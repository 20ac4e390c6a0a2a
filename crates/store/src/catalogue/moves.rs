//! Memories on their way from one namespace to another: written down before the first of them is there,
//! and until the last one is gone from here.
//!
//! INVARIANT: what is written down is finished, or one of the two namespaces is gone. Once it is written
//! down that memories have arrived, nothing is left to do but to remove them here, as they were.

use anchorhold_model::{Address, NamespaceId, RecordId, TenantId};

use super::bodies::{MALFORMED, MoveBody, MovedBody, TenantBody, decode, encode};
use super::lookups::TENANTS;
use super::{Catalogue, next_row};
use crate::Error;

/// Moves of a tenant that can be under way or waiting to be finished.
const MOVES_MAX: usize = 16;

/// Memories that go from one namespace to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// The tenant of both.
    pub tenant: TenantId,
    /// Where they are.
    pub from: NamespaceId,
    /// Where they go.
    pub to: NamespaceId,
    /// Which.
    pub records: Vec<Relocated>,
    /// Whether they are there.
    pub have_arrived: bool,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relocated {
    /// Its id here.
    pub id: RecordId,
    /// Its place in the order of arrival: what takes its id later has another one.
    pub ordinal: u64,
    /// The version that goes.
    pub version: u64,
}

impl Catalogue {
    /// Writes down that memories are about to be moved; the number names this until it is finished.
    /// [`Error::Unavailable`] while too many moves of the tenant wait to be finished.
    pub fn move_begin(&self, relocation: &Relocation) -> Result<u64, Error> {
        self.change_moves(relocation.tenant, |moves| {
            if moves.len() >= MOVES_MAX {
                return Err(Error::Unavailable);
            }
            let last = moves.iter().map(|one| one.number).max();
            let number = last.unwrap_or(0).saturating_add(1);
            moves.push(body(number, relocation));
            Ok(number)
        })
    }

    /// Writes down that these memories are there. [`Error::NotFound`] where nothing of it is known.
    pub fn move_arrived(&self, number: u64, relocation: &Relocation) -> Result<(), Error> {
        self.change_moves(relocation.tenant, |moves| {
            let begun = moves.iter_mut().find(|one| one.number == number);
            *begun.ok_or(Error::NotFound)? = body(number, relocation);
            Ok(())
        })
    }

    /// Writes down that nothing of a move is left to do.
    pub fn move_end(&self, tenant: TenantId, number: u64) -> Result<(), Error> {
        self.change_moves(tenant, |moves| {
            moves.retain(|one| one.number != number);
            Ok(())
        })
    }

    /// The moves of a tenant that are not finished, the oldest first, each with its number.
    pub fn moves(&self, tenant: TenantId) -> Result<Vec<(u64, Relocation)>, Error> {
        let alias = self.lookups.tenant(tenant);
        let row = self.desk()?.rows.reader().by_alias(TENANTS, &alias)?;
        let body: TenantBody = decode(&row.ok_or(Error::NotFound)?.body)?;
        let relocated = |one: &MovedBody| {
            Ok(Relocated {
                id: RecordId::parse(&one.id).ok_or(MALFORMED)?,
                ordinal: one.ordinal,
                version: one.version,
            })
        };
        let relocation = |one: &MoveBody| {
            let records = one.records.iter().map(relocated);
            let relocation = Relocation {
                tenant,
                from: one.from,
                to: one.to,
                records: records.collect::<Result<_, Error>>()?,
                have_arrived: one.have_arrived,
            };
            Ok((one.number, relocation))
        };
        body.moves.iter().map(relocation).collect()
    }

    /// Where a living incarnation is.
    pub fn address_of(&self, namespace: NamespaceId) -> Result<Option<Address>, Error> {
        let stored = self.namespace_by_id(namespace)?;
        Ok(stored.map(|stored| stored.address.clone()))
    }

    /// Nothing is written to a namespace any more, also by requests that began before, until it is gone or
    /// [`Self::thaw`] is called.
    pub fn freeze(&self, namespace: NamespaceId) {
        self.frozen().insert(namespace);
    }

    /// It is written to again.
    pub fn thaw(&self, namespace: NamespaceId) {
        self.frozen().remove(&namespace);
    }

    fn change_moves<T>(
        &self,
        tenant: TenantId,
        change: impl FnOnce(&mut Vec<MoveBody>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let alias = self.lookups.tenant(tenant);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(TENANTS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: TenantBody = decode(&row.body)?;
        let changed = change(&mut body.moves)?;
        self.put_tenant(&mut desk, next_row(row, self.now(), encode(&body)?))?;
        Ok(changed)
    }
}

fn body(number: u64, relocation: &Relocation) -> MoveBody {
    let moved = |one: &Relocated| MovedBody {
        id: one.id.to_string(),
        ordinal: one.ordinal,
        version: one.version,
    };
    MoveBody {
        number,
        from: relocation.from,
        to: relocation.to,
        records: relocation.records.iter().map(moved).collect(),
        have_arrived: relocation.have_arrived,
    }
}
