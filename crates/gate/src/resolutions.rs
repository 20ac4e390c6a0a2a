//! What requests were taken for lately, and how often they were refused and why; for the operator.
//!
//! INVARIANT: both are bounded and in memory alone, and neither holds a name that a caller chose: no user,
//! no namespace, no header.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anchorhold_identity::{Caller, Denial, Ruling, Source, Strength, Verdict};
use anchorhold_model::{KeyId, TenantName, Timestamp, TrustMode};

use crate::Ask;

/// Resolutions that are kept, the last ones.
const KEPT_MAX: usize = 1_024;

/// What one request was taken for.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// When.
    pub at: Timestamp,
    /// Which request, as its reply names it; none where there is no such thing.
    pub request: Option<[u8; 16]>,
    /// What it asked for.
    pub verb: &'static str,
    /// Whose credential it showed, and which.
    pub tenant: Option<TenantName>,
    /// The credential.
    pub key: KeyId,
    /// What was demanded of it.
    pub trust_mode: Option<TrustMode>,
    /// By which source its user was named.
    pub source: Option<Source>,
    /// How well that is proved.
    pub strength: Option<Strength>,
    /// What the tables say of it.
    pub ruling: Ruling,
    /// Whether other evidence named somebody else.
    pub disagrees: bool,
    /// Why it was refused; none of one that was let in.
    pub refusal: Option<&'static str>,
}

/// How often requests were refused: by what was demanded of them, and why.
pub type Refusals = BTreeMap<(&'static str, &'static str), u64>;

/// The last resolutions, and the counts of refusals.
#[derive(Debug, Default)]
pub struct Resolutions {
    lately: Mutex<VecDeque<Resolved>>,
    refusals: Mutex<Refusals>,
}

impl Resolutions {
    /// The last resolutions, newest first, at most so many.
    pub fn lately(&self, limit: usize) -> Vec<Resolved> {
        held(&self.lately)
            .iter()
            .rev()
            .take(limit)
            .cloned()
            .collect()
    }

    /// How often requests were refused since the start.
    pub fn refusals(&self) -> Refusals {
        held(&self.refusals).clone()
    }

    /// Counts one refusal.
    pub fn refused(&self, mode: Option<TrustMode>, denial: &Denial) {
        let mode = mode.map_or("none", word);
        let mut refusals = held(&self.refusals);
        *refusals.entry((mode, denial.reason.as_str())).or_default() += 1;
    }

    /// Keeps what a request was taken for. One that asks several times on its way is kept once, as it was
    /// taken last.
    pub(crate) fn keep(
        &self,
        ask: &Ask<'_>,
        (caller, verdict): (&Caller, &Verdict),
        denial: Option<&Denial>,
        at: Timestamp,
    ) {
        let piece = verdict.piece();
        let subject = piece.map(|piece| &piece.subject);
        let mut others = verdict.pieces().iter();
        let resolved = Resolved {
            at,
            request: ask.message.map(|message| message.request),
            verb: ask.verb,
            tenant: caller.tenant().map(|tenant| tenant.name.clone()),
            key: caller.credential().key,
            trust_mode: caller.tenant().map(|tenant| tenant.policy.trust_mode),
            source: piece.map(|piece| piece.source),
            strength: piece.map(|piece| piece.strength),
            ruling: verdict.ruling(),
            disagrees: others.any(|other| Some(&other.subject) != subject),
            refusal: denial.map(|denial| denial.reason.as_str()),
        };
        let mut lately = held(&self.lately);
        let last = lately.back_mut();
        let is_same = |last: &Resolved| last.request.is_some() && last.request == resolved.request;
        match last.filter(|last| is_same(last)) {
            Some(last) => *last = resolved,
            None => {
                if lately.len() == KEPT_MAX {
                    lately.pop_front();
                }
                lately.push_back(resolved);
            }
        }
    }
}

/// A list that somebody left half-way is none: what it holds is of single steps.
fn held<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

const fn word(mode: TrustMode) -> &'static str {
    match mode {
        TrustMode::Strict => "strict",
        TrustMode::Required => "required",
        TrustMode::Quarantine => "quarantine",
        TrustMode::Legacy => "legacy",
    }
}
