//! Writes that run, with the space of their vectors: two first writes of a namespace agree on one.
//!
//! A namespace without records has no model yet; the first write brings it. While a write runs,
//! every other write of the namespace brings vectors of the same space, so that two models never
//! meet in one namespace, whatever the policy becomes meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_identity::{Scope, Write};
use anchorhold_model::NamespaceId;

use crate::embedders::Space;
use crate::resident::Resident;
use crate::{Engine, Error};

/// Namespaces that are being written, with the space and the number of the writes.
#[derive(Default)]
pub(crate) struct Spaces(Mutex<BTreeMap<NamespaceId, (Space, usize)>>);

/// One write that runs.
pub(crate) struct Writing<'a> {
    spaces: &'a Spaces,
    namespace: NamespaceId,
    /// Where its vectors belong.
    pub(crate) space: Space,
}

impl Spaces {
    fn enter(&self, namespace: NamespaceId, wanted: Space) -> Writing<'_> {
        let mut running = self.lock();
        let (space, writes) = running.entry(namespace).or_insert((wanted, 0));
        *writes += 1;
        Writing {
            spaces: self,
            namespace,
            space: *space,
        }
    }

    /// Counts are changed in single steps, so a panic cannot tear them.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<NamespaceId, (Space, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut running = self.spaces.lock();
        if let Some((_, writes)) = running.get_mut(&self.namespace) {
            *writes = writes.saturating_sub(1);
            if *writes == 0 {
                running.remove(&self.namespace);
            }
        }
    }
}

impl Engine {
    /// The resident of a write, and where its vectors belong until it has ended.
    ///
    /// IMPORTANT: only a resident that is still the namespace's own may say that there are no
    /// records: an older one may have missed those of a write that has just ended.
    pub(crate) fn writing(
        &self,
        scope: &Scope<Write>,
    ) -> Result<(Arc<Resident>, Writing<'_>), Error> {
        let namespace = scope.namespace();
        loop {
            let now = self.clock.now();
            let resident = self.resident(&scope.narrow())?;
            let held = || Ok::<_, Error>(resident.space(&*resident.index()?, now));
            let wanted = match held()? {
                Some(space) => space,
                None => self.choice(scope.address().tenant)?,
            };
            let writing = self.spaces.enter(namespace, wanted);
            let fits = held()?.is_none_or(|space| space == writing.space);
            if fits && self.residents.is_current(namespace, &resident) {
                return Ok((resident, writing));
            }
        }
    }
}
