//! Who makes the vectors: the house, the application, or another house that the tenant allowed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anchorhold_embed::{Embedder, Embedding};
use anchorhold_identity::{Erase, Missing, Read, Scope, Write};
use anchorhold_memory::{Error, Question, Which};
use anchorhold_model::{
    Changes, Content, Dimension, Draft, Egress, EmbedderName, EmbeddingPolicy, Memory,
    PolicyChanges, TenantPolicy, Vector,
};

use crate::support::{AT_THE_GATE, GATE, Person, World, draft};

pub(crate) fn caller(numbers: usize) -> EmbeddingPolicy {
    EmbeddingPolicy::Caller {
        dimension: Dimension::new(numbers).unwrap(),
    }
}

pub(crate) fn with(embedding: EmbeddingPolicy) -> TenantPolicy {
    TenantPolicy {
        embedding,
        ..TenantPolicy::default()
    }
}

fn chosen(embedding: EmbeddingPolicy) -> PolicyChanges {
    PolicyChanges {
        embedding: Some(embedding),
        ..PolicyChanges::default()
    }
}

/// One along an axis.
fn axis(numbers: usize, at: usize) -> Vector {
    let mut vector = vec![0.0; numbers];
    vector[at] = 2.5;
    Vector::new(vector).unwrap()
}

fn with_vector(text: &str, vector: Vector) -> Draft {
    Draft {
        vector: Some(vector),
        ..draft(text)
    }
}

fn scope(world: &World, person: &Person) -> Scope<Write> {
    world.scope(person, Missing::Reserve).unwrap().unwrap()
}

fn keep(world: &World, person: &Person, draft: Draft) -> Result<Memory, Error> {
    let kept = world.engine.remember(&scope(world, person), draft);
    kept.map(|kept| kept.memory)
}

/// The contents that a question with a vector brings back, with their similarity.
fn ask(
    world: &World,
    person: &Person,
    query: &str,
    vector: Option<Vector>,
) -> Result<Vec<(String, f64)>, Error> {
    let scope = world.scope::<Read>(person, Missing::Empty).unwrap();
    let question = Question {
        vector,
        ..Question::new(query)
    };
    let recalled = world.engine.recall(scope.as_ref(), &question)?;
    let hits = recalled.results.iter();
    Ok(hits
        .map(|hit| {
            (
                hit.memory.content.as_str().to_owned(),
                (hit.similarity * 100.0).round() / 100.0,
            )
        })
        .collect())
}

fn expects<T>(result: Result<T, Error>, numbers: Option<usize>) {
    match result {
        Err(Error::Vector { expected }) => assert_eq!(expected, numbers),
        Err(other) => unreachable!("{other}"),
        Ok(_) => unreachable!("it was taken"),
    }
}

#[test]
fn memories_are_found_by_the_vectors_of_their_application() {
    let world = World::new();
    let tenant = world.tenant_with("acme", with(caller(8)));
    let alice = world.user(&tenant, "alice");
    for (text, at) in [("first", 0), ("second", 1), ("third", 2)] {
        keep(&world, &alice, with_vector(text, axis(8, at))).unwrap();
    }
    let near = |world: &World, at| ask(world, &alice, "nothing of it", Some(axis(8, at))).unwrap();
    assert_eq!(near(&world, 1)[0], ("second".to_owned(), 1.0));
    assert_eq!(near(&world, 2)[0], ("third".to_owned(), 1.0));
    let by_word = ask(&world, &alice, "third", Some(axis(8, 7))).unwrap();
    assert_eq!(by_word[0], ("third".to_owned(), 0.0), "words count as ever");
    let before = near(&world, 0);
    let world = world.restarted();
    assert_eq!(near(&world, 0), before);
}

#[test]
fn a_vector_that_is_missing_of_another_length_or_unwanted_is_refused_and_nothing_is_kept() {
    let world = World::new();
    let acme = world.tenant_with("acme", with(caller(8)));
    let house = world.tenant("house");
    let (alice, bob) = (world.user(&acme, "alice"), world.user(&house, "bob"));
    expects(keep(&world, &alice, draft("bare")), Some(8));
    expects(
        keep(&world, &alice, with_vector("long", axis(9, 0))),
        Some(8),
    );
    expects(keep(&world, &bob, with_vector("sent", axis(8, 0))), None);
    keep(&world, &alice, with_vector("kept", axis(8, 0))).unwrap();
    keep(&world, &bob, draft("kept")).unwrap();
    expects(ask(&world, &alice, "kept", None), Some(8));
    expects(ask(&world, &alice, "kept", Some(axis(16, 0))), Some(8));
    expects(ask(&world, &bob, "kept", Some(axis(8, 0))), None);
    assert_eq!(
        ask(&world, &alice, "kept", Some(axis(8, 0))).unwrap().len(),
        1
    );
    assert_eq!(world.recall(&bob, "kept"), ["kept"]);
}

