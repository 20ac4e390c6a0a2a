//! An embedder that sums a vector per word, and that tests can hold or make panic.

use std::sync::{Condvar, Mutex};

use anchorhold_embed::{Embedder, Embedding, Error};

const DIMENSION: usize = 32;
/// A text with this word is embedded when the test lets it.
pub(crate) const HELD: &str = "heldtext";
/// A text with this word makes the embedder panic.
pub(crate) const PANICS: &str = "panictext";

#[derive(Default)]
pub(crate) struct TestEmbedder {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    entered: usize,
    released: bool,
}

impl TestEmbedder {
    /// Waits until so many held texts have come.
    pub(crate) fn wait_for(&self, count: usize) {
        let state = self.state.lock().unwrap();
        let waited = self
            .changed
            .wait_while(state, |state| state.entered < count);
        drop(waited.unwrap());
    }

    /// How many held texts have come.
    pub(crate) fn held(&self) -> usize {
        self.state.lock().unwrap().entered
    }

    /// Lets all held texts go on, from now on.
    pub(crate) fn release(&self) {
        self.state.lock().unwrap().released = true;
        self.changed.notify_all();
    }

    fn hold(&self) {
        let mut state = self.state.lock().unwrap();
        state.entered += 1;
        self.changed.notify_all();
        let waited = self.changed.wait_while(state, |state| !state.released);
        drop(waited.unwrap());
    }
}

impl Embedder for TestEmbedder {
    fn model(&self) -> &'static str {
        "words/test"
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn embed(&self, text: &str) -> Result<Embedding, Error> {
        if text.contains(HELD) {
            self.hold();
        }
        assert!(!text.contains(PANICS), "a secret of the panic: {text}");
        let mut vector = vec![0.01_f32; DIMENSION];
        for word in text.split_whitespace() {
            let letters = word.bytes().fold(7_usize, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(usize::from(byte))
            });
            vector[letters % DIMENSION] += 1.0;
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        for value in &mut vector {
            *value /= length;
        }
        Ok(Embedding {
            vector,
            windows: text.len().div_ceil(1_000).max(1),
            tokens: text.split_whitespace().count(),
        })
    }
}
