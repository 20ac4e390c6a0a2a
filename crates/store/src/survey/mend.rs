//! Finishing what a crash left undone. Nothing that could be read is ever deleted.

use anchorhold_identity::Custodian;

use super::{Finding, What};
use crate::{Error, Store};

impl Store {
    /// Finishes erasures that were begun: their rows are gone, so nobody can read what is left.
    /// Answers what was finished. What was begun and never came to be is left to the next start,
    /// because while the store serves it may be about to be.
    pub fn mend(&self, custodian: &Custodian) -> Result<Vec<Finding>, Error> {
        let mut finished = self.survey_foundation(custodian)?.unfinished;
        finished.retain(|finding| finding.what == What::HalfErased);
        let namespaces: Vec<_> = finished
            .iter()
            .filter_map(|finding| finding.namespace)
            .collect();
        self.vault.shred_erased(&namespaces)?;
        Ok(finished)
    }
}
