//! A model of several people's memories against the engine, with restarts and tiny limits.

use std::collections::BTreeMap;

use anchorhold_identity::{Erase, Missing, Read, Write};
use anchorhold_memory::{Page, Settings};
use anchorhold_model::{Changes, Content, RecordId};
use proptest::prelude::*;

use crate::support::World;

#[derive(Clone, Debug)]
enum Step {
    Keep(usize, String),
    Change(usize, usize, String),
    Delete(usize, usize),
    EraseUser(usize),
    Restart,
}

const PEOPLE: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    let text = "[a-d ]{1,12}";
    prop_oneof![
        6 => (0..PEOPLE, text).prop_map(|(who, text)| Step::Keep(who, text)),
        3 => (0..PEOPLE, 0..8usize, text).prop_map(|(who, which, text)| Step::Change(who, which, text)),
        2 => (0..PEOPLE, 0..8usize).prop_map(|(who, which)| Step::Delete(who, which)),
        1 => (0..PEOPLE).prop_map(Step::EraseUser),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn everybody_sees_exactly_what_they_kept(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::with(Settings { residents_max: 1, ..Settings::default() });
        let tenant = world.tenant("acme");
        let application = world.application(&tenant);
        let people: Vec<_> =
            (0..PEOPLE).map(|number| application.speaking_for(&format!("user {number}"))).collect();
        let mut model: Vec<BTreeMap<RecordId, String>> = vec![BTreeMap::new(); PEOPLE];
        for step in steps {
            match step {
                Step::Keep(who, text) => {
                    let kept = world.keep(&people[who], &text);
                    model[who].insert(kept.facets.id, text);
                }
                Step::Change(who, which, text) => {
                    let Some(id) = model[who].keys().nth(which).copied() else { continue };
                    let scope = world.scope::<Write>(&people[who], Missing::Empty).unwrap();
                    let content = Some(Content::new(text.as_str()).unwrap());
                    let changes = Changes { content, ..Changes::default() };
                    world.engine.change(scope.as_ref(), id, changes, None).unwrap();
                    model[who].insert(id, text);
                }
                Step::Delete(who, which) => {
                    let Some(id) = model[who].keys().nth(which).copied() else { continue };
                    let scope = world.scope::<Erase>(&people[who], Missing::Empty).unwrap();
                    world.engine.delete(scope.as_ref(), id).unwrap();
                    model[who].remove(&id);
                }
                Step::EraseUser(who) => {
                    // A user who never wrote is not known; both are fine here.
                    let _ = world.erase(&application, Some(&format!("user {who}")));
                    model[who].clear();
                }
                Step::Restart => world = world.restarted(),
            }
            for (who, expected) in model.iter().enumerate() {
                let scope = world.scope::<Read>(&people[who], Missing::Empty).unwrap();
                let listed = world.engine.list(scope.as_ref(), &Page { limit: 200, cursor: None }).unwrap();
                let seen: BTreeMap<_, _> = listed
                    .memories
                    .iter()
                    .map(|memory| (memory.facets.id, memory.content.as_str().to_owned()))
                    .collect();
                prop_assert_eq!(&seen, expected);
            }
        }
    }
}
