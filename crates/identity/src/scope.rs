//! The proof that a request may do something in exactly one incarnation of one namespace.
//!
//! INVARIANT: a `Scope` is made in this crate alone (`enforce`, `system`), is never cloned,
//! serialised or widened, and names an incarnation, so it dies with it.

use std::marker::PhantomData;
use std::sync::Arc;

use anchorhold_model::{Access, Address, NamespaceId};

use crate::{Actor, CredentialStamp, Promise};

mod sealed {
    pub trait Sealed {}
}

/// What a [`Scope`] allows; the four rights below are all there are.
pub trait Right: sealed::Sealed + Send + Sync + 'static {
    /// The access that must be granted for it.
    const ACCESS: Access;
}

/// A right that holds another one too.
pub trait Includes<Other: Right>: Right {}

macro_rules! rights {
    ($($(#[$meta:meta])* $name:ident includes [$($other:ident)*];)*) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Right for $name {
            const ACCESS: Access = Access::$name;
        }
        $(impl Includes<$other> for $name {})*
    )*};
}

rights! {
    /// See records.
    Read includes [Read];
    /// Add and change records.
    Write includes [Read Write];
    /// Delete single records.
    Erase includes [Read Write Erase];
    /// Configure, drop and seal the namespace.
    Admin includes [Read Write Erase Admin];
}

pub(crate) struct Inner {
    pub(crate) namespace: NamespaceId,
    /// There when the incarnation only comes to be with the first write.
    pub(crate) reserved: Option<Promise>,
    pub(crate) address: Address,
    pub(crate) actor: Actor,
}

/// Proof that its holder may do `A` in one incarnation of one namespace.
pub struct Scope<A: Right> {
    inner: Arc<Inner>,
    right: PhantomData<A>,
}

impl<A: Right> Scope<A> {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
            right: PhantomData,
        }
    }

    /// The incarnation.
    pub fn namespace(&self) -> NamespaceId {
        self.inner.namespace
    }

    /// Whether the incarnation exists only if this scope's first write comes to pass.
    pub fn is_reserved(&self) -> bool {
        self.inner.reserved.is_some()
    }

    /// The address it was found at.
    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.inner.actor
    }

    /// The credential as it was when the request began; a write is checked against it again.
    pub fn credential(&self) -> Option<CredentialStamp> {
        self.inner.actor.credential
    }

    /// A scope for less, in the same incarnation.
    pub fn narrow<B: Right>(&self) -> Scope<B>
    where
        A: Includes<B>,
    {
        Scope {
            inner: Arc::clone(&self.inner),
            right: PhantomData,
        }
    }
}
