//! Whose credential a request came with, by which way, and what follows from the two alone.

use std::sync::Arc;

use anchorhold_model::{AccessSet, TenantId, Timestamp, User};

use crate::{ActAs, CredentialRecord, CredentialStamp, Denial, IsolationKey, Reason, TenantRecord};

/// An authenticated credential. Only [`authenticate`](crate::authenticate) makes one.
pub struct Caller {
    pub(super) credential: Arc<CredentialRecord>,
    pub(super) tenant: Option<Arc<TenantRecord>>,
    pub(super) vouched: Option<Vouched>,
    pub(super) way: Way,
    pub(super) judged_at: Timestamp,
}

/// How a request came by its credential.
pub(super) enum Way {
    /// It showed it.
    Shown,
    /// It showed nothing, and the listener said whose it is.
    Listener,
    /// It came through an application, which says whom it speaks for, or says nothing.
    Application(Option<IsolationKey>),
}

/// The user whom a signed token proves.
#[derive(Clone)]
pub(crate) struct Vouched {
    pub(crate) user: User,
    pub(super) is_viewer: bool,
}

impl Caller {
    /// What is stored of the credential.
    pub fn credential(&self) -> &CredentialRecord {
        &self.credential
    }

    /// The tenant, with what is demanded of identities where the request came in; `None` for the
    /// operator.
    pub fn tenant(&self) -> Option<&TenantRecord> {
        self.tenant.as_deref()
    }

    /// The same, to be kept.
    pub(crate) fn tenant_record(&self) -> Option<Arc<TenantRecord>> {
        self.tenant.clone()
    }

    /// Whether it may only read, whoever it speaks for.
    pub fn is_viewer(&self) -> bool {
        let vouched = self.vouched.as_ref();
        self.credential.viewer || vouched.is_some_and(|vouched| vouched.is_viewer)
    }

    /// Whether it may only read, or says who the user is to read alone.
    pub(crate) fn only_reads(&self) -> bool {
        self.is_viewer()
            || self.credential.act_as == Some(ActAs::Read)
            || self.at_most(AccessSet::Admin) == AccessSet::Read
    }

    /// Whether it came through an application.
    pub(crate) const fn is_hooked(&self) -> bool {
        matches!(self.way, Way::Application(_))
    }

    /// Whom the application says that it speaks for.
    pub(crate) const fn isolation_key(&self) -> Option<&IsolationKey> {
        match &self.way {
            Way::Application(key) => key.as_ref(),
            Way::Shown | Way::Listener => None,
        }
    }

    /// Whether an application lets it in where somebody else is at home.
    pub(crate) fn is_guest(&self) -> bool {
        let key = self.isolation_key();
        key.is_some_and(|key| key.on_behalf_of.is_some())
    }

    /// What is left of `allowed` by what its application says.
    pub(crate) fn at_most(&self, allowed: AccessSet) -> AccessSet {
        let key = self.isolation_key();
        key.map_or(allowed, |key| key.access.min(allowed))
    }

    /// Whether it may do whatever whoever it speaks for may: have all of theirs destroyed, or manage.
    pub(crate) fn is_themselves(&self) -> bool {
        !self.only_reads() && !self.is_guest() && self.at_most(AccessSet::Admin) == AccessSet::Admin
    }

    /// Whether the credential, or the application, says who the user is.
    pub(crate) fn has_user(&self) -> bool {
        self.credential.user.is_some() || self.vouched.is_some() || self.isolation_key().is_some()
    }

    /// The user whom a signed token proves.
    pub(crate) const fn vouched(&self) -> Option<&Vouched> {
        self.vouched.as_ref()
    }

    /// When the credential was judged, and all that comes with it is.
    pub(crate) const fn judged_at(&self) -> Timestamp {
        self.judged_at
    }

    pub(crate) fn tenant_id(&self) -> Option<TenantId> {
        self.tenant.as_ref().map(|tenant| tenant.id)
    }

    pub(crate) fn stamp(&self) -> CredentialStamp {
        CredentialStamp {
            key: self.credential.key,
            generation: self.credential.generation,
        }
    }

    /// Whether it showed nothing, and the listener said whose it is.
    pub const fn is_anonymous(&self) -> bool {
        matches!(self.way, Way::Listener)
    }

    /// Whether its key stands in pages for everybody to read.
    pub(crate) fn is_publishable(&self) -> bool {
        self.credential.origins.is_some()
    }

    /// A refusal of this caller.
    pub fn denied(&self, reason: Reason) -> Denial {
        // INVARIANT: anybody sends a publishable key, or nothing, so such refusals are those of strangers
        // and fill no log that the tenant reads.
        let is_anybody = match &self.way {
            Way::Shown => self.is_publishable(),
            Way::Listener => true,
            Way::Application(key) => key.is_none(),
        };
        if is_anybody {
            return Denial::of_stranger(reason);
        }
        Denial {
            reason,
            tenant: self.credential.tenant,
            key: Some(self.credential.key),
        }
    }
}
