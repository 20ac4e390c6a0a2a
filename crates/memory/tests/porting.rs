//! What exports and imports hold, refuse and survive; `moving.rs` says that nothing is lost on the way.

mod moving;

use std::sync::atomic::{AtomicBool, Ordering};

use anchorhold_identity::{Erase, Missing, Read, Scope, Write};
use anchorhold_memory::{Arrival, Error, ExportPiece, Exported, ForeignVector, Imported, Page};
use anchorhold_model::{Content, Draft, Memory, Place, RecordId, SubScopes, Timestamp, Vector};

use crate::embedding::{caller, with};
use crate::support::{Person, World, ask, draft};

fn nth(world: &World, person: &Person, which: usize) -> Option<RecordId> {
    let scope = world.scope::<Read>(person, Missing::Empty).unwrap();
    let listed = listed(world, scope.as_ref());
    listed.get(which).map(|memory| memory.facets.id)
}

fn subtree(world: &World, person: &Person) -> Vec<Scope<Read>> {
    let lines = person.lines();
    world.gate.subtree(&ask(&lines, &[])).unwrap().scopes
}

fn export(world: &World, person: &Person) -> Vec<(Place, Exported)> {
    let pieces = world.engine.export(subtree(world, person)).unwrap();
    let pieces: Vec<ExportPiece> = pieces.collect::<Result<_, _>>().unwrap();
    let of_piece = |piece: ExportPiece| {
        let place = piece.place;
        let memories = piece.memories.into_iter();
        memories.map(move |exported| (place.clone(), exported))
    };
    pieces.into_iter().flat_map(of_piece).collect()
}

fn arrival(exported: &Exported, with_vector: bool) -> Arrival {
    let facets = &exported.memory.facets;
    Arrival {
        draft: Draft {
            memory_type: facets.memory_type,
            importance: facets.importance,
            tags: facets.tags.clone(),
            metadata: facets.metadata.clone(),
            speaker: facets.speaker.clone(),
            conversation: facets.conversation.clone(),
            event_time: facets.event_time,
            id: Some(facets.id),
            ..Draft::new(exported.memory.content.clone())
        },
        version: facets.version,
        ordinal: Some(facets.ordinal),
        created_at: Some(facets.created_at),
        updated_at: Some(facets.updated_at),
        expires_at: facets.expires_at,
        vector: with_vector.then(|| ForeignVector {
            model: "words/test".to_owned(),
            scale: exported.vector.scale(),
            values: exported.vector.values().to_vec(),
        }),
    }
}

/// Imports what was exported; says how many were kept and how many skipped.
fn import(
    world: &World,
    person: &Person,
    exported: &[(Place, Exported)],
    with_vectors: bool,
) -> (usize, usize) {
    let mut counts = (0, 0);
    for group in exported.chunk_by(|(one, _), (other, _)| one == other) {
        let sub_scopes = match &group[0].0 {
            Place::User(_, sub_scopes) => sub_scopes.clone(),
            _ => SubScopes::default(),
        };
        let lines = person.lines();
        let scope: Scope<Write> = if sub_scopes == SubScopes::default() {
            let scope = world.gate.scope(&ask(&lines, &[]), Missing::Reserve);
            scope.unwrap().unwrap()
        } else {
            let scope = world.gate.below(&ask(&lines, &[]), sub_scopes);
            scope.unwrap().unwrap()
        };
        for batch in group.chunks(7) {
            let arrivals = batch.iter().map(|(_, one)| arrival(one, with_vectors));
            let results = world.engine.import(&scope, arrivals.collect()).unwrap();
            for result in results {
                match result.unwrap() {
                    Imported::Kept => counts.0 += 1,
                    Imported::Skipped => counts.1 += 1,
                }
            }
        }
    }
    counts
}

fn listed(world: &World, scope: Option<&Scope<Read>>) -> Vec<Memory> {
    let (limit, cursor) = (200, None);
    let listed = world.engine.list(scope, &Page { limit, cursor }).unwrap();
    listed.memories
}

