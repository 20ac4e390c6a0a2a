//! Names of speakers are not embedded, whoever asks and however they are written.

use anchorhold_index::Recipe;
use anchorhold_model::Timestamp;

use crate::support::{Memory, NOW, id, index, question};

fn embedded(query: &str) -> String {
    let speakers = ["Ada", "Mary Ann", "user", "Zoë", "A"];
    let memory = |(id, &speaker)| Memory::new(id, "a harbour").said_by(speaker);
    let memories: Vec<_> = (0..).zip(&speakers).map(memory).collect();
    index(&memories).embedding_query(query, NOW, &Recipe::default())
}

#[test]
fn names_go_in_either_case_with_a_possessive_and_as_whole_words() {
    assert_eq!(embedded("What did Ada bake?"), "What did bake?");
    assert_eq!(
        embedded("what is ADA's favourite boat"),
        "what is favourite boat"
    );
    assert_eq!(embedded("what is ada’s boat"), "what is boat");
    assert_eq!(embedded("did Zoë meet mary ann?"), "did meet ?");
    assert_eq!(
        embedded("Adage and Adam, Mary and Ann"),
        "Adage and Adam, Mary and Ann"
    );
}

#[test]
fn roles_and_letters_are_no_names() {
    assert_eq!(
        embedded("What did the user bake on a boat?"),
        "What did the user bake on a boat?"
    );
}

#[test]
fn a_query_that_is_a_name_alone_stays_whole() {
    for query in ["Ada", "Ada's", "Who is Ada?", "Ada & Mary Ann", "", "?!"] {
        assert_eq!(embedded(query), query);
    }
}

#[test]
fn a_name_is_known_as_long_as_its_speaker_has_live_entries() {
    let mut expiring = Memory::new(2, "sails").said_by("Orlin");
    expiring.expires_at = Some(NOW);
    let mut index = index(&[Memory::new(1, "a harbour").said_by("Ada"), expiring]);
    let recipe = Recipe::default();
    let before = Timestamp::from_milliseconds(NOW.milliseconds() - 1);
    assert_eq!(
        index.embedding_query("Ada or Orlin sails", before, &recipe),
        "or sails"
    );
    assert_eq!(
        index.embedding_query("Ada or Orlin sails", NOW, &recipe),
        "or Orlin sails"
    );
    index.remove(&id(1));
    assert_eq!(
        index.embedding_query("Ada sails", NOW, &recipe),
        "Ada sails"
    );
}

#[test]
fn the_one_person_named_is_preferred_and_two_are_not() {
    let memories = [
        Memory::new(1, "a harbour").said_by("Ada"),
        Memory::new(2, "a harbour").said_by("Orlin"),
    ];
    let index = index(&memories);
    let is_preferred = |query| {
        let hits = question(query).ask(&index);
        let has_bonus = |speaker: &str| {
            let mut hits = hits.iter();
            let hit = hits.find(|hit| hit.entry.facets.speaker.as_deref() == Some(speaker));
            hit.unwrap().why.unwrap().name > 0.0
        };
        [has_bonus("Ada"), has_bonus("Orlin")]
    };
    assert_eq!(is_preferred("which harbour was Ada’s?"), [true, false]);
    assert_eq!(
        is_preferred("which harbour did Ada show to Orlin?"),
        [false, false]
    );
    assert_eq!(is_preferred("which harbour?"), [false, false]);
}
