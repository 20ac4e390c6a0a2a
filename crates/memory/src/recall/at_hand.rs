//! Recall from memory alone, for who may not wait: a door's own thread. It gives the answer that
//! `recall` would give, or none.

use anchorhold_identity::{Read, Scope};
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};
use anchorhold_model::{RecordId, Vector};

use super::{Question, Recalled, searched};
use crate::body::{Body, Payload};
use crate::{Engine, Error};

/// Memories that are ranked in less time than it takes to go to another thread and back.
const ENTRIES_MAX: usize = 4_096;
/// Bytes of a question that is taken apart in such a time.
const QUERY_BYTES_MAX: usize = 1_024;
/// Entries times what one of them costs: its numbers by 64, and one for each word of the question.
/// About a millisecond; what a thread of a door gives to one caller before it looks at the others.
const WORK_MAX: usize = 65_536;
/// Results that are looked at in such a time.
const RESULTS_MAX: usize = 50;
/// Bytes of results that are opened in such a time.
const BODY_BYTES_MAX: usize = 131_072;

impl Engine {
    /// Answers if nothing has to be waited for: the namespace is in memory with what is found and
    /// is not large, nobody writes into it just now, and the caller brings the vector. Otherwise
    /// `None`, and [`Self::recall`] is to be asked.
    pub fn recall_at_hand(
        &self,
        scope: Option<&Scope<Read>>,
        question: &Question,
    ) -> Option<Result<Recalled, Error>> {
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::ResidentWithoutNamespace) {
            return None;
        }
        let vector = question.vector.as_ref().map(Vector::numbers)?;
        // The first filter on a field makes its column.
        if question.query.len() > QUERY_BYTES_MAX
            || question.filter.is_some()
            || question.limit > RESULTS_MAX
        {
            return None;
        }
        let scope = scope?;
        if scope.actor().is_guest() {
            // What they read is written down, which may have to be waited for.
            return None;
        }
        let now = self.clock.now();
        #[cfg(feature = "sabotage")]
        let now = if sabotage::is(Bug::ExpiredAtHand) {
            anchorhold_model::Timestamp::from_milliseconds(0)
        } else {
            now
        };
        let resident = self.residents.at_hand(scope.namespace())?;
        let index = resident.index_at_hand()?;
        let is_callers = |space| self.embedders.is_caller(space);
        if index.len() > ENTRIES_MAX || work(index.len(), vector, &question.query) > WORK_MAX {
            return None;
        }
        if !resident.space(&index, now).is_some_and(is_callers) {
            return None;
        }
        // A vector of another dimension is refused by the other way, in its words.
        let found = searched(&index, question, vector, now).ok()?;
        drop(index);
        let (bodies, ranked): (Vec<(RecordId, Payload)>, Vec<_>) = found.into_iter().unzip();
        let is_in_memory = |(_, body): &(_, Payload)| body.is_in_memory();
        let bytes: usize = bodies.iter().map(|(_, body)| Body::bytes(body)).sum();
        if !bodies.iter().all(is_in_memory) || bytes > BODY_BYTES_MAX {
            return None;
        }
        let opener = self.store.vault().opener_at_hand(scope)?;
        let results = self.in_clear(scope, &opener, question, bodies, ranked);
        Some(results.map(|results| Recalled {
            results,
            query_tokens: 0,
            #[cfg(feature = "sabotage")]
            windows: usize::from(!sabotage::is(Bug::AnswerTellsResidence)),
            #[cfg(not(feature = "sabotage"))]
            windows: 1,
        }))
    }
}

/// What a search costs at most, told from the question alone.
fn work(entries: usize, vector: &[f32], query: &str) -> usize {
    // Whatever may end a word; a character of a script without spaces is one or two words and has
    // three bytes.
    let ends = query.bytes().filter(|byte| !byte.is_ascii_alphanumeric());
    let words = ends.count() + 1;
    entries.saturating_mul(vector.len().div_ceil(64) + words)
}

#[cfg(test)]
mod tests {
    use super::{WORK_MAX, work};

    #[test]
    fn what_takes_long_is_no_work_for_a_thread_that_others_need() {
        let question = "What did Ann say about the boat in the old harbour?";
        assert!(work(2_000, &[0.0; 384], question) <= WORK_MAX);
        assert!(work(4_096, &[0.0; 384], "the boat") <= WORK_MAX);
        // A long vector, many words with and without spaces between them.
        assert!(work(4_096, &[0.0; 4_096], "the boat") > WORK_MAX);
        assert!(work(4_096, &[0.0; 384], &"ab ".repeat(341)) > WORK_MAX);
        assert!(work(4_096, &[0.0; 384], &"\u{8239}".repeat(341)) > WORK_MAX);
        assert!(work(0, &[], "") <= WORK_MAX);
    }
}