#[test]
fn an_export_is_the_namespace_as_it_stood_whatever_is_written_meanwhile() {
    let world = World::new();
    let alice = world.user(&world.tenant("acme"), "alice");
    world.keep(&alice, "note 0");
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for number in 1..400 {
                world.keep(&alice, &format!("note {number}"));
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut lengths = Vec::new();
        while !done.load(Ordering::SeqCst) {
            let exported = export(&world, &alice);
            let contents = exported.iter().map(|(_, one)| one.memory.content.as_str());
            for (number, content) in contents.enumerate() {
                assert_eq!(content, format!("note {number}"), "a hole");
            }
            lengths.push(exported.len());
        }
        assert!(lengths.is_sorted());
        assert!(lengths.len() > 1);
    });
    assert_eq!(export(&world, &alice).len(), 400);
}

#[test]
fn an_export_shows_what_was_deleted_behind_its_back_and_nothing_after_an_erase_or_a_revocation() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let application = world.application(&tenant);
    let alice = application.speaking_for("alice");
    for number in 0..300 {
        world.keep(&alice, &format!("note {number}"));
    }
    let begun = |world: &World| {
        let mut export = world.engine.export(subtree(world, &alice)).unwrap();
        assert_eq!(export.next().unwrap().unwrap().memories.len(), 32);
        export
    };
    let rest = begun(&world);
    let last = nth(&world, &alice, 0).unwrap();
    let scope = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
    world.engine.delete(scope.as_ref(), last).unwrap();
    let rest: usize = rest.map(|piece| piece.unwrap().memories.len()).sum();
    assert_eq!(rest, 268, "as it stood");
    let mut cut = begun(&world);
    world.erase(&application, Some("alice")).unwrap();
    assert!(matches!(cut.next(), Some(Err(Error::Erased))));
    assert!(cut.next().is_none());
    for number in 0..300 {
        world.keep(&alice, &format!("note {number}"));
    }
    let mut cut = begun(&world);
    for key in world.engine.key_list(&tenant).unwrap() {
        world.engine.key_revoke(&tenant, key.key).unwrap();
    }
    assert!(matches!(cut.next(), Some(Err(Error::Revoked))));
    assert!(cut.next().is_none());
}

#[test]
fn a_vector_that_cannot_be_the_models_is_not_believed() {
    let world = World::new();
    let alice = world.user(&world.tenant("acme"), "alice");
    world.keep(&alice, "tea with ann");
    let exported = export(&world, &alice);
    let honest = arrival(&exported[0].1, true);
    let lies: [fn(&mut ForeignVector); 7] = [
        |vector| vector.model = "another".to_owned(),
        |vector| vector.values.truncate(31),
        |vector| vector.values.push(0),
        |vector| vector.scale = f32::NAN,
        |vector| vector.scale *= 2.0,
        |vector| vector.scale = -vector.scale,
        |vector| vector.values.fill(0),
    ];
    for (number, lie) in lies.iter().enumerate() {
        let other = World::new();
        let bob = other.user(&other.tenant("acme"), "bob");
        let mut lying = honest.clone();
        // It would be found by a question about anything.
        let vector = lying.vector.as_mut().unwrap();
        vector.values.reverse();
        lie(vector);
        let scope = other.scope(&bob, Missing::Reserve).unwrap().unwrap();
        let imported = other.engine.import(&scope, vec![lying]).unwrap();
        assert!(matches!(imported[..], [Ok(Imported::Kept)]));
        let kept = export(&other, &bob);
        assert!(kept[0].1.vector == exported[0].1.vector, "lie {number}");
    }
}

