//! Whether the evidence is good enough for the tenant: strategy first, then mode.
//!
//! [`rule`] holds the two tables of the design as exhaustive matches; nothing else decides.

use std::sync::Arc;

use anchorhold_model::{Isolation, Role, TenantId, TenantPolicy, TrustMode, User};

use crate::authenticate::unavailable;
use crate::resolve::{Piece, Shown};
use crate::{Caller, Denial, Directory, Reason, Resolution, Strength};

/// What the tables say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The subject's own namespace.
    Own,
    /// The subject's own namespace, and the reply says that the identity is not proved.
    OwnWithAdvisory,
    /// The shared namespace of the tenant.
    Shared,
    /// The shared namespace, and the reply says that nobody was named.
    SharedWithAdvisory,
    /// A sandbox of its own.
    Sandbox,
    /// The session named if it lives, else a new one.
    Session,
    /// 401 `identity_missing`.
    IdentityMissing,
    /// 400 `identity_required`.
    IdentityRequired,
    /// 400 `isolation_key_required`.
    IsolationKeyRequired,
    /// 403 `identity_unverified`.
    IdentityUnverified,
    /// 403 `identity_not_permitted`.
    IdentityNotPermitted,
    /// 403 `identity_conflict`.
    IdentityConflict,
}

impl Ruling {
    /// The word for an operator.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OwnWithAdvisory => "own_with_advisory",
            Self::Shared => "shared",
            Self::SharedWithAdvisory => "shared_with_advisory",
            Self::Sandbox => "sandbox",
            Self::Session => "session",
            Self::IdentityMissing => "identity_missing",
            Self::IdentityRequired => "identity_required",
            Self::IsolationKeyRequired => "isolation_key_required",
            Self::IdentityUnverified => "identity_unverified",
            Self::IdentityNotPermitted => "identity_not_permitted",
            Self::IdentityConflict => "identity_conflict",
        }
    }
}

/// Evidence that was found good enough. Only [`validate`] makes one.
#[derive(Debug)]
pub struct Verdict {
    pub(crate) ruling: Ruling,
    pub(crate) piece: Option<Piece>,
    pub(crate) resolution: Resolution,
    pub(crate) trust_mode: TrustMode,
}

impl Verdict {
    /// What was ruled.
    pub const fn ruling(&self) -> Ruling {
        self.ruling
    }

    /// The piece of evidence that decided.
    pub const fn piece(&self) -> Option<&Piece> {
        self.piece.as_ref()
    }

    /// All evidence, with links followed.
    pub fn pieces(&self) -> &[Piece] {
        self.resolution.pieces()
    }

    /// What the user may do.
    pub fn role(&self) -> Role {
        let piece = self.piece.as_ref();
        piece.map(|piece| piece.standing.role).unwrap_or_default()
    }

    /// Whether the user may only read. Who merely claims to be somebody learns nothing of them.
    pub(crate) fn is_viewer_by_word(&self) -> bool {
        let piece = self.piece.as_ref();
        self.is_viewer() && piece.is_some_and(|piece| piece.strength >= Strength::Asserted)
    }

    /// Whether the user may only read, or who is let in where they are at home.
    pub(crate) fn is_viewer(&self) -> bool {
        let guest = self.resolution.guest.as_ref();
        self.role() == Role::Viewer
            || guest.is_some_and(|guest| guest.standing.role == Role::Viewer)
    }
}

/// The strategy table, then the mode table. `evidence` is the strongest piece's strength;
/// `known` whether the tenant knows its subject.
pub const fn rule(policy: &TenantPolicy, evidence: Option<Strength>, known: bool) -> Ruling {
    match (policy.isolation, evidence) {
        (Isolation::Custom, None) => Ruling::IsolationKeyRequired,
        (Isolation::User, _) | (Isolation::Custom, Some(_)) => {
            rule_by_mode(policy.trust_mode, evidence, known)
        }
        (Isolation::None, None) => match policy.trust_mode {
            TrustMode::Strict => Ruling::IdentityMissing,
            TrustMode::Required | TrustMode::Quarantine | TrustMode::Legacy => Ruling::Shared,
        },
        // The identity is validated, but the data still lie in the shared namespace.
        (Isolation::None, Some(_)) => match rule_by_mode(policy.trust_mode, evidence, known) {
            Ruling::Own | Ruling::Shared | Ruling::Sandbox | Ruling::Session => Ruling::Shared,
            Ruling::OwnWithAdvisory | Ruling::SharedWithAdvisory => Ruling::SharedWithAdvisory,
            refusal => refusal,
        },
        (Isolation::Session, None) => match policy.trust_mode {
            TrustMode::Strict => Ruling::IdentityMissing,
            TrustMode::Required | TrustMode::Quarantine | TrustMode::Legacy => Ruling::Session,
        },
        (Isolation::Session, Some(_)) => Ruling::Session,
    }
}

