//! Finds the memories that answer a question.

use anchorhold_identity::{Read, Scope};
use anchorhold_index::{Query, Recipe, Why};
use anchorhold_model::{Filter, Memory, limits};

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
            return Ok(Recalled {
                results: Vec::new(),
                query_tokens: 0,
                windows: 0,
            });
        };
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        let text = resident
            .index()?
            .embedding_query(&question.query, now, &question.recipe);
        let embedding = self.embedder.embed(&text)?;
        let query = Query {
            text: &question.query,
            vector: &embedding.vector,
            limit: question.limit,
            threshold: question.threshold,
            filter: question.filter.as_ref(),
            now,
            recipe: &question.recipe,
            explain: question.explain,
        };
        // The lock is released before anything is opened; a sealed body is cheap to carry along.
        let found: Vec<_> = {
            let index = resident.index()?;
            let hits = index.search(&query)?.into_iter();
            hits.map(|hit| {
                (
                    hit.entry.payload.clone(),
                    hit.score,
                    hit.similarity,
                    hit.why,
                )
            })
            .collect()
        };
        let open = |(sealed, score, similarity, why)| {
            let memory = self.open_memory(scope, &sealed)?;
            Ok(Recollection {
                memory,
                score,
                similarity,
                why,
            })
        };
        let results = found.into_iter().map(open).collect::<Result<_, Error>>()?;
        Ok(Recalled {
            results,
            query_tokens: embedding.tokens,
            windows: embedding.windows,
        })
    }
}