#[test]
fn what_comes_from_elsewhere_never_takes_the_place_of_what_is_here() {
    let world = World::new();
    let alice = world.user(&world.tenant("acme"), "alice");
    let scope = world.scope::<Write>(&alice, Missing::Reserve).unwrap();
    let scope = scope.unwrap();
    // The clock stands still: an id is made of the time and of a place in the order of arrival.
    for number in 1..=5 {
        world.keep(&alice, &format!("here {number}"));
    }
    let line = |ordinal, version| Arrival {
        draft: draft("from elsewhere"),
        version,
        ordinal: Some(ordinal),
        created_at: None,
        updated_at: None,
        expires_at: None,
        vector: None,
    };
    let arrivals =
        (1..=9).flat_map(|ordinal| [line(ordinal, 1), line(ordinal, 2), line(ordinal, 2)]);
    let results = world.engine.import(&scope, arrivals.collect()).unwrap();
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(Imported::Kept)))
    );
    world.keep(&alice, "here 6");
    let listed = listed(&world, Some(&scope.narrow()));
    assert_eq!(listed.len(), 5 + 27 + 1);
    let here = listed
        .iter()
        .filter(|memory| memory.content.as_str().starts_with("here "));
    assert_eq!(here.count(), 6);
}

#[test]
fn each_arrival_is_judged_on_its_own() {
    let world = World::new();
    let alice = world.user(&world.tenant("acme"), "alice");
    let kept = world.keep(&alice, "tea");
    let exported = export(&world, &alice);
    let here = arrival(&exported[0].1, true);
    let with = |id: u8, text: &str| {
        let mut one = here.clone();
        one.draft.id = Some(RecordId::from_bytes([id; 16]));
        one.draft.content = Content::new(text).unwrap();
        one
    };
    let mut changed = here.clone();
    changed.draft.content = Content::new("coffee").unwrap();
    let mut over = with(3, "over");
    over.expires_at = Some(Timestamp::from_milliseconds(1));
    let mut far = with(4, "far");
    far.ordinal = Some(u64::MAX);
    let batch = vec![
        here.clone(),
        changed,
        with(2, "new"),
        with(2, "new"),
        with(2, "other"),
        over,
        far,
    ];
    let scope = world.scope(&alice, Missing::Reserve).unwrap().unwrap();
    let results = world.engine.import(&scope, batch).unwrap();
    let shown: Vec<String> = results.iter().map(|one| format!("{one:?}")).collect();
    let expected = [
        "Ok(Skipped)",
        "Err(IdConflict)",
        "Ok(Kept)",
        "Ok(Skipped)",
        "Err(IdConflict)",
        "Ok(Skipped)",
        "Ok(Kept)",
    ];
    assert_eq!(shown, expected);
    let later = world.keep(&alice, "later");
    let read = world.scope::<Read>(&alice, Missing::Empty).unwrap();
    let newest = &listed(&world, read.as_ref())[0];
    assert_eq!(
        newest.facets.id, later.facets.id,
        "no place is the last one"
    );
    assert!(listed(&world, read.as_ref()).contains(&kept));
}

#[test]
fn vectors_of_the_application_move_with_its_memories() {
    let policy = || with(caller(8));
    let (world, other) = (World::new(), World::new());
    let alice = world.user(&world.tenant_with("acme", policy()), "alice");
    let bob = other.user(&other.tenant_with("acme", policy()), "bob");
    let scope = world.scope(&alice, Missing::Reserve).unwrap().unwrap();
    let numbers = vec![3.0, 0.0, -1.5, 0.0, 0.0, 0.0, 0.25, 9.0];
    let tea = Draft {
        vector: Some(Vector::new(numbers).unwrap()),
        ..draft("tea")
    };
    world.engine.remember(&scope, tea).unwrap();
    let exported = export(&world, &alice);
    let mut moving = arrival(&exported[0].1, true);
    let scope = other.scope(&bob, Missing::Reserve).unwrap().unwrap();
    // Nobody here can embed the text, and the model is another one.
    let refused = other
        .engine
        .import(&scope, vec![moving.clone(), moving.clone()]);
    let refused = refused.unwrap();
    assert!(matches!(
        refused[..],
        [Err(Error::Vector { .. }), Err(Error::Vector { .. })]
    ));
    moving.vector.as_mut().unwrap().model = "caller".to_owned();
    let kept = other.engine.import(&scope, vec![moving]).unwrap();
    assert!(matches!(kept[..], [Ok(Imported::Kept)]));
    assert!(export(&other, &bob)[0].1.vector == exported[0].1.vector);
}
