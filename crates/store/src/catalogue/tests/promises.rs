//! What was promised to a request ends with it.

use anchorhold_identity::{Directory as _, Reservation};

use super::world::{World, user_address};
use crate::catalogue::reservations::{PROMISES_MAX, Promises};

#[test]
fn an_id_is_reserved_for_as_long_as_a_request_lasts() {
    let world = World::new();
    let address = user_address(world.tenant("acme"), "alice");
    let reserve = || match world.catalogue.reserve(&address).unwrap() {
        Reservation::Reserved(namespace, promise) => (namespace, promise),
        Reservation::Existing(_) => panic!("it should not exist yet"),
    };
    let (first, one) = reserve();
    let (second, other) = reserve();
    drop(one);
    let (third, last) = reserve();
    assert_eq!((first, first), (second, third));
    // Both came to nothing, as if nobody had asked.
    drop((other, last));
    assert_ne!(reserve().0, first);
}

#[test]
fn the_oldest_promise_makes_room() {
    let mut promises = Promises::default();
    let key = |number: usize| {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        key
    };
    for number in 0..=PROMISES_MAX {
        promises.put(key(number), number);
    }
    assert_eq!(promises.get(&key(0)), None);
    assert_eq!(promises.get(&key(1)), Some(&1));
    assert_eq!(promises.get(&key(PROMISES_MAX)), Some(&PROMISES_MAX));
}
