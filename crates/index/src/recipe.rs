//! The fusion recipe: one weight or switch per step of the ranking.

/// The weights of every step; the default is the recipe of the design, and 0 switches a step off.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Weight of the normalised cosine.
    pub dense: f64,
    /// Weight of the normalised BM25 score.
    pub lexical: f64,
    /// Share of the previous turn's cosine that a turn gets.
    pub dense_previous: f64,
    /// Share of the next turn's cosine that a turn gets.
    pub dense_next: f64,
    /// Share of the previous turn's BM25 score that a turn gets.
    pub lexical_previous: f64,
    /// Share of the next turn's BM25 score that a turn gets.
    pub lexical_next: f64,
    /// Share of the best score of a conversation that each of its turns gets.
    pub session_best: f64,
    /// Share of the mean of the three best scores of a conversation that each of its turns gets.
    pub session_mean: f64,
    /// What is taken from a turn that asks a question.
    pub question: f64,
    /// What a turn of [`Self::LENGTH_WORDS`] words or more gets; shorter ones their part of it.
    pub length: f64,
    /// What a turn with words of time gets when the query asks when.
    pub temporal: f64,
    /// What an entry gets when the query names its speaker and no other known person.
    pub name: f64,
    /// What an entry gets whose text holds a rare code of the query, such as a number of an order:
    /// enough to be found whatever its vector says.
    pub exact: f64,
    /// Whether [`crate::Index::embedding_query`] takes known names out of the query.
    pub names_removed: bool,
}

/// One step of the recipe and how to switch it off, for a table by ablation.
pub type Step = (&'static str, fn(&mut Recipe));

impl Recipe {
    /// Words from which on a turn is not better for being longer.
    pub const LENGTH_WORDS: u16 = 40;

    /// Every step with the function that switches it off.
    pub const STEPS: [Step; 10] = [
        ("dense", |recipe| recipe.dense = 0.0),
        ("lexical", |recipe| recipe.lexical = 0.0),
        ("neighbours", |recipe| {
            recipe.dense_previous = 0.0;
            recipe.dense_next = 0.0;
            recipe.lexical_previous = 0.0;
            recipe.lexical_next = 0.0;
        }),
        ("session", |recipe| {
            recipe.session_best = 0.0;
            recipe.session_mean = 0.0;
        }),
        ("question", |recipe| recipe.question = 0.0),
        ("length", |recipe| recipe.length = 0.0),
        ("temporal", |recipe| recipe.temporal = 0.0),
        ("name", |recipe| recipe.name = 0.0),
        ("exact", |recipe| recipe.exact = 0.0),
        ("names_removed", |recipe| recipe.names_removed = false),
    ];
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            dense: 0.6,
            lexical: 0.4,
            dense_previous: 0.1,
            dense_next: 0.1,
            lexical_previous: 0.4,
            lexical_next: 0.2,
            session_best: 0.3,
            session_mean: 0.3,
            question: 0.2,
            length: 0.2,
            temporal: 0.15,
            name: 0.15,
            exact: 1.0,
            names_removed: true,
        }
    }
}
