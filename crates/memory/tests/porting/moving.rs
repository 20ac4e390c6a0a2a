//! Whatever was kept, changed and deleted: it answers with the same bits where it is imported.

use anchorhold_evidence::Proof;
use anchorhold_identity::{Erase, Missing, Read, Write};
use anchorhold_memory::{Exported, Question};
use anchorhold_model::{
    Changes, Content, Draft, Importance, Memory, MemoryType, Metadata, Place, RecordId, Timestamp,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};

use super::{export, import, listed, nth};
use crate::support::{Person, World, draft};

/// What somebody else keeps, in words that nobody else says.
const CANARY: &str = "canarybird";
const QUESTIONS: [&str; 4] = [
    "tea",
    "who drank the coffee with ann?",
    "ship harbor",
    "b c",
];

#[derive(Clone, Debug)]
enum Step {
    Keep(usize, Box<New>),
    Change(usize, usize, String),
    Delete(usize, usize),
    Advance(i64),
    Restart,
}

#[derive(Clone, Debug)]
struct New {
    text: String,
    kind: usize,
    importance: f64,
    tags: Vec<String>,
    metadata: Option<(String, f64)>,
    speaker: Option<String>,
    conversation: Option<String>,
    event_time: Option<i64>,
    ttl_seconds: Option<u64>,
}

/// Where alice keeps: her own namespace and three below it.
const PLACES: [&[(&str, &str)]; 4] = [
    &[],
    &[("x-anchorhold-workspace", "w")],
    &[("x-anchorhold-agent", "w")],
    &[
        ("x-anchorhold-workspace", "w"),
        ("x-anchorhold-thread", "t"),
    ],
];

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("tea"),
        Just("coffee"),
        Just("ship"),
        Just("harbor"),
        Just("Ann?"),
        Just("b"),
        Just("c"),
        Just("\u{fc}ber"),
        Just("\"x\\"),
        Just("\u{1f375}"),
        Just("line\nbreak"),
    ];
    prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "))
}

prop_compose! {
    fn new()(
        text in text(), kind in 0..4usize, importance in 0.0..=1.0f64,
        tags in prop::collection::vec("[a-c]{1,3}", 0..3),
        metadata in prop::option::of(("[a-z]{1,4}", prop::num::f64::NORMAL)),
        speaker in prop::option::of("ann|bo"), conversation in prop::option::of("s[12]"),
        event_time in prop::option::of(0..2_000_000_000_000i64),
        ttl_seconds in prop::option::weighted(0.2, 1..100u64),
    ) -> New {
        New {
            text, kind, importance, tags, metadata, speaker, conversation, event_time, ttl_seconds,
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..PLACES.len(), new()).prop_map(|(place, new)| Step::Keep(place, Box::new(new))),
        3 => (0..PLACES.len(), 0..8usize, text()).prop_map(|(p, w, text)| Step::Change(p, w, text)),
        2 => (0..PLACES.len(), 0..8usize).prop_map(|(place, which)| Step::Delete(place, which)),
        1 => (1..40i64).prop_map(Step::Advance),
        1 => Just(Step::Restart),
    ]
}

impl New {
    fn draft(&self) -> Draft {
        let metadata = self.metadata.iter().map(|(key, value)| {
            let value = serde_json::json!({"n": value});
            (key.clone(), value)
        });
        Draft {
            memory_type: MemoryType::ALL[self.kind],
            importance: Importance::new(self.importance).unwrap(),
            tags: self.tags.clone(),
            metadata: Metadata::new(metadata.collect()).unwrap(),
            speaker: self.speaker.clone(),
            conversation: self.conversation.clone(),
            event_time: self.event_time.map(Timestamp::from_milliseconds),
            ttl_seconds: self.ttl_seconds,
            ..draft(&self.text)
        }
    }
}

fn at(alice: &Person, place: usize) -> Person {
    let headers = PLACES[place].iter();
    headers.fold(alice.clone(), |person, (name, value)| {
        person.with_header(name, value)
    })
}

fn act(world: &World, alice: &Person, step: &Step) {
    match step {
        Step::Keep(place, new) => {
            let scope = world.scope(&at(alice, *place), Missing::Reserve).unwrap();
            world.engine.remember(&scope.unwrap(), new.draft()).unwrap();
        }
        Step::Change(place, which, text) => {
            let person = at(alice, *place);
            let Some(id) = nth(world, &person, *which) else {
                return;
            };
            let scope = world.scope::<Write>(&person, Missing::Empty).unwrap();
            let content = Some(Content::new(text.as_str()).unwrap());
            let changes = Changes {
                content,
                ..Changes::default()
            };
            let changed = world.engine.change(scope.as_ref(), id, changes, None);
            changed.unwrap();
        }
        Step::Delete(place, which) => {
            let person = at(alice, *place);
            if let Some(id) = nth(world, &person, *which) {
                let scope = world.scope::<Erase>(&person, Missing::Empty).unwrap();
                world.engine.delete(scope.as_ref(), id).unwrap();
            }
        }
        Step::Advance(seconds) => world.clock.advance(*seconds),
        Step::Restart => {}
    }
}

