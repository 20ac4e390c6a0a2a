//! What there is to move, and what there is on both sides.

use std::collections::BTreeSet;

use anchorhold_identity::{Leg, Read, Scope};
use anchorhold_model::{Facets, RecordId};

use super::{Movable, Moved};
use crate::forget::Which;
use crate::{Engine, Error};

impl Engine {
    pub(super) fn rehearsed(&self, legs: &[Leg], what: &Movable) -> Result<Moved, Error> {
        let mut counted = Moved::default();
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

    pub(super) fn live_count(&self, scope: &Scope<Read>) -> Result<u64, Error> {
        let resident = self.resident(scope)?;
        let live = resident.live_entries(self.clock.now(), |_| true)?;
        Ok(number(live.len()))
    }
}

pub(super) fn fitting(what: &Movable) -> impl Fn(&Facets) -> bool {
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
