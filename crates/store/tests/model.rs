//! Whatever is done in whatever order: every namespace equals a map, every head rises rightly.

use std::collections::BTreeMap;

use anchorhold_identity::Erase;
use anchorhold_model::RecordId;
use anchorhold_store::{AuditMode, Error, Head};
use proptest::prelude::*;

use crate::support::{World, id, plain, world_with};

#[derive(Clone, Debug)]
enum Step {
    /// Put some numbers into a user's namespace, each at the version that fits or at the next.
    Put(usize, Vec<(u128, u8)>),
    /// Put a version that does not fit.
    Misfit(usize, u128),
    Purge(usize, Vec<u128>),
    Checkpoint,
    Erase(usize),
    Reopen,
}

const USERS: [&str; 4] = ["alice", "bob", "carol", "dave"];

fn step() -> impl Strategy<Value = Step> {
    let user = 0..USERS.len();
    let number = 0_u128..12;
    prop_oneof![
        8 => (user.clone(), prop::collection::vec((number.clone(), any::<u8>()), 1..5))
            .prop_map(|(user, puts)| Step::Put(user, puts)),
        1 => (user.clone(), number.clone()).prop_map(|(user, number)| Step::Misfit(user, number)),
        2 => (user.clone(), prop::collection::vec(number, 1..4))
            .prop_map(|(user, numbers)| Step::Purge(user, numbers)),
        1 => Just(Step::Checkpoint),
        1 => user.prop_map(Step::Erase),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Default)]
struct Model {
    records: BTreeMap<RecordId, (u64, String)>,
    head: Head,
    exists: bool,
}

fn run(world: &mut World, models: &mut [Model], step: Step) {
    match step {
        Step::Put(user, puts) => {
            let model = &mut models[user];
            let records = puts.iter().map(|(number, byte)| {
                let version = model
                    .records
                    .get(&id(*number))
                    .map_or(1, |(version, _)| version + 1);
                let text = "x".repeat(usize::from(*byte) * 9);
                model.records.insert(id(*number), (version, text.clone()));
                plain(*number, version, &text)
            });
            let records: Vec<_> = records.collect();
            model.head.sequence += records.len() as u64;
            model.exists = true;
            let scope = world.scope::<Erase>(USERS[user]);
            let appended = world
                .store()
                .vault()
                .commit(&scope.narrow(), records)
                .unwrap();
            assert_eq!(appended.head, model.head);
        }
        Step::Misfit(user, number) => {
            let model = &mut models[user];
            let version = model
                .records
                .get(&id(number))
                .map_or(2, |(version, _)| version + 2);
            let scope = world.scope::<Erase>(USERS[user]);
            let record = plain(number, version, "misfit");
            let refused = world.store().vault().commit(&scope.narrow(), vec![record]);
            assert!(matches!(refused, Err(Error::Conflict)));
            model.exists = true;
        }
        Step::Purge(user, numbers) => {
            let model = &mut models[user];
            let removed = numbers
                .iter()
                .filter(|number| model.records.remove(&id(**number)).is_some())
                .count() as u64;
            model.head.generation += u64::from(removed > 0);
            let ids: Vec<_> = numbers.into_iter().map(id).collect();
            let scope = world.scope::<Erase>(USERS[user]);
            let purged = world.store().vault().purge(&scope, &ids).unwrap();
            assert_eq!((purged.removed, purged.head), (removed, model.head));
        }
        Step::Checkpoint => {
            world.clock.advance(61);
            world.store().vault().checkpoint_due().unwrap();
        }
        Step::Erase(user) => {
            let model = std::mem::take(&mut models[user]);
            match world.store().erase_subject(&world.erasure(USERS[user])) {
                Ok(shredded) => {
                    assert!(model.exists);
                    assert_eq!(shredded.records, model.records.len() as u64);
                }
                Err(error) => assert!(matches!(error, Error::NotFound) && !model.exists),
            }
        }
        Step::Reopen => world.reopen(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_namespace_equals_a_map(steps in prop::collection::vec(step(), 1..40)) {
        // Two handles for four users: evictions all the time.
        let mut world = world_with(2, AuditMode::Off);
        let mut models: Vec<Model> = USERS.iter().map(|_| Model::default()).collect();
        for step in steps {
            run(&mut world, &mut models, step);
        }
        for (user, model) in USERS.iter().zip(&models) {
            prop_assert_eq!(&world.all(user).unwrap(), &model.records);
            let head = world.store().vault().head(&world.scope(user)).unwrap();
            prop_assert_eq!(head, model.head);
        }
    }
}
