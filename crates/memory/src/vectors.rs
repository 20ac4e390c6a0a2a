//! Vectors of texts: made by the embedder of the namespace, or taken from the caller.

use anchorhold_embed::Embedding;
use anchorhold_identity::Directory as _;
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
        tenant: TenantId,
        space: Space,
        text: Text<'_>,
    ) -> Result<Embedding, Error> {
        let made = self.vectors(tenant, space, &[text])?;
        made.into_iter().next().unwrap_or(Err(Error::Overloaded))
    }

    /// The vectors of texts of one namespace, in their order. What a caller sent is judged text by
    /// text; an embedder that fails fails for all.
    pub(crate) fn vectors(
        &self,
        tenant: TenantId,
        space: Space,
        texts: &[Text<'_>],
    ) -> Result<Vec<Result<Embedding, Error>>, Error> {
        let embedder = match self.embedders.maker(space).ok_or(Error::EmbedderMissing)? {
            Maker::Caller => return Ok(texts.iter().map(|text| taken(space, *text)).collect()),
            Maker::House(embedder) => embedder,
            Maker::Remote(embedder) => {
                // IMPORTANT: consent is asked for at every use: it may have been taken back since
                // the namespace was made.
                if !self.policy(tenant)?.egress.embedding {
                    return Err(Error::EgressForbidden);
                }
                embedder
            }
        };
        let bare = texts.iter().filter(|text| text.vector.is_none());
        let bare: Vec<&str> = bare.map(|text| text.text).collect();
        let mut made = embedder.embed_batch(&bare)?.into_iter();
        let vectors = texts.iter().map(|text| match text.vector {
            Some(_) => Err(Error::Vector { expected: None }),
            None => made.next().ok_or(Error::Overloaded),
        });
        Ok(vectors.collect())
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