type Answer = Vec<(RecordId, u64, u64)>;

/// Everything a user can see: lists and answers, to the last bit.
fn seen(world: &World, alice: &Person) -> Vec<(Vec<Memory>, Vec<Answer>)> {
    let of_place = |place| {
        let scope = world
            .scope::<Read>(&at(alice, place), Missing::Empty)
            .unwrap();
        let answer = |question: &&str| {
            let recalled = world
                .engine
                .recall(scope.as_ref(), &Question::new(*question));
            let results = recalled.unwrap().results.into_iter();
            results
                .map(|hit| {
                    let (score, similarity) = (hit.score.to_bits(), hit.similarity.to_bits());
                    (hit.memory.facets.id, score, similarity)
                })
                .collect()
        };
        let answers = QUESTIONS.iter().map(answer).collect();
        (listed(world, scope.as_ref()), answers)
    };
    (0..PLACES.len()).map(of_place).collect()
}

fn same(one: &[(Place, Exported)], other: &[(Place, Exported)]) -> bool {
    let pairs = one.iter().zip(other);
    one.len() == other.len()
        && pairs.into_iter().all(|((place, a), (other, b))| {
            place == other && a.memory == b.memory && a.vector == b.vector
        })
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "the size of a proof")]
    let cases = std::env::var("ANCHORHOLD_PORT_CASES").ok();
    cases.map_or(24, |cases| cases.parse().unwrap())
}

#[test]
fn what_is_exported_and_imported_elsewhere_answers_with_the_same_bits() {
    let mut proof = Proof::new(
        "export",
        "import(export(x)) into an empty server gives equal lists, equal recall to the last bit and \
         an equal export; nothing of another user is in it",
        &["P20"],
        "ANCHORHOLD_PORT_CASES=500 cargo nextest run -p anchorhold-memory porting",
    );
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&anchorhold_evidence::seed(1).to_le_bytes());
    let config = Config {
        cases: cases(),
        max_shrink_iters: 60,
        ..Config::default()
    };
    let rng = TestRng::from_seed(config.rng_algorithm, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (mut cases, mut memories) = (0, 0);
    let counts = std::cell::RefCell::new((&mut cases, &mut memories));
    let strategy = (prop::collection::vec(step(), 1..40), any::<bool>());
    let ran = runner.run(&strategy, |(steps, with_vectors)| {
        let mut world = World::new();
        let mut application = world.application(&world.tenant("acme"));
        let (alice, bob) = (
            application.speaking_for("alice"),
            application.speaking_for("bob"),
        );
        world.keep(&bob, CANARY);
        world.keep(&at(&bob, 1), CANARY);
        for step in &steps {
            if matches!(step, Step::Restart) {
                world = world.restarted();
            }
            act(&world, &alice, step);
        }
        let exported = export(&world, &alice);
        prop_assert!(
            exported
                .iter()
                .all(|(_, one)| !one.memory.content.as_str().contains(CANARY))
        );
        let other = World::new();
        let moved = world.clock_difference(&other);
        other.clock.advance(moved);
        application = other.application(&other.tenant("acme"));
        let moved = application.speaking_for("alice");
        let counted = import(&other, &moved, &exported, with_vectors);
        prop_assert_eq!(counted, (exported.len(), 0));
        prop_assert!(seen(&world, &alice) == seen(&other, &moved));
        prop_assert!(same(&exported, &export(&other, &moved)));
        prop_assert_eq!(
            import(&other, &moved, &exported, with_vectors),
            (0, exported.len())
        );
        prop_assert!(same(&exported, &export(&other, &moved)));
        let mut counts = counts.borrow_mut();
        *counts.0 += 1;
        *counts.1 += u64::try_from(exported.len()).unwrap();
        Ok(())
    });
    let failed = ran.as_ref().err().map(ToString::to_string);
    proof.count("histories exported and imported", cases);
    proof.count("memories in them", memories);
    proof.violation("answers that differ", u64::from(failed.is_some()));
    proof.write().unwrap();
    assert_eq!(failed, None);
}
