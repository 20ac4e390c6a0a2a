//! Finishes what was cut: by a crash, or for lack of something.

use std::sync::atomic::Ordering;

use anchorhold_identity::{Erase, Scope, SystemAuthority, TenantAdmin, Write, moved_namespace};
use anchorhold_model::{NamespaceId, RecordId, TenantId};
use anchorhold_store::{Batch, Relocation};

use crate::body::Payload;
use crate::{Engine, Error};

/// The scopes of a move that was cut, from the ids of its namespaces; `None` where one is gone.
type Scopes<'a> =
    dyn Fn(NamespaceId, NamespaceId) -> Result<Option<(Scope<Erase>, Scope<Write>)>, Error> + 'a;

/// Tries again later, unless all went well.
struct Again<'a>(Option<&'a Engine>);

impl Drop for Again<'_> {
    fn drop(&mut self) {
        if let Some(engine) = self.0 {
            engine.has_cut_moves.store(true, Ordering::Relaxed);
        }
    }
}

impl Engine {
    /// Finishes the groups of moves that were cut, also where their admins are gone. Says how many there
    /// were. What cannot be finished now is tried again.
    pub(crate) fn finish_all_moves(&self, authority: &SystemAuthority) -> Result<usize, Error> {
        if !self.has_cut_moves.swap(false, Ordering::Relaxed) {
            return Ok(0);
        }
        let mut again = Again(Some(self));
        let scopes = |from, to| {
            let catalogue = self.store.catalogue();
            let here = catalogue.address_of(from)?;
            let there = catalogue.address_of(to)?;
            let both = here.zip(there);
            Ok(both.map(|(here, there)| (authority.mover(from, here), authority.mover(to, there))))
        };
        let (mut finished, mut is_whole) = (0, true);
        for tenant in self.store.catalogue().tenants()? {
            let Some(_moving) = self.one_move(tenant) else {
                is_whole = false;
                continue;
            };
            let (moves, all) = self.finish_moves(tenant, &scopes)?;
            finished += moves;
            is_whole &= all;
        }
        if is_whole {
            again.0 = None;
        }
        Ok(finished)
    }

    /// The same for one tenant, before its admin moves anything else.
    pub(super) fn finish_before(&self, proof: &TenantAdmin) -> Result<(), Error> {
        let directory = self.directory();
        let scopes = |from, to| {
            let unknown = |_| Error::Overloaded;
            let here = moved_namespace(proof, from, &*directory).map_err(unknown)?;
            let there = moved_namespace(proof, to, &*directory).map_err(unknown)?;
            Ok(here.zip(there))
        };
        self.finish_moves(proof.tenant(), &scopes).map(drop)
    }

    /// Says how many were finished, and whether all were.
    fn finish_moves(&self, tenant: TenantId, scopes: &Scopes<'_>) -> Result<(usize, bool), Error> {
        let (mut finished, mut is_whole) = (0, true);
        for (number, relocation) in self.store.catalogue().moves(tenant)? {
            match self.finish_move(number, &relocation, scopes) {
                Ok(()) => finished += 1,
                // One that cannot be finished does not keep the others from it.
                Err(error) => {
                    tracing::warn!(%error, "a move of memories is not finished yet");
                    is_whole = false;
                }
            }
        }
        Ok((finished, is_whole))
    }

    fn finish_move(
        &self,
        number: u64,
        relocation: &Relocation,
        scopes: &Scopes<'_>,
    ) -> Result<(), Error> {
        let catalogue = self.store.catalogue();
        // Where one of the two is gone nothing is left to do: nothing had come there, or nothing is here.
        if let Some((from, to)) = scopes(relocation.from, relocation.to)? {
            if !relocation.have_arrived {
                self.carry_again(number, relocation, (&from, &to))?;
            }
            self.remove_carried(&from, &relocation.records, None)?;
        }
        Ok(catalogue.move_end(relocation.tenant, number)?)
    }

    /// Brings a group there of which nobody knows whether it has arrived: the server was cut in between.
    fn carry_again(
        &self,
        number: u64,
        relocation: &Relocation,
        (from, to): (&Scope<Erase>, &Scope<Write>),
    ) -> Result<(), Error> {
        let resident = self.resident(&from.narrow())?;
        let ids: Vec<RecordId> = relocation.records.iter().map(|one| one.id).collect();
        let _claim = resident.claim(ids, self.settings.busy_wait)?;
        let resident = self.resident(&from.narrow())?;
        let found = resident.carried_entries(&relocation.records)?;
        let memories = self.opened(&from.narrow(), &resident, &found)?;
        let numbered = (number, relocation);
        let carried = self.carry_group(from, to, numbered, &memories, &|| true);
        carried.map(drop).map_err(|cut| cut.error)
    }

    /// Removes these if they are on the disk as they were found; says whether all were.
    pub(super) fn remove_found(
        &self,
        from: &Scope<Erase>,
        found: &[(RecordId, Payload)],
    ) -> Result<bool, Error> {
        let resident = &self.resident(&from.narrow())?;
        // Whoever found them before still finds their bodies.
        self.fetch(&from.narrow(), resident, found)?;
        let batch = Batch {
            over: found.iter().map(|(id, body)| (*id, body.tag())).collect(),
            place: resident.place(),
            ..Batch::default()
        };
        let removed = self.store.vault().commit(&from.narrow(), batch)?;
        let is_all = usize::try_from(removed.over).is_ok_and(|over| over == found.len());
        if is_all && removed.over > 0 {
            let ids: Vec<RecordId> = found.iter().map(|(id, _)| *id).collect();
            resident.remove(&ids)?;
        }
        self.shown(from.namespace(), resident, removed.head);
        Ok(is_all)
    }
}
