//! Moves memories from one namespace of a tenant to another one.
//!
//! INVARIANT: a memory is never in neither place. A group of them is written down, is there in one commit
//! while the namespace that it comes from is there, is looked at, is written down as arrived, and goes from
//! here in one commit, each as it was carried. A group that has arrived is finished, whoever asked for it;
//! one that has not is not tried again behind anybody's back, unless the server was cut in between.

mod count;
mod finish;
mod hold;

use std::sync::atomic::Ordering;

use anchorhold_identity::{Erase, Leg, Read, Scope, TenantAdmin, Write};
use anchorhold_model::{Metadata, Place, RecordId, limits};
use anchorhold_store::{Relocated, Relocation};

use crate::audited::Deed;
use crate::body::Payload;
use crate::forget::Which;
use crate::resident::Claim;
use crate::{Engine, Error, Exported};
use count::fitting;

/// How often a namespace that is to be emptied is looked at again when somebody writes there meanwhile.
const ROUNDS_MAX: usize = 8;
/// How often memories are looked for again that were sealed anew while they were to go.
const TRIES_MAX: usize = 3;
const VERB: &str = "namespace_move";

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
pub struct Moved {
    /// Memories that were to be moved.
    pub matched: u64,
    /// Those that are there now and were not before.
    pub moved: u64,
    /// Those that were there already, the same in all that is told of them, and are gone from here.
    pub present: u64,
    /// Memories that are left here.
    pub left: u64,
    /// Memories that are there.
    pub there: u64,
    /// Namespaces that were empty then and are destroyed.
    pub destroyed: u64,
}

/// A group whose move did not come to its end.
struct Cut {
    error: Error,
    /// Whether its memories are there, or may be.
    is_there: bool,
}

impl From<Error> for Cut {
    fn from(error: Error) -> Self {
        // After these a commit may have happened.
        let is_there = matches!(error, Error::OutcomeUnknown | Error::NamespacePoisoned);
        Self { error, is_there }
    }
}

/// What became of a group.
#[derive(Default)]
struct Gone {
    moved: u64,
    present: u64,
}

/// Whoever asks for a move, and waits for it.
struct Asked<'a> {
    proof: &'a TenantAdmin,
    what: &'a Movable,
    is_awaited: &'a dyn Fn() -> bool,
}

