//! Keys that an issuer publishes, whatever happens in whatever order: what is always true of a cache.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anchorhold_identity::{Fetching, JwksCache, Wanted};
use anchorhold_model::limits::{JWKS_FRESH, JWKS_STALE_MAX, JWKS_WINDOW};
use anchorhold_model::{Clock as _, Fetch, FetchProblem};
use proptest::prelude::*;

use crate::library::{Hand, Key, document, issuer};

const KIDS: [&str; 4] = ["a", "b", "c", "d"];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// So many seconds pass.
    Pass(u64),
    /// From now on the issuer publishes the keys of which this is true, or does not answer.
    Publish(Option<[bool; 4]>),
    /// A token that names one of the keys, or none of them, comes.
    Token(Option<&'static str>, Fetching),
}

fn step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![1_u64..40, 1_u64..700, 1_u64..4_000];
    let kid = prop::option::weighted(0.9, prop::sample::select(KIDS.to_vec()));
    let fetching = prop_oneof![
        4 => Just(Fetching::Now),
        1 => Just(Fetching::Elsewhere),
        1 => Just(Fetching::Never),
    ];
    prop_oneof![
        2 => seconds.prop_map(Step::Pass),
        1 => any::<Option<[bool; 4]>>().prop_map(Step::Publish),
        4 => (kid, fetching).prop_map(|(kid, fetching)| Step::Token(kid, fetching)),
    ]
}

/// One fetch: when it was, in seconds, and what came.
type Entry = (u64, Option<Vec<&'static str>>);

/// An issuer that writes down when it was asked.
struct Book {
    keys: [Key; 4],
    published: Mutex<Option<[bool; 4]>>,
    clock: Arc<Hand>,
    entries: Mutex<Vec<Entry>>,
}

impl Book {
    /// What it publishes, by the kids.
    fn kids(&self) -> Option<Vec<&'static str>> {
        let published = (*self.published.lock().unwrap())?;
        let kids = KIDS.into_iter().zip(published);
        Some(kids.filter_map(|(kid, is)| is.then_some(kid)).collect())
    }
}

impl Fetch for Book {
    fn fetch(&self, _: &str) -> Result<Vec<u8>, FetchProblem> {
        let (now, kids) = (self.clock.monotonic().as_secs(), self.kids());
        self.entries.lock().unwrap().push((now, kids.clone()));
        let kids = kids.ok_or(FetchProblem::Unreachable)?;
        let keys = self.keys.iter().filter(|key| kids.contains(&key.kid));
        Ok(document(keys))
    }
}

/// What a token may be answered, after what the book says.
fn judge(
    entries: &[Entry],
    now: u64,
    (kid, fetching): (Option<&str>, Fetching),
    answer: Option<Vec<String>>,
) {
    let age = |at: u64| now - at;
    let barred = entries
        .last()
        .is_some_and(|last| age(last.0) < JWKS_WINDOW.as_secs());
    let came = entries.iter().rev().find(|(_, kids)| kids.is_some());
    let usable = came.filter(|(at, _)| age(*at) <= JWKS_STALE_MAX.as_secs());
    let Some(answer) = answer else {
        let is_known = usable
            .is_some_and(|(_, kids)| kid.is_none_or(|kid| kids.as_ref().unwrap().contains(&kid)));
        let is_fresh = usable.is_some_and(|(at, _)| age(*at) < JWKS_FRESH.as_secs());
        assert!(!(is_known && is_fresh), "keys at hand were not shown");
        match fetching {
            Fetching::Now => assert!(barred && usable.is_none()),
            Fetching::Elsewhere => assert!(!barred || usable.is_none()),
            Fetching::Never => assert!(usable.is_none()),
        }
        return;
    };
    let (at, kids) = usable.expect("keys of the last hour");
    assert_eq!(&answer, kids.as_ref().unwrap(), "those that came last");
    let is_fresh = age(*at) < JWKS_FRESH.as_secs();
    let holds = kid.is_none_or(|kid| answer.iter().any(|known| known == kid));
    let is_settled = fetching == Fetching::Never || barred || (is_fresh && holds);
    assert!(is_settled, "they were due and might have been asked for");
}

fn play(steps: &[Step]) {
    let clock = Arc::new(Hand(AtomicU64::new(0)));
    let book = Arc::new(Book {
        keys: KIDS.map(Key::new),
        published: Mutex::default(),
        clock: Arc::clone(&clock),
        entries: Mutex::default(),
    });
    let cache = JwksCache::new(Arc::clone(&book) as _, Arc::clone(&clock) as _);
    let issuer = issuer(1, "https://clerk.example/keys");
    for step in steps {
        match step {
            Step::Pass(seconds) => drop(clock.0.fetch_add(*seconds, Ordering::SeqCst)),
            Step::Publish(keys) => *book.published.lock().unwrap() = *keys,
            Step::Token(kid, fetching) => {
                let before = book.entries.lock().unwrap().len();
                let (kid, fetching) = (*kid, *fetching);
                let keys = cache.keys(&issuer, Wanted { kid, fetching });
                let answer = keys.ok().map(|keys| {
                    let kids = keys.iter().map(|key| key.kid.clone().unwrap());
                    kids.collect()
                });
                let entries = book.entries.lock().unwrap();
                assert!(fetching == Fetching::Now || entries.len() == before);
                judge(
                    &entries,
                    clock.monotonic().as_secs(),
                    (kid, fetching),
                    answer,
                );
            }
        }
    }
    for pair in book.entries.lock().unwrap().windows(2) {
        assert!(pair[1].0 - pair[0].0 >= JWKS_WINDOW.as_secs(), "{pair:?}");
    }
}

proptest! {
    #[test]
    fn what_counts_came_last_within_the_hour_and_nobody_is_asked_twice_in_a_window(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        play(&steps);
    }
}
