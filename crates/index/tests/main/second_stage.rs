//! The second stage finds what ranking every entry finds, nearly always, and never what is hidden.

use anchorhold_index::{Index, Language, Quantized, Query, Recipe, Settings, Stage};
use anchorhold_model::{Filter, RecordId};
use serde_json::json;

use crate::support::{Memory, NOW};

const DIMENSION: usize = 128;
const ENTRIES: u64 = 4_000;
/// Words by which the entries of a subject find together.
const SUBJECTS: [&str; 20] = [
    "lantern", "harbour", "bread", "sails", "copper", "violin", "orchard", "ledger", "gull",
    "winter", "bridge", "pepper", "marble", "signal", "canvas", "anchor", "meadow", "thimble",
    "quarry", "ribbon",
];

fn word(subject: u64) -> &'static str {
    SUBJECTS.get(usize::try_from(subject).unwrap()).unwrap()
}

/// Numbers that look random and are the same in every run.
fn noise(seed: u64) -> f32 {
    let mixed = (seed ^ seed >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    f32::from(((mixed >> 40) & 0xff) as u8) / 127.5 - 1.0
}

/// A vector that is near to those of its subject.
fn vector(subject: u64, own: u64) -> Vec<f32> {
    let number = |place: u64| {
        noise(subject * 1_000_003 + place) + 0.8 * noise(own * 7_000_003 + place + 500)
    };
    (0..DIMENSION as u64).map(number).collect()
}

fn namespace(stage: Stage) -> Index<String> {
    namespace_of(stage, 0..ENTRIES)
}

fn namespace_of(stage: Stage, numbers: impl Iterator<Item = u64>) -> Index<String> {
    let settings = Settings {
        dimension: DIMENSION,
        language: Language::English,
    };
    let mut index = Index::with_stage(settings, stage);
    for number in numbers {
        let subject = number / 20 % 20;
        let word = word(subject);
        let mut memory = Memory::new(0, format!("the {word} of day {}", number % 97));
        memory.speaker = Some(if number % 2 == 0 { "Orlin" } else { "Maretta" });
        let mut entry = memory.entry(Language::English);
        entry.facets.id = RecordId::from_bytes(u128::from(number).to_be_bytes());
        entry.facets.ordinal = number;
        entry.facets.conversation = Some(format!("conversation {}", number / 20));
        entry.vector = Quantized::from_f32(&vector(subject, number));
        index.insert(entry).unwrap();
    }
    index
}

fn ask(index: &Index<String>, number: u64, filter: Option<&Filter>) -> Vec<u64> {
    let subject = number % 20;
    let text = format!("what of the {} on day {}?", word(subject), number % 97);
    let recipe = Recipe::default();
    let hits = index.search(&Query {
        text: &text,
        vector: &vector(subject, 1_000_000 + number),
        limit: 10,
        threshold: None,
        filter,
        now: NOW,
        recipe: &recipe,
        explain: false,
    });
    let ordinals = hits
        .unwrap()
        .into_iter()
        .map(|hit| hit.entry.facets.ordinal);
    ordinals.collect()
}

fn staged() -> Stage {
    Stage {
        above: 1_000,
        nearest: 300,
        ranked: 100,
        ..Stage::default()
    }
}

#[test]
fn nine_of_ten_results_are_those_of_ranking_every_entry() {
    let (exact, staged) = (namespace(Stage::default()), namespace(staged()));
    let mut same = 0;
    for number in 0..60 {
        let expected = ask(&exact, number, None);
        let found = ask(&staged, number, None);
        assert_eq!((expected.len(), found.len()), (10, 10));
        same += found.iter().filter(|one| expected.contains(one)).count();
    }
    assert!(same >= 540, "{same} of 600");
}

/// Half of each code is read of every entry, and the other half of few.
fn in_two_looks() -> Stage {
    Stage {
        head: 1,
        at_first: 500,
        at_first_share: 10,
        ..staged()
    }
}

#[test]
fn what_is_chosen_by_halves_of_codes_depends_on_no_order_of_writes() {
    let forwards = namespace(in_two_looks());
    let mut backwards = namespace_of(in_two_looks(), (0..ENTRIES + 900).rev());
    for number in ENTRIES..ENTRIES + 900 {
        let id = RecordId::from_bytes(u128::from(number).to_be_bytes());
        assert!(backwards.remove(&id).is_some());
    }
    let exact = namespace(Stage::default());
    let mut same = 0;
    for number in 0..60 {
        let found = ask(&forwards, number, None);
        assert_eq!(ask(&backwards, number, None), found);
        let expected = ask(&exact, number, None);
        same += found.iter().filter(|one| expected.contains(one)).count();
    }
    assert!(same >= 540, "{same} of 600");
}

#[test]
fn of_entries_that_are_all_alike_the_later_are_chosen() {
    let mut index = Index::with_stage(
        Settings {
            dimension: DIMENSION,
            language: Language::English,
        },
        in_two_looks(),
    );
    for number in (0..3_000).rev() {
        let mut entry = Memory::new(0, "the gull").entry(Language::English);
        entry.facets.id = RecordId::from_bytes(u128::from(number).to_be_bytes());
        entry.facets.ordinal = number;
        entry.vector = Quantized::from_f32(&vector(3, 3));
        index.insert(entry).unwrap();
    }
    let recipe = Recipe::default();
    let hits = index.search(&Query {
        text: "zq",
        vector: &vector(3, 3),
        limit: 10,
        threshold: None,
        filter: None,
        now: NOW,
        recipe: &recipe,
        explain: false,
    });
    let hits = hits.unwrap();
    let ordinals: Vec<u64> = hits.iter().map(|hit| hit.entry.facets.ordinal).collect();
    assert_eq!(ordinals, (2_990..3_000).rev().collect::<Vec<u64>>());
}

#[test]
fn a_hidden_entry_is_never_chosen_and_the_answer_is_full() {
    let index = namespace(staged());
    let filter = Filter::parse(&json!({"speaker": {"eq": "Orlin"}})).unwrap();
    for number in 0..20 {
        let found = ask(&index, number, Some(&filter));
        assert_eq!(found.len(), 10);
        assert!(found.iter().all(|ordinal| ordinal % 2 == 0));
    }
}

#[test]
fn where_few_may_be_found_each_of_them_is_ranked() {
    let (exact, staged) = (namespace(Stage::default()), namespace(staged()));
    let filter = json!({"conversation": {"in": ["conversation 3", "conversation 23"]}});
    let filter = Filter::parse(&filter).unwrap();
    for number in 0..20 {
        let expected = ask(&exact, number, Some(&filter));
        assert_eq!(ask(&staged, number, Some(&filter)), expected);
        assert_eq!(expected.len(), 10);
    }
}

#[test]
fn a_rare_code_is_found_among_many_though_its_vector_is_the_farthest() {
    let mut index = namespace(staged());
    let mut memory = Memory::new(0, "the parcel is XK-4410");
    memory.ordinal = ENTRIES;
    let mut entry = memory.entry(Language::English);
    entry.facets.id = RecordId::from_bytes([9; 16]);
    let away: Vec<f32> = vector(0, 1_000_000).iter().map(|number| -number).collect();
    entry.vector = Quantized::from_f32(&away);
    index.insert(entry).unwrap();
    let recipe = Recipe::default();
    let hits = index.search(&Query {
        text: "what became of XK-4410?",
        vector: &vector(0, 1_000_000),
        limit: 3,
        threshold: Some(0.9),
        filter: None,
        now: NOW,
        recipe: &recipe,
        explain: true,
    });
    let hits = hits.unwrap();
    assert_eq!(hits.first().unwrap().entry.payload, "the parcel is XK-4410");
    assert!(hits.first().unwrap().why.unwrap().rare_term);
}

#[test]
fn an_index_that_shrinks_below_the_threshold_answers_as_one_that_never_grew() {
    let mut shrunk = namespace(staged());
    let kept = |ordinal: u64| ordinal.is_multiple_of(9);
    for number in (0..ENTRIES).filter(|&number| !kept(number)) {
        let id = RecordId::from_bytes(u128::from(number).to_be_bytes());
        assert!(shrunk.remove(&id).is_some());
    }
    let mut small = Index::with_stage(shrunk.settings(), staged());
    for number in (0..ENTRIES).filter(|&number| kept(number)) {
        let id = RecordId::from_bytes(u128::from(number).to_be_bytes());
        small.insert(shrunk.entry(&id).unwrap()).unwrap();
    }
    assert_eq!(shrunk.len(), 445);
    assert_eq!(shrunk.bytes(), small.bytes());
    for number in 0..20 {
        assert_eq!(ask(&shrunk, number, None), ask(&small, number, None));
    }
}
