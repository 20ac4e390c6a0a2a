//! A filter decides before anything is ranked: nothing excluded is seen, and the answer is full.

use anchorhold_index::Language;
use anchorhold_model::Filter;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Memory, index, index_in, question};

fn orlin() -> Filter {
    Filter::parse(&json!({"speaker": {"eq": "Orlin"}})).unwrap()
}

proptest! {
    #[test]
    fn no_excluded_entry_is_ever_seen_and_the_answer_is_full(
        said in proptest::collection::vec((any::<bool>(), -1.0_f32..1.0), 0..40),
        limit in 0_usize..30,
    ) {
        let memory = |(id, &(by_orlin, x)): (u8, &(bool, f32))| {
            let speaker = if by_orlin { "Orlin" } else { "Maretta" };
            let text = if by_orlin { "a lantern" } else { "the lantern, the lantern!" };
            Memory::new(id, text).said_by(speaker).within("noon").vector([x, 1.0, 0.0, 0.0])
        };
        let index = index(&(0..).zip(&said).map(memory).collect::<Vec<_>>());
        let filter = orlin();
        let mut question = question("lantern");
        question.vector = vec![-1.0, 0.2, 0.0, 0.0];
        (question.filter, question.limit) = (Some(&filter), limit);
        let hits = question.ask(&index);
        let matching = said.iter().filter(|(by_orlin, _)| *by_orlin).count();
        prop_assert_eq!(hits.len(), matching.min(limit));
        for hit in &hits {
            prop_assert_eq!(hit.entry.facets.speaker.as_deref(), Some("Orlin"));
        }
        prop_assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    }
}

#[test]
fn what_an_excluded_turn_says_moves_no_score() {
    let turn = |id, text: &str| Memory::new(id, text).within("noon");
    let with = |excluded: &str, vector: [f32; 4]| {
        let memories = [
            turn(1, "we bought bread")
                .said_by("Orlin")
                .vector([0.4, 1.0, 0.0, 0.0]),
            turn(4, "sails")
                .said_by("Orlin")
                .vector([-0.2, 1.0, 0.0, 0.0]),
            turn(2, excluded).said_by("Maretta").vector(vector),
            turn(3, "green, with a brass handle").said_by("Orlin"),
        ];
        let (index, filter) = (index(&memories), orlin());
        let mut question = question("brass");
        question.filter = Some(&filter);
        question.vector = vec![1.0, 0.0, 0.0, 0.0];
        let hits = question.ask(&index);
        hits.iter()
            .map(|hit| (hit.entry.facets.id, hit.score.to_bits()))
            .collect::<Vec<_>>()
    };
    // The same number of words, none of the query's: the namespace's statistics are the same too.
    let near = with("which lantern colour", [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(near, with("seven quiet gulls", [-1.0, 0.0, 0.0, 0.0]));
    assert_eq!(near.len(), 3);
}

#[test]
fn without_any_evidence_the_later_memory_comes_first() {
    let memories: Vec<_> = (0..5).map(|id| Memory::new(id, "a harbour")).collect();
    assert_eq!(question("lantern").ids(&index(&memories)), [4, 3, 2, 1, 0]);
}

#[test]
fn among_equal_scores_and_ordinals_the_smaller_id_comes_first() {
    let memory = |id| Memory {
        ordinal: 7,
        ..Memory::new(id, "a harbour")
    };
    let memories = [memory(3), memory(1), memory(2)];
    assert_eq!(question("harbour").ids(&index(&memories)), [1, 2, 3]);
}

#[test]
fn an_empty_index_answers_nothing() {
    for language in Language::ALL {
        assert!(question("lantern").ask(&index_in(language, &[])).is_empty());
    }
}
