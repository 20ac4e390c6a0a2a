//! Moves memories from one namespace of a tenant to another one.
//!
//! INVARIANT: a memory is never in neither place, and never in both once the move has come to its end: a
//! group of them is written down, is there in one commit, is looked at there, and goes from here in one
//! commit. A group that was cut is finished at the next start, or by whoever repeats the move.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use anchorhold_identity::{Admin, Erase, Leg, Read, Scope, SystemAuthority, TenantAdmin, Write};
use anchorhold_model::{Facets, Place, RecordId, TenantId, limits};
use anchorhold_store::Relocation;

use crate::audited::Deed;
use crate::forget::{Which, Why};
use crate::resident::Resident;
use crate::{Engine, Error};

/// How often a namespace that is to be emptied is looked at again when somebody writes there meanwhile.
const ROUNDS_MAX: usize = 8;

/// Which memories to move.
#[derive(Clone)]
pub enum Movable {
    /// Some of one namespace.
    Some(Which),
    /// All of them. Namespaces that are empty then are destroyed, with their keys.
    Everything,
}

/// What a move did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relocated {
    /// Memories that were to be moved.
    pub matched: u64,
    /// Those that are there now and were not before.
    pub moved: u64,
    /// Those that were there already, the same in everything, and are gone from here.
    pub present: u64,
    /// Memories that are left here.
    pub left: u64,
    /// Memories that are there.
    pub there: u64,
    /// Namespaces that were empty then and are destroyed.
    pub destroyed: u64,
}

/// One move of a tenant at a time.
struct Moving<'a> {
    engine: &'a Engine,
    tenant: TenantId,
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.engine.moving().remove(&self.tenant);
    }
}

/// Nothing is written to a namespace while this is held.
struct Frozen<'a> {
    engine: &'a Engine,
    scope: &'a Scope<Admin>,
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let catalogue = self.engine.store.catalogue();
        catalogue.thaw(self.scope.namespace());
    }
}

