//! A cache is bounded, keeps what is used, and forgets what it is told to.

use super::{Cache, Key, SHARDS};

fn key(number: usize) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.to_be_bytes());
    key[15] = u8::try_from(number % 256).unwrap();
    key
}

#[test]
fn it_never_holds_more_than_its_bound() {
    let cache = Cache::new(64);
    for number in 0..10_000 {
        cache.put(key(number), number);
    }
    let held = (0..10_000)
        .filter(|number| cache.get(&key(*number)).is_some())
        .count();
    assert!(held <= 64, "{held}");
    assert!(held >= 32, "{held}");
}

#[test]
fn what_is_read_survives_a_flood_of_what_is_not() {
    let cache = Cache::new(SHARDS * 4);
    let hot = key(1);
    cache.put(hot, 1);
    for number in 2..5_000 {
        assert_eq!(cache.get(&hot), Some(1), "after {number}");
        cache.put(key(number), number);
    }
}

#[test]
fn a_removed_entry_is_gone_and_may_come_back() {
    let cache = Cache::new(64);
    for round in 0..100 {
        cache.put(key(7), round);
        assert_eq!(cache.get(&key(7)), Some(round));
        cache.remove(&key(7));
        assert_eq!(cache.get(&key(7)), None);
    }
    assert_eq!(key(7).last_byte(), 7);
}

#[test]
fn a_new_value_replaces_the_old_one() {
    let cache = Cache::new(64);
    cache.put(key(1), "old");
    cache.put(key(1), "new");
    assert_eq!(cache.get(&key(1)), Some("new"));
}
