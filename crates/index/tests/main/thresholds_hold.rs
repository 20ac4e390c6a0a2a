//! A threshold is on similarity; only an exact hit of a rare term passes below it.

use crate::support::{Memory, index, question};

const AWAY: [f32; 4] = [0.0, 1.0, 0.0, 0.0];

/// Many memories that the query's vector is nearer to than to number 200.
fn namespace(needle: &str) -> Vec<Memory> {
    let place = |id| if id % 2 == 0 { "harbour" } else { "market" };
    let memory = |id| {
        let text = format!(
            "we walked to the {} and bought bread on day {id}",
            place(id)
        );
        Memory::new(id, text).vector([0.5, 1.0, 0.0, 0.0])
    };
    let mut memories: Vec<_> = (0..150).map(memory).collect();
    memories.push(Memory::new(200, needle).vector(AWAY));
    memories
}

fn found(needle: &str, query: &str) -> Vec<u8> {
    let mut question = question(query);
    question.vector = vec![1.0, 0.0, 0.0, 0.0];
    question.threshold = Some(0.5);
    question.ids(&index(&namespace(needle)))
}

#[test]
fn a_rare_token_is_found_first_though_its_vector_is_the_farthest() {
    let index = index(&namespace("the parcel is XK-4410"));
    for query in ["XK-4410", "where is xk-4410 now?"] {
        let mut question = question(query);
        question.vector = vec![1.0, 0.0, 0.0, 0.0];
        let hits = question.ask(&index);
        assert_eq!(hits.first().unwrap().entry.payload, "the parcel is XK-4410");
        assert!(hits.first().unwrap().similarity < hits.last().unwrap().similarity);
        assert!(hits.first().unwrap().why.unwrap().rare_term);
    }
}

#[test]
fn a_code_passes_any_threshold() {
    assert_eq!(found("the parcel is XK-4410", "XK-4410"), [200]);
    assert_eq!(
        found("the parcel is XK-4410", "what became of XK-4410 last week?"),
        [200]
    );
}

#[test]
fn a_rare_word_passes_when_it_is_what_the_query_is_about() {
    assert_eq!(found("Quixotl has two keys", "Quixotl"), [200]);
    assert_eq!(
        found("Quixotl has two keys", "tell me: where is the Quixotl?"),
        [200]
    );
}

#[test]
fn one_common_or_accidental_word_passes_no_threshold() {
    // In half of all memories: not rare.
    assert_eq!(found("a harbour", "harbour"), [0_u8; 0]);
    // Rare, and one of five words.
    let query = "which recipe has the best chocolate cake with walnuts";
    assert_eq!(found("the best of all keys", query), [0_u8; 0]);
    // A small number is no code.
    assert_eq!(
        found("we have 7 keys", "which 7 countries touch the ocean"),
        [0_u8; 0]
    );
}

#[test]
fn an_irrelevant_query_returns_nothing() {
    assert_eq!(
        found("Quixotl has two keys", "quantum chromodynamics"),
        [0_u8; 0]
    );
    assert_eq!(found("Quixotl has two keys", "how is it?"), [0_u8; 0]);
}

#[test]
fn date_and_speaker_before_the_text_are_no_evidence() {
    let mut memory = Memory::new(1, "we have two keys")
        .said_by("Maretta")
        .vector(AWAY);
    memory.event_time = Some(crate::support::NOW);
    let index = index(&[memory, Memory::new(2, "a harbour").vector(AWAY)]);
    for query in ["November 2023", "2023", "Maretta"] {
        let mut question = question(query);
        question.vector = vec![1.0, 0.0, 0.0, 0.0];
        question.threshold = Some(0.5);
        assert_eq!(question.ids(&index), [0_u8; 0], "{query}");
    }
}

#[test]
fn similarity_is_the_cosine_and_never_negative() {
    let memories = [
        Memory::new(1, "same").vector([3.0, 4.0, 0.0, 0.0]),
        Memory::new(2, "opposite").vector([-0.6, -0.8, 0.0, 0.0]),
        Memory::new(3, "none"),
    ];
    let index = index(&memories);
    let mut question = question("");
    question.vector = vec![0.6, 0.8, 0.0, 0.0];
    for hit in question.ask(&index) {
        let expected = if hit.entry.payload == "same" {
            1.0
        } else {
            0.0
        };
        assert!(
            (hit.similarity - expected).abs() < 1e-9,
            "{}",
            hit.entry.payload
        );
    }
    question.threshold = Some(0.99);
    assert_eq!(question.ids(&index), [1]);
}
