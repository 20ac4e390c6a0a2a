//! Refusals: those of known tenants become entries, those of strangers are counted.

use std::sync::atomic::Ordering;

use anchorhold_identity::{Actor, CredentialStamp, Denial, Door, Journal};

use super::entry::{self, OutcomeBody};
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
        if let Err(error) = self.write_denial(denial, door, verb) {
            self.lost_denials.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "a refusal was not written to the audit log");
        }
    }
}

impl Audit {
    /// Intent and outcome at once, durable with the next sync: a refusal has no effect that the
    /// disk would have to wait for.
    fn write_denial(&self, denial: &Denial, door: Door, verb: &'static str) -> Result<(), Error> {
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
        let (body, random) = (self.intent_body(&act)?, &*self.foundation.random);
        let intent = log.append(random, &entry::intent(&body, &self.draw_id(&actor))?)?;
        let now = self.foundation.clock.now();
        let outcome = OutcomeBody::denied(intent, now, denial.reason.as_str());
        log.append(random, &entry::outcome(outcome)?)?;
        self.logs.trim();
        Ok(())
    }
}
