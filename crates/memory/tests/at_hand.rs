//! Recall from memory alone: the answer that recall gives, or none.

use anchorhold_identity::{Missing, Read, Scope};
use anchorhold_memory::{Question, Recalled};
use anchorhold_model::{Draft, Filter, Vector};
use serde_json::json;

use crate::embedding::{caller, with};
use crate::support::{Person, World, draft};

const NUMBERS: usize = 8;

fn vector(seed: usize) -> Vector {
    let number = |at: usize| f32::from(u8::try_from((seed * 31 + at * 17) % 23).unwrap()) - 11.5;
    Vector::new((0..NUMBERS).map(number).collect()).unwrap()
}

/// Somebody whose application brings the vectors of 140 memories.
fn world() -> (World, Person) {
    let world = World::new();
    let tenant = world.tenant_with("acme", with(caller(NUMBERS)));
    let alice = world.user(&tenant, "alice");
    let scope = world.scope(&alice, Missing::Reserve).unwrap().unwrap();
    let memory = |number: usize| Draft {
        vector: Some(vector(number)),
        tags: vec![format!("tag{}", number % 3)],
        speaker: (number.is_multiple_of(2)).then(|| "Maria".to_owned()),
        conversation: (number > 40).then(|| "second".to_owned()),
        ..draft(&format!("memory {number} of tea and code A-{number}"))
    };
    // Two spans that are covered by extracts, and some that are not.
    let drafts: Vec<_> = (0..140).map(memory).collect();
    for drafts in drafts.chunks(70) {
        for kept in world.engine.remember_batch(&scope, drafts.to_vec()) {
            kept.unwrap();
        }
    }
    (world, alice)
}

fn scope(world: &World, person: &Person) -> Scope<Read> {
    world.scope(person, Missing::Empty).unwrap().unwrap()
}

fn question(seed: usize) -> Question {
    Question {
        vector: Some(vector(seed * 7 + 3)),
        limit: 1 + seed % 25,
        threshold: (seed.is_multiple_of(3)).then_some(0.2),
        explain: seed.is_multiple_of(5),
        ..Question::new(["tea", "What did Maria say?", "A-7", "zq"][seed % 4])
    }
}

/// Everything that an answer says.
fn told(recalled: &Recalled) -> String {
    let hits = recalled.results.iter().map(|hit| {
        let facets = &hit.memory.facets;
        format!(
            "{} {} {} {:?} {:?} {:?} {} {} {:?}",
            facets.id,
            facets.version,
            hit.memory.content.as_str(),
            facets.tags,
            facets.speaker,
            facets.conversation,
            hit.score.to_bits(),
            hit.similarity.to_bits(),
            hit.why,
        )
    });
    let hits: Vec<_> = hits.collect();
    format!("{hits:#?} {} {}", recalled.query_tokens, recalled.windows)
}

fn at_hand(world: &World, person: &Person, question: &Question) -> Option<String> {
    let scope = scope(world, person);
    let answer = world.engine.recall_at_hand(Some(&scope), question)?;
    Some(told(&answer.unwrap()))
}

fn waited_for(world: &World, person: &Person, question: &Question) -> String {
    let scope = scope(world, person);
    told(&world.engine.recall(Some(&scope), question).unwrap())
}

#[test]
fn an_answer_at_hand_is_the_answer_that_is_waited_for() {
    let (world, alice) = world();
    for seed in 0..60 {
        let question = question(seed);
        let answer = at_hand(&world, &alice, &question).expect("everything is in memory");
        assert_eq!(answer, waited_for(&world, &alice, &question), "{seed}");
    }
}

#[test]
fn what_is_not_in_memory_yet_is_not_answered_at_hand() {
    let (world, alice) = world();
    let world = world.restarted();
    let question = question(1);
    assert_eq!(at_hand(&world, &alice, &question), None, "no namespace");
    let one = Question {
        limit: 1,
        ..question.clone()
    };
    let first = waited_for(&world, &alice, &one);
    assert_eq!(at_hand(&world, &alice, &one), Some(first));
    let more = Question {
        limit: 20,
        ..question
    };
    assert_eq!(at_hand(&world, &alice, &more), None, "bodies are missing");
    let all = waited_for(&world, &alice, &more);
    assert_eq!(at_hand(&world, &alice, &more), Some(all));
}

#[test]
fn what_takes_long_or_is_refused_is_not_answered_at_hand() {
    let (world, alice) = world();
    let bare = Question::new("tea");
    let of_another_length = Question {
        vector: Some(Vector::new(vec![1.0; NUMBERS + 1]).unwrap()),
        ..Question::new("tea")
    };
    let filter = json!({"tags": {"any": ["tag1"]}});
    let filtered = Question {
        filter: Some(Filter::parse(&filter).unwrap()),
        ..question(1)
    };
    let long = Question {
        vector: Some(vector(1)),
        ..Question::new("tea ".repeat(300))
    };
    for question in [bare, of_another_length, filtered, long] {
        assert_eq!(at_hand(&world, &alice, &question), None);
    }
    let house = world.tenant("house");
    let bob = world.user(&house, "bob");
    world.keep(&bob, "tea");
    assert_eq!(
        at_hand(&world, &bob, &question(1)),
        None,
        "made by the house"
    );
    let large = Draft {
        vector: Some(vector(200)),
        ..draft(&"tea ".repeat(16_000))
    };
    let write = world.scope(&alice, Missing::Reserve).unwrap().unwrap();
    for _ in 0..3 {
        world.engine.remember(&write, large.clone()).unwrap();
    }
    let near_large = Question {
        vector: Some(vector(200)),
        ..Question::new("zq")
    };
    assert_eq!(at_hand(&world, &alice, &near_large), None, "many bytes");
    assert!(waited_for(&world, &alice, &near_large).contains("tea tea"));
}

#[test]
fn a_namespace_that_was_erased_is_not_answered_at_hand() {
    let (world, alice) = world();
    let before = scope(&world, &alice);
    let question = question(1);
    assert!(at_hand(&world, &alice, &question).is_some());
    world.erase(&alice, None).ok().unwrap();
    let answer = world.engine.recall_at_hand(Some(&before), &question);
    assert!(answer.is_none(), "by a scope from before");
}