#[test]
fn one_memory_of_a_batch_without_its_vector_does_not_stop_the_others() {
    let world = World::new();
    let tenant = world.tenant_with("acme", with(caller(8)));
    let alice = world.user(&tenant, "alice");
    let drafts = vec![
        with_vector("first", axis(8, 0)),
        draft("bare"),
        with_vector("third", axis(8, 2)),
    ];
    let results = world.engine.remember_batch(&scope(&world, &alice), drafts);
    assert_eq!(
        results.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
    let found = ask(&world, &alice, "x", Some(axis(8, 2))).unwrap();
    assert_eq!(found[0], ("third".to_owned(), 1.0));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_new_text_needs_a_new_vector_and_other_changes_need_none() {
    let world = World::new();
    let tenant = world.tenant_with("acme", with(caller(8)));
    let alice = world.user(&tenant, "alice");
    let kept = keep(&world, &alice, with_vector("tea", axis(8, 0))).unwrap();
    let change = |changes: Changes| {
        let scope = scope(&world, &alice);
        let id = kept.facets.id;
        world.engine.change(Some(&scope), id, changes, None)
    };
    let text = Some(Content::new("coffee").unwrap());
    let bare = Changes {
        content: text.clone(),
        ..Changes::default()
    };
    expects(change(bare), Some(8));
    let tagged = Changes {
        tags: Some(vec!["a".to_owned()]),
        ..Changes::default()
    };
    assert_eq!(change(tagged).unwrap().content.as_str(), "tea");
    let whole = Changes {
        content: text,
        vector: Some(axis(8, 5)),
        ..Changes::default()
    };
    change(whole).unwrap();
    let found = ask(&world, &alice, "x", Some(axis(8, 5))).unwrap();
    assert_eq!(found, [("coffee".to_owned(), 1.0)]);
}

#[test]
fn two_tenants_with_two_dimensions_live_side_by_side() {
    let world = World::new();
    let (small, large) = (
        world.tenant_with("small", with(caller(8))),
        world.tenant_with("large", with(caller(4_096))),
    );
    let (alice, bob) = (world.user(&small, "alice"), world.user(&large, "bob"));
    for at in 0..8 {
        let text = format!("number {at}");
        keep(&world, &alice, with_vector(&text, axis(8, at))).unwrap();
        keep(&world, &bob, with_vector(&text, axis(4_096, 500 * at))).unwrap();
    }
    let world = world.restarted();
    for at in 0..8 {
        let expected = (format!("number {at}"), 1.0);
        let small = ask(&world, &alice, "x", Some(axis(8, at))).unwrap();
        let large = ask(&world, &bob, "x", Some(axis(4_096, 500 * at))).unwrap();
        assert_eq!((&small[0], &large[0]), (&expected, &expected));
    }
}

/// A namespace goes on with the model that made its vectors, until it holds none.
#[test]
fn a_changed_policy_is_for_namespaces_without_memories() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let (alice, bob) = (world.user(&tenant, "alice"), world.user(&tenant, "bob"));
    keep(&world, &alice, draft("alice likes tea")).unwrap();
    world.demand("acme", chosen(caller(8))).unwrap();
    expects(keep(&world, &alice, with_vector("more", axis(8, 0))), None);
    keep(&world, &alice, draft("alice likes coffee")).unwrap();
    expects(keep(&world, &bob, draft("bare")), Some(8));
    keep(&world, &bob, with_vector("bob likes milk", axis(8, 3))).unwrap();
    world.demand("acme", chosen(caller(16))).unwrap();
    let world = world.restarted();
    assert_eq!(world.recall(&alice, "likes tea")[0], "alice likes tea");
    let found = ask(&world, &bob, "x", Some(axis(8, 3))).unwrap();
    assert_eq!(found[0], ("bob likes milk".to_owned(), 1.0));
    // Everything is forgotten, so nothing says what the vectors are, and the policy counts.
    for person in [&alice, &bob] {
        let scope = world.scope::<Erase>(person, Missing::Empty).unwrap();
        let page = anchorhold_memory::Page {
            limit: 10,
            cursor: None,
        };
        let read = world.scope::<Read>(person, Missing::Empty).unwrap();
        let all = world.engine.list(read.as_ref(), &page).unwrap().memories;
        let ids = all.iter().map(|memory| memory.facets.id).collect();
        world
            .engine
            .forget(scope.as_ref(), Which::Ids(ids), false)
            .unwrap();
        expects(keep(&world, person, draft("bare")), Some(16));
        keep(&world, person, with_vector("new", axis(16, 9))).unwrap();
    }
    let world = world.restarted();
    for person in [&alice, &bob] {
        let found = ask(&world, person, "x", Some(axis(16, 9))).unwrap();
        assert_eq!(found, [("new".to_owned(), 1.0)]);
    }
}

#[test]
fn two_first_writes_agree_on_one_model_whatever_the_policy_becomes_between_them() {
    let world = World::new();
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    std::thread::scope(|threads| {
        let slow = threads.spawn(|| keep(&world, &alice, draft(AT_THE_GATE)));
        GATE.wait();
        // The slow write has chosen and is being embedded; nothing is stored yet.
        world.demand("acme", chosen(caller(8))).unwrap();
        expects(keep(&world, &alice, with_vector("late", axis(8, 0))), None);
        keep(&world, &alice, draft("late")).unwrap();
        GATE.wait();
        slow.join().unwrap().unwrap();
    });
    let world = world.restarted();
    assert_eq!(world.recall(&alice, "late")[0], "late");
}

/// Another house that counts the texts it is sent.
#[derive(Default)]
struct OtherHouse(AtomicUsize);

impl Embedder for OtherHouse {
    fn model(&self) -> &'static str {
        "remote:house/test"
    }

    fn dimension(&self) -> usize {
        16
    }

    fn embed(&self, text: &str) -> Result<Embedding, anchorhold_embed::Error> {
        self.0.fetch_add(1, Ordering::AcqRel);
        let mut vector = vec![0.0; 16];
        vector[text.len() % 16] = 1.0;
        Ok(Embedding {
            vector,
            windows: 1,
            tokens: 0,
        })
    }
}

