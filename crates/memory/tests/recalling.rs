//! Recall: limits, thresholds, filters, rare words, reasons.

use anchorhold_identity::{Missing, Read, Write};
use anchorhold_memory::Question;
use anchorhold_model::Filter;

use crate::support::{World, draft};

#[test]
fn an_irrelevant_question_finds_nothing_above_the_threshold_and_a_rare_word_does() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    for number in 0..40 {
        world.keep(
            &alice,
            &format!("we talked about gardens and rivers on day {number}"),
        );
    }
    world.keep(
        &alice,
        "the parcel number is KX20417 and it arrives whenever it wants to arrive",
    );
    let scope = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    let ask = |query: &str| {
        let question = Question {
            threshold: Some(0.5),
            ..Question::new(query)
        };
        world
            .engine
            .recall(scope.as_ref(), &question)
            .unwrap()
            .results
    };
    assert!(ask("quantum chromodynamics lattice").is_empty());
    let found = ask("KX20417");
    assert_eq!(found.len(), 1, "an exact rare word passes");
    assert!(found[0].memory.content.as_str().contains("KX20417"));
}

#[test]
fn filters_apply_before_the_best_are_chosen() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    for number in 0..60 {
        let mut near = draft(&format!("rivers and gardens {number}"));
        near.tags = vec!["near".to_owned()];
        world.engine.remember(&scope, near).unwrap();
        let mut far = draft(&format!("accounting and taxes {number}"));
        far.tags = vec!["far".to_owned()];
        world.engine.remember(&scope, far).unwrap();
    }
    let filter = Filter::parse(&serde_json::json!({"tags": {"eq": "far"}})).unwrap();
    let question = Question {
        filter: Some(filter),
        limit: 50,
        explain: true,
        ..Question::new("rivers and gardens")
    };
    let found = world
        .engine
        .recall(Some(&scope.narrow()), &question)
        .unwrap()
        .results;
    assert_eq!(found.len(), 50, "full with what is allowed");
    for hit in &found {
        assert_eq!(hit.memory.facets.tags, ["far"]);
        assert!(hit.why.is_some() && (0.0..=1.0).contains(&hit.similarity));
    }
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn an_answer_is_a_function_of_the_live_memories_not_of_their_history() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    for number in 0..50 {
        let kept = world.keep(
            &alice,
            &format!("note about {} number {number}", number % 7),
        );
        if number % 3 == 0 {
            let scope = world.scope(&alice, Missing::Empty).unwrap();
            world.engine.delete(scope.as_ref(), kept.facets.id).unwrap();
        }
    }
    let answer = |world: &World| {
        let scope = world.scope::<Read>(&alice, Missing::Empty).unwrap();
        let found = world
            .engine
            .recall(scope.as_ref(), &Question::new("about 3"))
            .unwrap()
            .results;
        let bits = |hit: &anchorhold_memory::Recollection| {
            (
                hit.memory.facets.id,
                hit.score.to_bits(),
                hit.similarity.to_bits(),
            )
        };
        found.iter().map(bits).collect::<Vec<_>>()
    };
    let before = answer(&world);
    let world = world.restarted();
    assert_eq!(
        answer(&world),
        before,
        "equal to the last bit after a cold open"
    );
}