impl Engine {
    /// Moves memories along the legs of an admin's move, or with `dry_run` only counts them. Ends between
    /// two groups when nobody waits any more. After an error, what was moved is moved; the same move again
    /// goes on with the rest.
    ///
    /// [`Error::Overloaded`] while another move of the tenant is under way, or too many of all tenants.
    pub fn relocate(
        &self,
        proof: &TenantAdmin,
        legs: &[Leg],
        what: &Movable,
        dry_run: bool,
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Moved, Error> {
        if dry_run {
            return self.rehearsed(legs, what);
        }
        let _moving = self.one_move(proof.tenant()).ok_or(Error::Overloaded)?;
        // Whatever ends this, what has arrived is looked after.
        self.has_cut_moves.store(true, Ordering::Relaxed);
        self.finish_before(proof)?;
        let asked = Asked {
            proof,
            what,
            is_awaited,
        };
        let mut done = Moved::default();
        for leg in legs {
            let deed = Deed {
                actor: proof.actor(),
                verb: VERB,
                namespace: Some(leg.from.namespace()),
                records: 0,
            };
            self.audited(&deed, || self.relocate_leg(&asked, leg, &mut done))?;
        }
        Ok(done)
    }

    fn relocate_leg(&self, asked: &Asked<'_>, leg: &Leg, done: &mut Moved) -> Result<(), Error> {
        let to = leg.to.as_ref();
        let to = to.ok_or_else(|| Error::Internal("a move to nowhere".to_owned()))?;
        for _ in 0..ROUNDS_MAX {
            self.relocate_once(asked, leg, to, done)?;
            match asked.what {
                Movable::Some(_) => done.left += self.live_count(&leg.from.narrow())?,
                Movable::Everything if self.is_destroyed_empty(&leg.from)? => done.destroyed += 1,
                Movable::Everything => continue,
            }
            // Nothing came to a place that nothing has made.
            if self.store.catalogue().address_of(to.namespace())?.is_some() {
                done.there += self.live_count(&to.narrow())?;
            }
            return Ok(());
        }
        Err(Error::Overloaded)
    }

    /// Moves what fits now, group by group.
    fn relocate_once(
        &self,
        asked: &Asked<'_>,
        leg: &Leg,
        to: &Scope<Write>,
        done: &mut Moved,
    ) -> Result<(), Error> {
        let from = leg.from.narrow::<Erase>();
        let chosen = {
            let resident = self.resident(&from.narrow())?;
            resident.live_entries(self.clock.now(), fitting(asked.what))?
        };
        let chosen: Vec<RecordId> = chosen.into_iter().map(|(id, _)| id).collect();
        if let Place::User(user, _) = &to.address().place
            && !chosen.is_empty()
        {
            self.user_create(asked.proof, user, None)?;
        }
        for group in chosen.chunks(limits::MOVE_RECORDS_MAX) {
            if !(asked.is_awaited)() {
                return Err(Error::Abandoned);
            }
            let gone = self.relocate_group(&from, to, group, asked)?;
            done.matched += gone.moved + gone.present;
            done.moved += gone.moved;
            done.present += gone.present;
        }
        Ok(())
    }

    /// Moves those of a group that are here and fit. After an error nothing of it is there, or it is
    /// written down and will be finished.
    fn relocate_group(
        &self,
        from: &Scope<Erase>,
        to: &Scope<Write>,
        ids: &[RecordId],
        asked: &Asked<'_>,
    ) -> Result<Gone, Error> {
        let fits = fitting(asked.what);
        let resident = self.resident(&from.narrow())?;
        // Held until they are gone: nobody changes what has been read.
        let claim = resident.claim(ids.to_vec(), self.settings.busy_wait)?;
        let here = self.resident(&from.narrow())?;
        let found = here.live_entries(self.clock.now(), |facets| {
            claim.ids().binary_search(&facets.id).is_ok() && fits(facets)
        })?;
        if found.is_empty() {
            return Ok(Gone::default());
        }
        let memories = self.opened(&from.narrow(), &here, &found)?;
        let catalogue = self.store.catalogue();
        let relocation = Relocation {
            tenant: from.address().tenant,
            from: from.namespace(),
            to: to.namespace(),
            records: memories.iter().map(relocated).collect(),
            have_arrived: false,
        };
        let number = catalogue.move_begin(&relocation)?;
        let numbered = (number, &relocation);
        let gone = self.carry_group(from, to, numbered, &memories, asked.is_awaited);
        let gone = match gone {
            Ok(gone) => gone,
            Err(Cut { error, is_there }) => {
                if !is_there {
                    catalogue.move_end(relocation.tenant, number)?;
                }
                return Err(error);
            }
        };
        self.remove_carried(from, &relocation.records, Some((claim, found)))?;
        catalogue.move_end(relocation.tenant, number)?;
        Ok(gone)
    }

    /// Brings a group there, and writes down that it has arrived.
    fn carry_group(
        &self,
        from: &Scope<Erase>,
        to: &Scope<Write>,
        (number, relocation): (u64, &Relocation),
        memories: &[Exported],
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Gone, Cut> {
        let here: Scope<Read> = from.narrow();
        let resident = self.resident(&here)?;
        let unmarked = |metadata: &Metadata| Ok(metadata.clone());
        let marking = (&unmarked as _, is_awaited);
        let carried = self.carry((&here, &resident), to, memories, marking)?;
        let arrive = || {
            self.check_arrival(to, &carried.ids, memories)?;
            let arrived = Relocation {
                have_arrived: true,
                ..relocation.clone()
            };
            Ok(self.store.catalogue().move_arrived(number, &arrived)?)
        };
        let arrived: Result<(), Error> = arrive();
        arrived.map_err(|error| Cut {
            error,
            is_there: true,
        })?;
        Ok(Gone {
            moved: carried.kept,
            present: carried.present,
        })
    }

    /// Whether each memory is there whose time is not over.
    fn check_arrival(
        &self,
        to: &Scope<Write>,
        ids: &[RecordId],
        memories: &[Exported],
    ) -> Result<(), Error> {
        let there = self.resident(&to.narrow())?;
        let now = self.clock.now();
        for (id, one) in ids.iter().zip(memories) {
            let is_over = one.memory.facets.is_expired(now);
            if !is_over && there.live(id, now)?.is_none() {
                return Err(Error::Internal("a memory did not arrive".to_owned()));
            }
        }
        Ok(())
    }

    /// Removes memories that live elsewhere now, each as it was carried: one that was changed since is
    /// another one and stays. `held` is the first look, with the claim that protects it.
    fn remove_carried(
        &self,
        from: &Scope<Erase>,
        carried: &[Relocated],
        held: Option<(Claim<'_>, Vec<(RecordId, Payload)>)>,
    ) -> Result<(), Error> {
        #[cfg(feature = "sabotage")]
        if anchorhold_model::sabotage::is(anchorhold_model::sabotage::Bug::MoveLeavesCopy) {
            return Ok(());
        }
        let deed = Deed {
            actor: from.actor(),
            verb: VERB,
            namespace: Some(from.namespace()),
            records: carried.len(),
        };
        let mut held = held;
        let act = || {
            for _ in 0..TRIES_MAX {
                let resident = self.resident(&from.narrow())?;
                let (claim, found) = match held.take() {
                    Some(held) => held,
                    None => {
                        let ids = carried.iter().map(|one| one.id).collect();
                        let claim = resident.claim(ids, self.settings.busy_wait)?;
                        let found = self.resident(&from.narrow())?.carried_entries(carried)?;
                        (claim, found)
                    }
                };
                let is_all = self.remove_found(from, &found)?;
                drop(claim);
                if is_all {
                    return Ok(());
                }
                // Some were sealed anew: they are looked for as they are on the disk.
                self.residents.forget(from.namespace());
            }
            Err(Error::NamespacePoisoned)
        };
        let removed = self.audited(&deed, act);
        removed.inspect_err(|_| self.on_failure(&from.narrow()))?;
        Ok(())
    }
}

fn relocated(one: &Exported) -> Relocated {
    let facets = &one.memory.facets;
    Relocated {
        id: facets.id,
        ordinal: facets.ordinal,
        version: facets.version,
    }
}