impl Engine {
    /// Moves memories along the legs of an admin's move, or with `dry_run` only counts them. Ends between
    /// two groups when nobody waits any more. After an error, what was moved is moved; the same move again
    /// goes on with the rest.
    ///
    /// [`Error::Overloaded`] while another move of the tenant is under way.
    pub fn relocate(
        &self,
        proof: &TenantAdmin,
        legs: &[Leg],
        what: &Movable,
        dry_run: bool,
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Relocated, Error> {
        if dry_run {
            return self.rehearsed(legs, what);
        }
        let _moving = self.one_move(proof.tenant()).ok_or(Error::Overloaded)?;
        self.finish_moves(proof.tenant(), &|from, to| {
            let leg = legs.iter().find(|leg| leg.from.namespace() == from)?;
            let to = leg.to.as_ref().filter(|scope| scope.namespace() == to)?;
            Some((leg.from.narrow(), to.narrow()))
        })?;
        let mut done = Relocated::default();
        for leg in legs {
            let deed = Deed {
                actor: proof.actor(),
                verb: "namespace_move",
                namespace: Some(leg.from.namespace()),
                records: 0,
            };
            let moved = self.audited(&deed, || {
                self.relocate_leg(proof, leg, what, is_awaited, &mut done)
            });
            // What has begun is finished, whatever was missing.
            moved.inspect_err(|_| self.has_cut_moves.store(true, Ordering::Relaxed))?;
        }
        Ok(done)
    }

    /// Finishes the groups of moves that were cut, also where their admins are gone. Says how many there
    /// were. What cannot be finished now is tried again.
    pub(crate) fn finish_all_moves(&self, authority: &SystemAuthority) -> Result<usize, Error> {
        if !self.has_cut_moves.swap(false, Ordering::Relaxed) {
            return Ok(0);
        }
        let mut finished = 0;
        for tenant in self.store.catalogue().tenants()? {
            let Some(_moving) = self.one_move(tenant) else {
                self.has_cut_moves.store(true, Ordering::Relaxed);
                continue;
            };
            let scopes = |from, to| {
                let catalogue = self.store.catalogue();
                let address = |namespace| catalogue.address_of(namespace).ok().flatten();
                let (here, there) = (address(from)?, address(to)?);
                Some((authority.scope(from, here), authority.scope(to, there)))
            };
            match self.finish_moves(tenant, &scopes) {
                Ok(moves) => finished += moves,
                Err(error) => {
                    self.has_cut_moves.store(true, Ordering::Relaxed);
                    tracing::warn!(%error, "a move of memories is not finished yet");
                }
            }
        }
        Ok(finished)
    }

    fn finish_moves(
        &self,
        tenant: TenantId,
        scopes: &dyn Fn(
            anchorhold_model::NamespaceId,
            anchorhold_model::NamespaceId,
        ) -> Option<(Scope<Erase>, Scope<Write>)>,
    ) -> Result<usize, Error> {
        let catalogue = self.store.catalogue();
        let cut = catalogue.moves(tenant)?;
        let mut finished = 0;
        for relocation in cut {
            let lives = |namespace| Ok::<_, Error>(catalogue.address_of(namespace)?.is_some());
            // Where one of the two is gone nothing is left to do: nothing had come there, or nothing is here.
            if lives(relocation.from)? && lives(relocation.to)? {
                let Some((from, to)) = scopes(relocation.from, relocation.to) else {
                    continue;
                };
                let resident = self.resident(&from.narrow())?;
                self.relocate_group(&from, (&to, &resident), &relocation, &|_| true)?;
            }
            catalogue.move_end(&relocation)?;
            finished += 1;
        }
        Ok(finished)
    }

    fn relocate_leg(
        &self,
        proof: &TenantAdmin,
        leg: &Leg,
        what: &Movable,
        is_awaited: &dyn Fn() -> bool,
        done: &mut Relocated,
    ) -> Result<(), Error> {
        let to = leg.to.as_ref();
        let to = to.ok_or_else(|| Error::Internal("a move to nowhere".to_owned()))?;
        if let Place::User(user, _) = &to.address().place {
            self.store.catalogue().user_create(proof, user, None)?;
        }
        for _ in 0..ROUNDS_MAX {
            self.relocate_once(leg, to, what, is_awaited, done)?;
            if matches!(what, Movable::Some(_)) || self.is_destroyed_empty(&leg.from)? {
                let is_left = matches!(what, Movable::Some(_));
                done.destroyed += u64::from(!is_left);
                if is_left {
                    done.left += self.live_count(&leg.from.narrow())?;
                }
                done.there += self.live_count(&to.narrow())?;
                return Ok(());
            }
        }
        Err(Error::Overloaded)
    }

    /// Moves what fits now, group by group.
    fn relocate_once(
        &self,
        leg: &Leg,
        to: &Scope<Write>,
        what: &Movable,
        is_awaited: &dyn Fn() -> bool,
        done: &mut Relocated,
    ) -> Result<(), Error> {
        let from = leg.from.narrow::<Erase>();
        let resident = self.resident(&from.narrow())?;
        let fits = fitting(what);
        let chosen = resident.live_entries(self.clock.now(), &fits)?;
        let chosen: Vec<RecordId> = chosen.into_iter().map(|(id, _)| id).collect();
        for group in chosen.chunks(limits::MOVE_RECORDS_MAX) {
            if !is_awaited() {
                return Err(Error::Abandoned);
            }
            let relocation = Relocation {
                tenant: from.address().tenant,
                from: from.namespace(),
                to: to.namespace(),
                records: group.to_vec(),
            };
            self.store.catalogue().move_begin(&relocation)?;
            let (moved, present) =
                self.relocate_group(&from, (to, &resident), &relocation, &fits)?;
            done.matched += moved + present;
            done.moved += moved;
            done.present += present;
            self.store.catalogue().move_end(&relocation)?;
        }
        Ok(())
    }

    /// Moves those of a group that are here and fit: they are there in one commit, and gone from here in
    /// another one, once each was seen there. Says how many were new there, and how many were not.
    fn relocate_group(
        &self,
        from: &Scope<Erase>,
        (to, resident): (&Scope<Write>, &Arc<Resident>),
        relocation: &Relocation,
        fits: &dyn Fn(&Facets) -> bool,
    ) -> Result<(u64, u64), Error> {
        // Held until they are gone: nobody changes what has been read.
        let claim = resident.claim(relocation.records.clone(), self.settings.busy_wait)?;
        let is_meant = |facets: &Facets| claim.ids().binary_search(&facets.id).is_ok();
        let found =
            resident.live_entries(self.clock.now(), |facets| is_meant(facets) && fits(facets))?;
        if found.is_empty() {
            return Ok((0, 0));
        }
        let here: Scope<Read> = from.narrow();
        let memories = self.opened(&here, resident, &found)?;
        let unmarked = |metadata: &anchorhold_model::Metadata| Ok(metadata.clone());
        let carried = self.carry((&here, resident), to, &memories, &unmarked)?;
        let there = self.resident(&to.narrow())?;
        let now = self.clock.now();
        for (id, one) in carried.ids.iter().zip(&memories) {
            let is_over = one.memory.facets.is_expired(now);
            if !is_over && there.live(id, now)?.is_none() {
                return Err(Error::Internal("a memory did not arrive".to_owned()));
            }
        }
        self.purge_claimed(
            "namespace_move",
            from,
            (resident, &claim),
            Why::Asked,
            &|_| true,
        )?;
        Ok((carried.kept, carried.present))
    }

    /// Destroys a namespace if nothing is kept there; nothing is written there meanwhile.
    fn is_destroyed_empty(&self, scope: &Scope<Admin>) -> Result<bool, Error> {
        let namespace = scope.namespace();
        self.store.catalogue().freeze(namespace);
        let frozen = Frozen {
            engine: self,
            scope,
        };
        // What was let in before is on the disk once it is read from there.
        self.residents.forget(namespace);
        let is_empty = self.live_count(&scope.narrow())? == 0;
        if is_empty {
            self.erase_namespace(scope)?;
        }
        drop(frozen);
        Ok(is_empty)
    }

    fn rehearsed(&self, legs: &[Leg], what: &Movable) -> Result<Relocated, Error> {
        let mut counted = Relocated::default();
        for leg in legs {
            let resident = self.resident(&leg.from.narrow())?;
            let fits = resident.live_entries(self.clock.now(), fitting(what))?;
            counted.matched += number(fits.len());
            counted.left += self.live_count(&leg.from.narrow())?;
            if let Some(to) = leg.to.as_ref().filter(|to| !to.is_reserved()) {
                counted.there += self.live_count(&to.narrow())?;
            }
        }
        Ok(counted)
    }

    fn live_count(&self, scope: &Scope<Read>) -> Result<u64, Error> {
        let resident = self.resident(scope)?;
        Ok(number(
            resident.live_entries(self.clock.now(), |_| true)?.len(),
        ))
    }

    fn one_move(&self, tenant: TenantId) -> Option<Moving<'_>> {
        let is_first = self.moving().insert(tenant);
        is_first.then_some(Moving {
            engine: self,
            tenant,
        })
    }

    /// A set that is changed in single steps, so a panic cannot tear it.
    fn moving(&self) -> MutexGuard<'_, BTreeSet<TenantId>> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fitting(what: &Movable) -> impl Fn(&Facets) -> bool {
    let listed: BTreeSet<RecordId> = match what {
        Movable::Some(Which::Ids(ids)) => ids.iter().copied().collect(),
        Movable::Some(Which::Matching(_)) | Movable::Everything => BTreeSet::new(),
    };
    move |facets| match what {
        Movable::Some(Which::Ids(_)) => listed.contains(&facets.id),
        Movable::Some(Which::Matching(filter)) => filter.matches(facets),
        Movable::Everything => true,
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
