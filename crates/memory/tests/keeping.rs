//! Keeping memories: ids, replays, batches, times to live.

use anchorhold_identity::{Missing, Read, Write};
use anchorhold_memory::Error;
use anchorhold_model::{Changes, Content, RecordId};

use crate::support::{World, draft};

#[test]
fn an_id_is_kept_once_and_stands_for_one_content() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let mut first = draft("hello");
    first.id = RecordId::parse("0b6f6f56-3f2e-4d55-9d0e-0123456789ab");
    let kept = world.engine.remember(&scope, first.clone()).unwrap();
    assert!(!kept.replayed);
    let again = world.engine.remember(&scope, first.clone()).unwrap();
    assert!(again.replayed && again.memory == kept.memory);
    let mut other = first.clone();
    other.content = Content::new("other").unwrap();
    assert!(matches!(
        world.engine.remember(&scope, other),
        Err(Error::IdConflict)
    ));
    let bob = world.user(&tenant, "bob");
    let scope = world
        .scope::<Write>(&bob, Missing::Reserve)
        .unwrap()
        .unwrap();
    assert!(
        !world.engine.remember(&scope, first).unwrap().replayed,
        "his namespace knows no ids of hers"
    );
}

#[test]
fn a_batch_judges_each_item_and_keeps_the_order() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let id = RecordId::parse("0b6f6f56-3f2e-4d55-9d0e-0123456789ab");
    let with_id = |text: &str| {
        let mut draft = draft(text);
        draft.id = id;
        draft
    };
    let drafts = vec![
        draft("one"),
        with_id("two"),
        with_id("two"),
        with_id("three"),
        draft("four"),
    ];
    let results = world.engine.remember_batch(&scope, drafts);
    let outcomes: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(kept) => (kept.memory.content.as_str().to_owned(), kept.replayed),
            Err(error) => (error.to_string(), false),
        })
        .collect();
    let expected = [
        ("one", false),
        ("two", false),
        ("two", true),
        ("id conflict", false),
        ("four", false),
    ];
    assert_eq!(
        outcomes,
        expected.map(|(text, replayed)| (text.to_owned(), replayed))
    );
    let ordinals: Vec<_> = results
        .iter()
        .flatten()
        .filter(|kept| !kept.replayed)
        .map(|kept| kept.memory.facets.ordinal)
        .collect();
    assert!(ordinals.is_sorted());
}

#[test]
fn what_has_expired_is_gone_for_every_verb() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let scope = world
        .scope::<Write>(&alice, Missing::Reserve)
        .unwrap()
        .unwrap();
    let mut short = draft("short lived");
    short.ttl_seconds = Some(10);
    let kept = world.engine.remember(&scope, short.clone()).unwrap().memory;
    world.clock.advance(9);
    assert_eq!(world.recall(&alice, "short lived"), ["short lived"]);
    world.clock.advance(1);
    assert!(world.recall(&alice, "short lived").is_empty());
    let read = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    assert!(matches!(
        world.engine.get(read.as_ref(), kept.facets.id),
        Err(Error::MemoryNotFound)
    ));
    let changed = world
        .engine
        .change(Some(&scope), kept.facets.id, Changes::default(), None);
    assert!(matches!(changed, Err(Error::MemoryNotFound)));
    short.id = Some(kept.facets.id);
    let revived = world.engine.remember(&scope, short).unwrap();
    assert!(!revived.replayed, "an expired id is free again");
}

#[test]
fn memories_survive_a_restart_unchanged() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let kept = world.keep(&alice, "written before the restart");
    let world = world.restarted();
    let scope = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    let read = world.engine.get(scope.as_ref(), kept.facets.id).unwrap();
    assert!(read == kept);
    assert_eq!(
        world.recall(&alice, "restart"),
        ["written before the restart"]
    );
}
