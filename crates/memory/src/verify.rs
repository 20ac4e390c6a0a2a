//! Looks at everything that is stored, step by step, and finishes what a crash left undone.

use anchorhold_identity::Custodian;
use anchorhold_store::{Finding, Step, Surveyed};

use crate::audited::Deed;
use crate::{Engine, Error};

impl Engine {
    /// One step of a survey; the first is [`Step::FIRST`]. The beginning is written to the audit
    /// log. A log that cannot be written keeps nobody from looking: it is among what is looked at.
    pub fn verify(&self, custodian: &Custodian, step: Step) -> Result<Surveyed, Error> {
        let look = || Ok(self.store.survey(custodian, step)?);
        if step != Step::FIRST {
            return look();
        }
        match self.audited(&deed(custodian, "verify"), look) {
            Ok((surveyed, _)) => Ok(surveyed),
            Err(Error::AuditUnavailable) => look(),
            Err(error) => Err(error),
        }
    }

    /// Finishes what a crash left undone; answers what. Nothing that could be read is deleted.
    pub fn repair(&self, custodian: &Custodian) -> Result<Vec<Finding>, Error> {
        let mend = || Ok(self.store.mend(custodian)?);
        let mended = self.audited(&deed(custodian, "repair"), mend);
        mended.map(|(finished, _)| finished)
    }
}

fn deed<'a>(custodian: &'a Custodian, verb: &'static str) -> Deed<'a> {
    Deed {
        actor: custodian.actor(),
        verb,
        namespace: None,
        records: 0,
    }
}
