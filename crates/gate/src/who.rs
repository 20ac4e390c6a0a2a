//! What a request is taken for: the answer of `whoami`.

use anchorhold_identity::{
    Caller, Denial, Directory, Piece, Reason, Ruling, Strength, Verdict, address_of,
    incarnation_of, listing,
};
use anchorhold_model::{
    Address, Grant, Issuer, KeyId, NamespaceId, NamespaceName, Place, Role, TenantName, TrustMode,
    User, UserId,
};

/// What a request is taken for. A plain noun: it gives no right.
pub struct Who {
    /// The tenant of the credential.
    pub tenant: TenantName,
    /// Who the request speaks for; the key itself when it names a namespace or nobody.
    pub subject: Option<User>,
    /// What that user may do; `None` when it is none.
    pub role: Option<Role>,
    /// How well that is proved.
    pub strength: Option<Strength>,
    /// The trust mode of the tenant.
    pub trust_mode: TrustMode,
    /// The namespace that a recall would read; `None` when it would have to name somebody first.
    pub place: Option<Place>,
    /// What lives there; `None` when nothing was kept there yet.
    pub namespace: Option<NamespaceId>,
    /// The grants of the credential.
    pub grants: Vec<Grant>,
    /// The credential.
    pub key: KeyId,
}

pub(crate) fn of(
    caller: &Caller,
    verdict: &Verdict,
    named: Option<NamespaceName>,
    directory: &dyn Directory,
) -> Result<Who, Denial> {
    let Some(tenant) = caller.tenant() else {
        return Err(caller.denied(Reason::CredentialMisplaced));
    };
    let credential = caller.credential();
    let piece = verdict.piece();
    let of_key = (spoken(Issuer::KEY, &credential.key), Some(Strength::Proven));
    let (address, (subject, strength)) = match named {
        Some(name) if listing(caller)?.covers(&name) => {
            let (tenant, place) = (tenant.id, Place::Named(name));
            (Some(Address { tenant, place }), of_key)
        }
        Some(name) => {
            let name = name.to_string();
            return Err(caller.denied(Reason::NamespaceForbidden { name }));
        }
        None => match address_of(caller, verdict, directory) {
            Ok(Some(Address {
                tenant,
                place: place @ Place::Session(session),
            })) => {
                let proven = Some(Strength::Proven);
                (
                    Some(Address { tenant, place }),
                    (spoken(Issuer::SESSION, &session), proven),
                )
            }
            Ok(Some(Address {
                tenant,
                place: place @ Place::Quarantine(sandbox),
            })) => {
                let strength = piece.map(|piece| piece.strength);
                (
                    Some(Address { tenant, place }),
                    (spoken(Issuer::QUARANTINE, &sandbox), strength),
                )
            }
            Ok(address) => {
                let subject = piece.map(|piece| told(piece, verdict).clone());
                let strength = piece.map(|piece| piece.strength);
                (address, (subject, strength))
            }
            // Nobody is named, and nothing is read: the key is told what it is.
            Err(Denial {
                reason: Reason::IdentityRequired | Reason::IdentityMissing,
                ..
            }) => (None, of_key),
            Err(denial) => return Err(denial),
        },
    };
    let namespace = match &address {
        Some(address) => incarnation_of(caller, address, directory)?,
        None => None,
    };
    Ok(Who {
        tenant: tenant.name.clone(),
        role: subject
            .as_ref()
            .filter(|subject| {
                piece
                    .is_some_and(|piece| is_taken_for(piece, verdict) && piece.subject == **subject)
            })
            .map(|_| verdict.role()),
        subject,
        strength,
        trust_mode: tenant.policy.trust_mode,
        place: address.map(|address| address.place),
        namespace,
        grants: credential.grants.clone(),
        key: credential.key,
    })
}

/// What speaks for itself: a key, a session, a sandbox.
fn spoken(issuer: &str, id: &impl ToString) -> Option<User> {
    let issuer = Issuer::parse(issuer).ok()?;
    let id = UserId::parse(&id.to_string()).ok()?;
    Some(User { issuer, id })
}

/// Who is told to be named. Who merely claims a name is not told whose second name it is.
fn told<'a>(piece: &'a Piece, verdict: &Verdict) -> &'a User {
    if is_taken_for(piece, verdict) {
        &piece.subject
    } else {
        piece.said()
    }
}

/// Whether the request is taken for whoever a piece names.
fn is_taken_for(piece: &Piece, verdict: &Verdict) -> bool {
    let is_own = matches!(verdict.ruling(), Ruling::Own | Ruling::OwnWithAdvisory);
    is_own || piece.strength >= Strength::Asserted
}
