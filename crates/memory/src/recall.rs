//! Finds the memories that answer a question.

mod at_hand;

use std::sync::Arc;

use anchorhold_embed::Embedding;
use anchorhold_identity::{Read, Scope};
use anchorhold_index::{Index, Query, Recipe, Why};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{Facets, Filter, Memory, RecordId, Timestamp, Vector, limits};
use anchorhold_store::Opener;

use crate::body::Payload;
use crate::embedders::Space;
use crate::resident::Resident;
use crate::vectors::Text;
use crate::{Engine, Error};

/// A question to one namespace.
#[derive(Clone)]
pub struct Question {
    /// The question in plain words.
    pub query: String,
    /// How many results at most.
    pub limit: usize,
    /// The least similarity of a result; an exact rare word passes below it.
    pub threshold: Option<f64>,
    /// Which memories are looked at.
    pub filter: Option<Filter>,
    /// Whether results say how their score came about.
    pub explain: bool,
    /// The steps of the ranking and their weights.
    pub recipe: Recipe,
    /// The caller's vector of the question, where the namespace's vectors are made by the caller.
    pub vector: Option<Vector>,
}

impl Question {
    /// A question with every default.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            limit: limits::RECALL_LIMIT_DEFAULT,
            threshold: None,
            filter: None,
            explain: false,
            recipe: Recipe::default(),
            vector: None,
        }
    }
}

/// One memory that answers.
pub struct Recollection {
    /// The memory.
    pub memory: Memory,
    /// Orders the results of one reply.
    pub score: f64,
    /// Nearness of the texts in meaning: cosine, 0 to 1.
    pub similarity: f64,
    /// How the score came about, when asked for.
    pub why: Option<Why>,
}

/// What was found.
#[derive(Default)]
pub struct Recalled {
    /// Best first.
    pub results: Vec<Recollection>,
    /// Word pieces of the question as it was embedded.
    pub query_tokens: usize,
    /// Windows in which it was embedded.
    pub windows: usize,
}

impl Engine {
    /// Ranks the memories of one namespace against a question and opens the best.
    pub fn recall(
        &self,
        scope: Option<&Scope<Read>>,
        question: &Question,
    ) -> Result<Recalled, Error> {
        let Some(scope) = scope else {
            return Ok(Recalled::default());
        };
        self.read("recall", scope, || self.recalled(scope, question))
    }

    fn recalled(&self, scope: &Scope<Read>, question: &Question) -> Result<Recalled, Error> {
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        #[cfg(feature = "sabotage")]
        let resident = match self.residents.all().into_iter().next() {
            Some((_, first)) if sabotage::is(Bug::ResidentWithoutNamespace) => first,
            _ => resident,
        };
        let (embedding, found) = loop {
            let (space, embedding) = self.embedded(scope, &resident, question, now)?;
            let index = resident.index()?;
            let found = match resident.space(&index, now) {
                None => Vec::new(),
                // All was forgotten meanwhile, and vectors of another space have come.
                Some(held) if held != space => continue,
                Some(_) => searched(&index, question, &embedding.vector, now)?,
            };
            break (embedding, found);
        };
        let (bodies, ranked): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        self.fetch(scope, &resident, &bodies)?;
        let opener = self.store.vault().opener(scope);
        let opener = opener.inspect_err(|_| self.residents.forget(scope.namespace()))?;
        let results = self.in_clear(scope, &opener, question, bodies, ranked)?;
        Ok(Recalled {
            results,
            query_tokens: embedding.tokens,
            windows: embedding.windows,
        })
    }

    /// What was found, in clear.
    fn in_clear(
        &self,
        scope: &Scope<Read>,
        opener: &Opener<'_>,
        #[cfg_attr(not(feature = "sabotage"), expect(unused, reason = "for a bug"))]
        question: &Question,
        bodies: Vec<(RecordId, Payload)>,
        ranked: Vec<Found>,
    ) -> Result<Vec<Recollection>, Error> {
        #[cfg(feature = "sabotage")]
        let bodies = sabotaged(question, bodies);
        let show = |((_, body), found): ((RecordId, Payload), Found)| {
            Ok(Recollection {
                memory: Memory {
                    content: self.open_content(scope, opener, &body)?,
                    facets: found.facets,
                },
                score: found.score,
                similarity: found.similarity,
                why: found.why,
            })
        };
        bodies.into_iter().zip(ranked).map(show).collect()
    }

    /// The vector of the question, by the model of the namespace's vectors.
    fn embedded(
        &self,
        scope: &Scope<Read>,
        resident: &Resident,
        question: &Question,
        now: Timestamp,
    ) -> Result<(Space, Embedding), Error> {
        let tenant = scope.address().tenant;
        let (text, held) = {
            let index = resident.index()?;
            let text = index.embedding_query(&question.query, now, &question.recipe);
            (text, resident.space(&index, now))
        };
        let space = match held {
            Some(space) => space,
            None => self.choice(tenant)?,
        };
        let text = Text {
            text: &text,
            vector: question.vector.as_ref(),
        };
        Ok((space, self.vector(scope, space, text)?))
    }
}

type Hit = ((RecordId, Payload), Found);

/// A hit that outlives the lock of the index.
struct Found {
    facets: Facets,
    score: f64,
    similarity: f64,
    why: Option<Why>,
}

/// What is found under the lock, each with its body, which is cheap to carry along; nothing is
/// opened before the lock is released.
fn searched(
    index: &Index<Payload>,
    question: &Question,
    vector: &[f32],
    now: Timestamp,
) -> Result<Vec<Hit>, Error> {
    let query = Query {
        text: &question.query,
        vector,
        limit: question.limit,
        threshold: question.threshold,
        filter: question.filter.as_ref(),
        now,
        recipe: &question.recipe,
        explain: question.explain,
    };
    let found = index.search(&query)?.into_iter().map(|hit| {
        let body = (hit.entry.facets.id, Arc::clone(&hit.entry.payload));
        let found = Found {
            facets: hit.entry.facets.clone(),
            score: hit.score,
            similarity: hit.similarity,
            why: hit.why,
        };
        (body, found)
    });
    Ok(found.collect())
}

/// What a cache of answers that knows no namespaces would leave of one.
#[cfg(feature = "sabotage")]
fn sabotaged<T>(question: &Question, mut found: Vec<T>) -> Vec<T> {
    if sabotage::is(Bug::SharedQueryCache) {
        let number = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
        let name = question.query.bytes().fold(7, number) | 1 << 63;
        let count = found.len() as u64 + 1;
        let first = sabotage::share(name, |known| if known == 0 { count } else { known });
        if first > 0 {
            found.truncate(usize::try_from(first - 1).unwrap_or(usize::MAX));
        }
    }
    found
}
