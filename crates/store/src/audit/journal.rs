//! Refusals: those of known tenants become entries, those of strangers are counted.

use std::sync::atomic::Ordering;

use anchorhold_identity::{Actor, CredentialStamp, Denial, Door, Journal};

use super::entry;
use super::log::PutOff;
use super::{Act, Audit, AuditMode, OPERATOR};
use crate::Error;

impl Journal for Audit {
    fn denied(&self, denial: &Denial, door: Door, verb: &'static str) {
        if denial.tenant.is_none() && denial.key.is_none() {
            self.strangers.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.mode == AuditMode::Off {
            return;
        }
        if let Err(error) = self.put_off_denial(denial, door, verb) {
            self.lost_denials.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "a refusal was not written to the audit log");
        }
    }
}

impl Audit {
    /// Put off until the next entry, flush or look at the log: a refusal has no effect that the disk would
    /// have to wait for, and who is refused must not learn by the time it takes that it was worth an entry.
    fn put_off_denial(&self, denial: &Denial, door: Door, verb: &'static str) -> Result<(), Error> {
        let actor = Actor {
            tenant: denial.tenant,
            credential: denial.key.map(|key| CredentialStamp { key, generation: 0 }),
            subject: None,
            strength: None,
            source: None,
            on_behalf_of: None,
            trust_mode: None,
            door,
            advisory: false,
        };
        let act = Act {
            actor: &actor,
            verb,
            namespace: None,
            records: 0,
        };
        let log = self.log(denial.tenant.unwrap_or(OPERATOR))?;
        let body = self.intent_body(&act)?;
        let intent = entry::intent(&body, &self.draw_id(&actor))?;
        let at = self.foundation.clock.now();
        let refused = Some(denial.reason.as_str());
        log.put_off(PutOff {
            intent,
            at,
            refused,
        })?;
        self.logs.trim();
        Ok(())
    }
}