const fn rule_by_mode(mode: TrustMode, evidence: Option<Strength>, known: bool) -> Ruling {
    match (mode, evidence) {
        (TrustMode::Legacy, None) => Ruling::SharedWithAdvisory,
        (TrustMode::Legacy, Some(Strength::Claimed)) => Ruling::OwnWithAdvisory,
        (TrustMode::Strict, None) => Ruling::IdentityMissing,
        (TrustMode::Strict, Some(Strength::Asserted | Strength::Claimed)) => {
            Ruling::IdentityUnverified
        }
        (TrustMode::Required, None) => Ruling::IdentityRequired,
        (TrustMode::Required, Some(Strength::Claimed)) => Ruling::IdentityNotPermitted,
        (TrustMode::Quarantine, None | Some(Strength::Claimed)) => Ruling::Sandbox,
        (TrustMode::Quarantine, Some(Strength::Asserted)) => {
            if known {
                Ruling::Own
            } else {
                Ruling::Sandbox
            }
        }
        (
            TrustMode::Strict | TrustMode::Required | TrustMode::Quarantine | TrustMode::Legacy,
            Some(Strength::Proven),
        )
        | (TrustMode::Required | TrustMode::Legacy, Some(Strength::Asserted)) => Ruling::Own,
    }
}

/// What happens when evidence disagrees. Under `legacy` the strongest wins, with an advisory.
pub const fn rule_on_conflict(mode: TrustMode) -> Ruling {
    match mode {
        TrustMode::Strict | TrustMode::Required => Ruling::IdentityConflict,
        TrustMode::Quarantine => Ruling::Sandbox,
        TrustMode::Legacy => Ruling::OwnWithAdvisory,
    }
}

/// Applies the tables to a request that names no namespace.
pub fn validate(
    caller: &Caller,
    resolution: Resolution,
    directory: &dyn Directory,
) -> Result<Verdict, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let policy = &tenant.policy;
    let mut resolution = resolution;
    for piece in &mut resolution.pieces {
        look_up(tenant.id, piece, directory)?;
    }
    if let Some(guest) = &mut resolution.guest {
        look_up(tenant.id, guest, directory)?;
    }
    let piece = match policy.isolation {
        // The key chooses the namespace and nothing else does, however well it is proved.
        Isolation::Custom => resolution.isolation_key().cloned(),
        Isolation::User | Isolation::Session | Isolation::None => resolution.strongest().cloned(),
    };
    let known = piece.as_ref().is_some_and(|piece| piece.standing.is_known);
    let lives = match resolution.session {
        Some(Shown::Id { id, .. }) => directory
            .session(tenant, &id)
            .map_err(unavailable)?
            .is_some(),
        Some(Shown::Nothing | Shown::NoId) | None => false,
    };
    // A session that lives is proved by its id, for itself alone.
    let strength = if lives {
        Some(Strength::Proven)
    } else {
        piece.as_ref().map(|piece| piece.strength)
    };
    let by_table = rule(policy, strength, known);
    let ruling = if resolution.is_conflict() {
        match (rule_on_conflict(policy.trust_mode), by_table) {
            // A sandbox is of one claimant, and there are two.
            (Ruling::Sandbox, _) if resolution.guest.is_some() => Ruling::IdentityConflict,
            // Who is named decides nothing there: a key is missing, or a session is its holder's.
            (
                Ruling::OwnWithAdvisory | Ruling::Sandbox,
                Ruling::IsolationKeyRequired | Ruling::Session,
            ) => by_table,
            (Ruling::OwnWithAdvisory, Ruling::Shared | Ruling::SharedWithAdvisory) => {
                Ruling::SharedWithAdvisory
            }
            (ruling, _) => ruling,
        }
    } else {
        by_table
    };
    Ok(Verdict {
        ruling,
        piece,
        resolution,
        trust_mode: policy.trust_mode,
    })
}

/// What the tenant knows of whom a piece names. A second name becomes the user whose it is, before
/// anything is compared.
fn look_up(tenant: TenantId, piece: &mut Piece, directory: &dyn Directory) -> Result<(), Denial> {
    let standing = |user: &User| directory.standing(tenant, user).map_err(unavailable);
    piece.standing = standing(&piece.subject)?;
    if let Some(user) = piece.standing.linked_to.take() {
        piece.standing = standing(&user)?;
        let said = std::mem::replace(&mut piece.subject, Arc::unwrap_or_clone(user));
        piece.said = Some(said);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
