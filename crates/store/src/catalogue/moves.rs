//! Memories on their way from one namespace to another: written down before the first of them is there,
//! and until the last one is gone from here.
//!
//! INVARIANT: what is written down is finished, whatever happens in between, or one of the two namespaces
//! is gone: no crash leaves a memory in both.

use anchorhold_model::{Address, NamespaceId, RecordId, TenantId};

use super::bodies::{MALFORMED, MoveBody, TenantBody, decode, encode};
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
    pub records: Vec<RecordId>,
}

impl Catalogue {
    /// Writes down that memories are about to be moved. [`Error::Unavailable`] while too many moves of the
    /// tenant wait to be finished.
    pub fn move_begin(&self, relocation: &Relocation) -> Result<(), Error> {
        let body = body(relocation);
        self.change_moves(relocation.tenant, |moves| {
            if moves.contains(&body) {
                return Ok(());
            }
            if moves.len() >= MOVES_MAX {
                return Err(Error::Unavailable);
            }
            moves.push(body);
            Ok(())
        })
    }

    /// Writes down that nothing of a move is left to do.
    pub fn move_end(&self, relocation: &Relocation) -> Result<(), Error> {
        let body = body(relocation);
        self.change_moves(relocation.tenant, |moves| {
            moves.retain(|one| *one != body);
            Ok(())
        })
    }

    /// The moves of a tenant that are not finished, the oldest first.
    pub fn moves(&self, tenant: TenantId) -> Result<Vec<Relocation>, Error> {
        let alias = self.lookups.tenant(tenant);
        let row = self.desk()?.rows.reader().by_alias(TENANTS, &alias)?;
        let body: TenantBody = decode(&row.ok_or(Error::NotFound)?.body)?;
        let parse = |id: &String| RecordId::parse(id).ok_or(MALFORMED);
        let relocation = |one: &MoveBody| {
            Ok(Relocation {
                tenant,
                from: one.from,
                to: one.to,
                records: one.records.iter().map(parse).collect::<Result<_, _>>()?,
            })
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

    fn change_moves(
        &self,
        tenant: TenantId,
        change: impl FnOnce(&mut Vec<MoveBody>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let alias = self.lookups.tenant(tenant);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(TENANTS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: TenantBody = decode(&row.body)?;
        let before = body.moves.clone();
        change(&mut body.moves)?;
        if body.moves == before {
            return Ok(());
        }
        self.put_tenant(&mut desk, next_row(row, self.now(), encode(&body)?))?;
        Ok(())
    }
}

fn body(relocation: &Relocation) -> MoveBody {
    MoveBody {
        from: relocation.from,
        to: relocation.to,
        records: relocation.records.iter().map(ToString::to_string).collect(),
    }
}
