//! Each step of the recipe does what it says, has its switch, and tells its share.

use anchorhold_index::{Error, Query, Recipe};

use crate::support::{Memory, NOW, Question, index, question};

fn conversation() -> Vec<Memory> {
    let turn = |id, text: &str, x: f32| {
        let speaker = if id % 2 == 0 { "Ada" } else { "Orlin" };
        Memory::new(id, text)
            .said_by(speaker)
            .within("noon")
            .vector([x, 1.0, 0.0, 0.0])
    };
    vec![
        turn(0, "Good morning to you", -0.4),
        turn(1, "Which lantern did you buy?", 0.4),
        turn(2, "Last week I found one in green with a brass handle", 0.1),
        turn(3, "How nice, the BX-2000", 0.0),
        turn(4, "The weather is fine", 0.2).within("night"),
        Memory::new(5, "gulls are loud").vector([0.3, 0.2, 0.0, 0.0]),
    ]
}

fn asked(recipe: Recipe) -> Question<'static> {
    let mut question = question("When did Ada buy the lantern BX-2000?");
    question.vector = vec![1.0, 0.5, 0.0, 0.0];
    question.recipe = recipe;
    question
}

#[test]
fn an_answer_is_lifted_by_the_question_before_it() {
    let turn = |id, text| Memory::new(id, text).within("noon");
    let index = index(&[
        turn(1, "Which lantern did you buy?"),
        turn(2, "The green, brass handle"),
        turn(3, "The gulls, loud gulls"),
    ]);
    let mut question = question("lantern");
    assert_eq!(question.ids(&index), [1, 2, 3]);
    let neighbours = Recipe::STEPS.iter().find(|step| step.0 == "neighbours");
    neighbours.unwrap().1(&mut question.recipe);
    assert_eq!(question.ids(&index), [1, 3, 2]);
}

#[test]
fn shares_add_up_to_the_score() {
    for hit in asked(Recipe::default()).ask(&index(&conversation())) {
        let why = hit.why.unwrap();
        let sum = why.dense
            + why.lexical
            + why.neighbours
            + why.session
            + why.priors
            + why.name
            + why.exact;
        assert!((sum - hit.score).abs() < 1e-12);
    }
}

#[test]
fn every_step_has_a_switch_that_changes_the_answer() {
    let index = index(&conversation());
    let scores = |recipe: &Recipe| {
        let hits = asked(recipe.clone()).ask(&index);
        let query = index.embedding_query("When did Ada buy the lantern BX-2000?", NOW, recipe);
        let mut scores: Vec<_> = hits
            .iter()
            .map(|hit| (hit.entry.facets.ordinal, hit.score.to_bits()))
            .collect();
        scores.sort_unstable();
        (scores, query)
    };
    let all = scores(&Recipe::default());
    for (name, switch_off) in Recipe::STEPS {
        let mut recipe = Recipe::default();
        switch_off(&mut recipe);
        assert_ne!(scores(&recipe), all, "{name}");
        let once = recipe.clone();
        switch_off(&mut recipe);
        assert_eq!(recipe, once, "{name}");
    }
}

#[test]
fn priors_read_the_turn() {
    let index = index(&conversation());
    let hits = asked(Recipe::default()).ask(&index);
    let prior = |ordinal| {
        let mut hits = hits.iter();
        hits.find(|hit| hit.entry.facets.ordinal == ordinal)
            .unwrap()
            .why
            .unwrap()
            .priors
    };
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    // Five words and a question; eleven words with a time; no turn at all.
    assert!(close(prior(1), 0.2 * 5.0 / 40.0 - 0.2));
    assert!(close(prior(2), 0.2 * 11.0 / 40.0 + 0.15));
    assert!(close(prior(5), 0.1));
}

#[test]
fn dates_are_found_by_their_words() {
    let mut memories: Vec<_> = (0..6).map(|id| Memory::new(id, "a harbour")).collect();
    for (memory, month) in memories.iter_mut().zip(1_i64..) {
        let day = 86_400_000;
        memory.event_time = Some(anchorhold_model::Timestamp::from_milliseconds(
            month * 30 * day,
        ));
    }
    // Thirty days times four after the first of January 1970: the first of May.
    assert_eq!(
        question("what happened on 1 May 1970")
            .ids(&index(&memories))
            .first(),
        Some(&3)
    );
    assert_eq!(
        question("in March").ids(&index(&memories)).first(),
        Some(&1)
    );
}

#[test]
fn a_vector_of_another_dimension_is_a_typed_error() {
    let mut index = index(&[]);
    let wrong = Error::Dimension {
        expected: 4,
        found: 3,
    };
    let recipe = Recipe::default();
    let query = Query {
        text: "lantern",
        vector: &[0.0; 3],
        limit: 10,
        threshold: None,
        filter: None,
        now: NOW,
        recipe: &recipe,
        explain: false,
    };
    assert_eq!(index.search(&query).unwrap_err(), wrong);
    let mut memory = Memory::new(1, "a harbour");
    memory.vector = vec![1.0; 3];
    let entry = memory.entry(anchorhold_index::Language::English);
    assert_eq!(index.insert(entry).unwrap_err(), wrong);
    assert!(index.is_empty());
}
