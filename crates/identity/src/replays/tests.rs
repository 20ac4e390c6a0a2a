//! A nonce is let in once, whatever the clock does.

use super::*;

const KEY: KeyId = KeyId::from_bytes([1; 16]);
const OTHER: KeyId = KeyId::from_bytes([2; 16]);
const STARTED: u64 = 1_000_000;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(0).plus_seconds(seconds)
}

/// A nonce that comes stamped with `stamped` at `now`, in a request of its own.
fn comes(replays: &Replays, key: KeyId, nonce: &str, stamped: u64, now: u64, request: u8) -> Seen {
    replays.see(key, nonce, at(stamped), at(now), [request; 16])
}

#[test]
fn a_nonce_is_let_in_once_of_each_key_and_again_in_the_same_request() {
    let replays = Replays::new(at(STARTED));
    let now = STARTED + 100;
    assert_eq!(comes(&replays, KEY, "a", now, now, 1), Seen::First);
    assert_eq!(comes(&replays, KEY, "a", now, now, 1), Seen::First);
    assert_eq!(comes(&replays, KEY, "a", now, now, 2), Seen::Before);
    assert_eq!(
        comes(&replays, KEY, "a", now, now + WINDOW_SECONDS, 2),
        Seen::Before
    );
    assert_eq!(comes(&replays, OTHER, "a", now, now, 2), Seen::First);
    assert_eq!(comes(&replays, KEY, "b", now, now, 2), Seen::First);
}

#[test]
fn what_may_have_been_let_in_before_the_start_is_refused() {
    let replays = Replays::new(at(STARTED));
    for stamped in [STARTED - 60, STARTED, STARTED + SKEW_SECONDS - 1] {
        assert_eq!(
            comes(&replays, KEY, "a", stamped, STARTED + 6, 1),
            Seen::Forgotten
        );
    }
    let first = STARTED + SKEW_SECONDS;
    assert_eq!(
        comes(&replays, KEY, "a", first, STARTED + 6, 1),
        Seen::First
    );
}

#[test]
fn a_clock_that_runs_back_brings_no_nonce_back() {
    let replays = Replays::new(at(STARTED));
    let now = STARTED + 1_000;
    assert_eq!(comes(&replays, KEY, "a", now, now, 1), Seen::First);
    // Forgotten by the next that comes, two minutes later.
    assert_eq!(
        comes(&replays, KEY, "b", now + 120, now + 120, 2),
        Seen::First
    );
    // The clock runs back, and the first would count again.
    assert_eq!(comes(&replays, KEY, "a", now, now, 3), Seen::Forgotten);
    assert_eq!(comes(&replays, KEY, "c", now, now, 3), Seen::Forgotten);
    assert_eq!(comes(&replays, KEY, "c", now + 1, now + 1, 3), Seen::First);
    assert_eq!(
        comes(&replays, KEY, "b", now + 120, now + 60, 4),
        Seen::Before
    );
}

#[test]
fn without_room_nothing_is_let_in_and_room_comes_with_time() {
    let replays = Replays::new(at(STARTED)).with_room(2);
    let now = STARTED + 100;
    assert_eq!(comes(&replays, KEY, "a", now, now, 1), Seen::First);
    assert_eq!(comes(&replays, KEY, "b", now, now, 2), Seen::First);
    assert_eq!(comes(&replays, KEY, "c", now, now, 3), Seen::Full);
    assert_eq!(comes(&replays, KEY, "a", now, now, 4), Seen::Before);
    assert_eq!(comes(&replays, OTHER, "c", now, now, 3), Seen::First);
    let later = now + WINDOW_SECONDS;
    assert_eq!(comes(&replays, KEY, "c", later, later, 5), Seen::Full);
    assert_eq!(
        comes(&replays, KEY, "c", later + 1, later + 1, 5),
        Seen::First
    );
}
