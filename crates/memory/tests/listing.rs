//! Lists: every memory exactly once, whatever is written meanwhile, and cursors that are bound.

use anchorhold_identity::{Missing, Read};
use anchorhold_memory::{Error, Page};

use crate::support::World;

fn page(limit: usize, cursor: Option<String>) -> Page {
    Page { limit, cursor }
}

#[test]
fn a_list_shows_everything_exactly_once_under_writes() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let mut expected: Vec<String> = Vec::new();
    for number in 0..25 {
        expected.push(
            world
                .keep(&alice, &format!("note {number}"))
                .facets
                .id
                .to_string(),
        );
    }
    let scope = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let listed = world.engine.list(scope.as_ref(), &page(4, cursor)).unwrap();
        assert!(listed.memories.len() <= 4);
        seen.extend(
            listed
                .memories
                .iter()
                .map(|memory| memory.facets.id.to_string()),
        );
        world.keep(&alice, "written between two pages");
        cursor = listed.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    expected.reverse();
    assert_eq!(seen, expected, "newest first, each once");
}

#[test]
fn a_cursor_works_only_where_and_while_it_was_issued() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
    for number in 0..3 {
        world.keep(&alice, &format!("a {number}"));
        world.keep(&bob, &format!("b {number}"));
    }
    let hers = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    let his = world.scope::<Read>(&bob, Missing::Empty).unwrap();
    let cursor = world
        .engine
        .list(hers.as_ref(), &page(1, None))
        .unwrap()
        .next_cursor
        .unwrap();
    let refused = |scope: &Option<_>, cursor: String| {
        let listed = world.engine.list(scope.as_ref(), &page(1, Some(cursor)));
        matches!(listed, Err(Error::CursorInvalid))
    };
    assert!(!refused(&hers, cursor.clone()));
    assert!(refused(&his, cursor.clone()), "another namespace");
    for position in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[position] = if changed[position] == b'0' {
            b'1'
        } else {
            b'0'
        };
        assert!(
            refused(&hers, String::from_utf8(changed).unwrap()),
            "{position}"
        );
    }
    assert!(refused(&hers, "x".to_owned()) && refused(&None, cursor.clone()));
    world.clock.advance(24 * 3_600);
    assert!(!refused(&hers, cursor.clone()));
    world.clock.advance(1);
    assert!(refused(&hers, cursor), "older than a day");
}
