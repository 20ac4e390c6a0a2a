//! Vectors of texts: made by the embedder of the namespace, or taken from the caller.

use std::cell::OnceCell;

use anchorhold_embed::Embedding;
use anchorhold_identity::{Directory as _, Read, Scope};
use anchorhold_model::{TenantId, TenantPolicy, Vector};

use crate::embedders::{Maker, Space};
use crate::{Engine, Error};

/// A text and the vector that came with it.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    pub(crate) vector: Option<&'a Vector>,
}

impl Engine {
    /// The space that the tenant has chosen for namespaces without records.
    pub(crate) fn choice(&self, tenant: TenantId) -> Result<Space, Error> {
        let policy = self.policy(tenant)?;
        let choice = self.embedders.choice(&policy.embedding);
        choice.ok_or(Error::EmbedderMissing)
    }

    /// The vector of one text.
    pub(crate) fn vector(
        &self,
        scope: &Scope<Read>,
        space: Space,
        text: Text<'_>,
    ) -> Result<Embedding, Error> {
        let made = self.vectors(scope, space, &[text], &|| true)?;
        made.into_iter().next().unwrap_or(Err(Error::Overloaded))
    }

    /// The vectors of texts of one namespace, in their order. What a caller sent is judged text by
    /// text; an embedder that fails fails for all. Once `is_awaited` says no, none are made any more.
    pub(crate) fn vectors(
        &self,
        scope: &Scope<Read>,
        space: Space,
        texts: &[Text<'_>],
        is_awaited: &dyn Fn() -> bool,
    ) -> Result<Vec<Result<Embedding, Error>>, Error> {
        let maker = self.embedders.maker(space).ok_or(Error::EmbedderMissing)?;
        let (embedder, is_remote) = match maker {
            Maker::Caller => return Ok(texts.iter().map(|text| taken(space, *text)).collect()),
            Maker::House(embedder) => (embedder, false),
            Maker::Remote(embedder) => (embedder, true),
        };
        let may_go_on = || {
            if is_remote {
                self.may_leave(scope)?;
            }
            is_awaited().then_some(()).ok_or(Error::Abandoned)
        };
        may_go_on()?;
        let bare = texts.iter().filter(|text| text.vector.is_none());
        let bare: Vec<&str> = bare.map(|text| text.text).collect();
        let why = OnceCell::new();
        let goes_on = || match may_go_on() {
            Ok(()) => true,
            Err(error) => why.set(error).is_err(),
        };
        let made = embedder.embed_batch(&bare, &goes_on);
        if let Some(why) = why.into_inner() {
            return Err(why);
        }
        let mut made = made?.into_iter();
        let vectors = texts.iter().map(|text| match text.vector {
            Some(_) => Err(Error::Vector { expected: None }),
            None => made.next().ok_or(Error::Overloaded),
        });
        Ok(vectors.collect())
    }

    /// Whether a text of this scope may leave the house now.
    ///
    /// IMPORTANT: asked before every single request: consent may have been taken back, the key
    /// revoked or the namespace erased while the texts before this one were on their way.
    fn may_leave(&self, scope: &Scope<Read>) -> Result<(), Error> {
        self.store.vault().check(scope)?;
        if self.policy(scope.address().tenant)?.egress.embedding {
            Ok(())
        } else {
            Err(Error::EgressForbidden)
        }
    }

    fn policy(&self, tenant: TenantId) -> Result<TenantPolicy, Error> {
        let found = self.store.catalogue().tenant(tenant);
        let record = found.map_err(|_| Error::Overloaded)?;
        let record = record.ok_or(Error::NamespaceNotFound)?;
        Ok(record.policy.clone())
    }
}

fn taken(space: Space, text: Text<'_>) -> Result<Embedding, Error> {
    let expected = space.dimension;
    let fits = |vector: &&Vector| vector.numbers().len() == expected;
    let vector = text.vector.filter(fits).ok_or(Error::Vector {
        expected: Some(expected),
    })?;
    Ok(Embedding {
        vector: vector.numbers().to_vec(),
        windows: 1,
        tokens: 0,
    })
}
