//! What the server does by itself, it does sooner or later, as the load of others lets it. Nobody is
//! shown when.

use anchorhold_identity::{Erase, Missing, Write};
use anchorhold_memory::{Arrival, Imported, Settings};
use anchorhold_model::{
    Dimension, Draft, EmbeddingPolicy, PolicyChanges, RecordId, TenantPolicy, Vector,
};

use crate::support::{Person, World, chores, draft};

/// What a user is shown in a world where the server has put away what is over, and in one where it
/// has not.
fn both<T>(shown: impl Fn(&World, &dyn Fn()) -> T) -> [T; 2] {
    [false, true].map(|early| {
        let world = World::new();
        let sweep = || {
            if early {
                chores(&world.engine).tick().unwrap();
            }
        };
        shown(&world, &sweep)
    })
}

fn short(id: u8) -> Draft {
    Draft {
        id: Some(RecordId::from_bytes([id; 16])),
        ttl_seconds: Some(10),
        ..draft("short lived")
    }
}

fn keep(world: &World, person: &Person, draft: Draft) -> anchorhold_memory::Remembered {
    let scope = world.scope::<Write>(person, Missing::Reserve).unwrap();
    world.engine.remember(&scope.unwrap(), draft).unwrap()
}

#[test]
fn an_id_that_is_free_again_does_not_tell_whether_its_memory_was_put_away() {
    let [late, early] = both(|world, sweep| {
        let alice = world.user(&world.tenant("acme"), "alice");
        keep(world, &alice, short(1));
        world.clock.advance(11);
        sweep();
        // The same content too: it is kept anew, and is no replay of what is over.
        let kept = keep(world, &alice, short(1));
        assert!(!kept.replayed);
        assert_eq!(world.recall(&alice, "short lived").len(), 1);
        (kept.memory.facets.version, kept.memory.facets.ordinal)
    });
    assert_eq!(late, early);
    assert_eq!(late.0, 1);
}

#[test]
fn a_receipt_does_not_tell_whether_what_is_over_was_put_away() {
    let [late, early] = both(|world, sweep| {
        let tenant = world.tenant("acme");
        let alice = world.user(&tenant, "alice");
        for id in 1..=3 {
            keep(world, &alice, short(id));
        }
        world.clock.advance(11);
        sweep();
        // A write puts away what is over by then.
        world.keep(&alice, "for good");
        keep(world, &alice, short(4));
        world.clock.advance(11);
        sweep();
        world.erase(&alice, None).unwrap().records
    });
    assert_eq!((late, early), (2, 2));
}

#[test]
fn the_model_of_a_namespace_ends_with_its_last_memory_whether_or_not_that_was_put_away() {
    let policy = PolicyChanges {
        embedding: Some(EmbeddingPolicy::Caller {
            dimension: Dimension::new(16).unwrap(),
        }),
        ..PolicyChanges::default()
    };
    for found in both(|world, sweep| {
        let tenant = world.tenant_with("acme", TenantPolicy::default());
        let alice = world.user(&tenant, "alice");
        keep(world, &alice, short(1));
        world.clock.advance(11);
        sweep();
        world.demand("acme", policy.clone()).unwrap();
        let mut own = draft("with a vector");
        own.vector = Some(Vector::new(vec![0.25; 16]).unwrap());
        keep(world, &alice, own).memory.facets.version
    }) {
        assert_eq!(found, 1);
    }
}

#[test]
fn a_place_does_not_tell_whether_a_namespace_was_out_of_memory_since_an_import() {
    let ordinals = [false, true].map(|evicted| {
        let world = World::with(Settings {
            residents_max: 1,
            ..Settings::default()
        });
        let tenant = world.tenant("acme");
        let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
        let far = Arrival {
            draft: short(1),
            version: 1,
            ordinal: Some(5_000),
            created_at: None,
            updated_at: None,
            expires_at: None,
            vector: None,
        };
        let scope = world.scope::<Write>(&alice, Missing::Reserve).unwrap();
        let imported = world.engine.import(&scope.unwrap(), vec![far]).unwrap();
        assert!(matches!(imported[..], [Ok(Imported::Kept)]));
        let scope = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
        let id = RecordId::from_bytes([1; 16]);
        world.engine.delete(scope.as_ref(), id).unwrap();
        if evicted {
            world.keep(&bob, "noise");
        }
        world.keep(&alice, "tea").facets.ordinal
    });
    assert_eq!(ordinals, [5_001, 5_001]);
}