impl OtherHouse {
    fn texts(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

fn remote() -> EmbeddingPolicy {
    EmbeddingPolicy::Remote {
        embedder: EmbedderName::parse("house").unwrap(),
    }
}

fn consent(embedding: bool) -> PolicyChanges {
    PolicyChanges {
        egress: Some(Egress { embedding }),
        ..PolicyChanges::default()
    }
}

fn listed(world: &World, person: &Person) -> Vec<Memory> {
    let page = anchorhold_memory::Page {
        limit: 10,
        cursor: None,
    };
    let scope = world.scope::<Read>(person, Missing::Empty).unwrap();
    world.engine.list(scope.as_ref(), &page).unwrap().memories
}

#[test]
fn no_text_leaves_the_house_without_consent() {
    let house = Arc::new(OtherHouse::default());
    let world = World::new().restarted_with(vec![("house", Arc::clone(&house) as _)]);
    let tenant = world.tenant("acme");
    let alice = world.user(&tenant, "alice");
    let refused = world.demand("acme", chosen(remote()));
    assert!(matches!(
        refused,
        Err(Error::Invalid {
            field: "embedding",
            ..
        })
    ));
    let allowed = PolicyChanges {
        embedding: Some(remote()),
        ..consent(true)
    };
    world.demand("acme", allowed).unwrap();
    assert_eq!(house.texts(), 0);
    keep(&world, &alice, draft("tea")).unwrap();
    assert_eq!(world.recall(&alice, "tea"), ["tea"]);
    assert_eq!(house.texts(), 2);
    world.demand("acme", consent(false)).unwrap();
    let kept = keep(&world, &alice, draft("coffee"));
    assert!(matches!(kept, Err(Error::EgressForbidden)));
    let asked = ask(&world, &alice, "tea", None);
    assert!(matches!(asked, Err(Error::EgressForbidden)));
    assert_eq!(house.texts(), 2, "what was not allowed was not sent");
    assert_eq!(listed(&world, &alice).len(), 1, "reading sends nothing");
    // Another policy does not give the namespace another model, so it sends nothing either.
    world
        .demand("acme", chosen(EmbeddingPolicy::Builtin))
        .unwrap();
    let kept = keep(&world, &alice, draft("coffee"));
    assert!(matches!(kept, Err(Error::EgressForbidden)));
    let bob = world.user(&tenant, "bob");
    keep(&world, &bob, draft("milk")).unwrap();
    assert_eq!(
        (world.recall(&bob, "milk"), house.texts()),
        (vec!["milk".to_owned()], 2)
    );
}

#[test]
fn a_namespace_whose_embedder_is_gone_is_listed_and_deleted_and_goes_on_when_it_is_back() {
    let house = Arc::new(OtherHouse::default());
    let world = World::new().restarted_with(vec![("house", Arc::clone(&house) as _)]);
    let policy = TenantPolicy {
        egress: Egress { embedding: true },
        ..with(remote())
    };
    let tenant = world.tenant_with("acme", policy);
    let alice = world.user(&tenant, "alice");
    keep(&world, &alice, draft("tea")).unwrap();
    let gone = keep(&world, &alice, draft("coffee!")).unwrap();
    let world = world.restarted_with(Vec::new());
    let kept = keep(&world, &alice, draft("milk"));
    assert!(matches!(kept, Err(Error::EmbedderMissing)));
    let asked = ask(&world, &alice, "tea", None);
    assert!(matches!(asked, Err(Error::EmbedderMissing)));
    let refused = world.demand("acme", chosen(remote()));
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    assert_eq!(listed(&world, &alice).len(), 2);
    let scope = world.scope::<Erase>(&alice, Missing::Empty).unwrap();
    world.engine.delete(scope.as_ref(), gone.facets.id).unwrap();
    let world = world.restarted_with(vec![("house", house as _)]);
    assert_eq!(world.recall(&alice, "tea"), ["tea"]);
}
