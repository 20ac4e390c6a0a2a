//! Embedding stops where it must: between two texts somebody may take back what allowed them, or
//! leave.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anchorhold_embed::{Embedder, Embedding};
use anchorhold_identity::{Missing, TenantAdmin};
use anchorhold_memory::Error;
use anchorhold_model::{
    Content, Draft, Egress, EmbedderName, EmbeddingPolicy, PolicyChanges, TenantPolicy,
};

use crate::support::{Person, World, draft};

/// What happens while a text is on its way.
type Event = Box<dyn Fn(usize) + Send>;

/// Another house, in which something happens with each text.
#[derive(Default)]
struct OtherHouse {
    texts: AtomicUsize,
    event: Mutex<Option<Event>>,
}

impl Embedder for OtherHouse {
    fn model(&self) -> &'static str {
        "remote:house/test"
    }

    fn dimension(&self) -> usize {
        8
    }

    fn embed(&self, _: &str) -> Result<Embedding, anchorhold_embed::Error> {
        let count = self.texts.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some(event) = &*self.event.lock().unwrap() {
            event(count);
        }
        let vector = vec![8.0_f32.sqrt().recip(); 8];
        Ok(Embedding {
            vector,
            windows: 1,
            tokens: 0,
        })
    }
}

struct Case {
    house: Arc<OtherHouse>,
    world: Arc<World>,
    tenant: Arc<TenantAdmin>,
    alice: Person,
}

impl Case {
    fn new() -> Self {
        let house = Arc::new(OtherHouse::default());
        let world = World::new().restarted_with(vec![("house", Arc::clone(&house) as _)]);
        let embedder = EmbedderName::parse("house").unwrap();
        let policy = TenantPolicy {
            embedding: EmbeddingPolicy::Remote { embedder },
            egress: Egress { embedding: true },
            ..TenantPolicy::default()
        };
        let tenant = world.tenant_with("acme", policy);
        let alice = world.user(&tenant, "alice");
        Self {
            house,
            world: Arc::new(world),
            tenant: Arc::new(tenant),
            alice,
        }
    }

    /// Keeps fifteen memories at once; while the third text is on its way, something happens. Says
    /// why they were refused, and how many texts left.
    fn keep_while(&self, happens: impl Fn(&World) + Send + 'static) -> (Vec<Error>, usize) {
        let (world, before) = (Arc::clone(&self.world), self.texts());
        *self.house.event.lock().unwrap() = Some(Box::new(move |count| {
            if count == before + 3 {
                happens(&world);
            }
        }));
        let scope = self.world.scope(&self.alice, Missing::Reserve);
        let scope = scope.unwrap().unwrap();
        let kept = self.world.engine.remember_batch(&scope, fifteen());
        *self.house.event.lock().unwrap() = None;
        let refused = kept.into_iter().filter_map(Result::err).collect();
        (refused, self.texts() - before)
    }

    fn texts(&self) -> usize {
        self.house.texts.load(Ordering::Acquire)
    }
}

fn fifteen() -> Vec<Draft> {
    let draft = |number| Draft::new(Content::new(format!("text {number}")).unwrap());
    (0..15).map(draft).collect()
}

#[test]
fn consent_that_is_taken_back_holds_for_the_next_text_of_a_batch() {
    let case = Case::new();
    let (refused, texts) = case.keep_while(|world| {
        let changes = PolicyChanges {
            egress: Some(Egress { embedding: false }),
            ..PolicyChanges::default()
        };
        world.demand("acme", changes).unwrap();
    });
    let is_right = |error| matches!(error, &Error::EgressForbidden);
    assert!(refused.iter().all(is_right), "{refused:?}");
    assert_eq!((refused.len(), texts), (15, 3));
}

#[test]
fn a_key_that_is_revoked_sends_no_further_text_of_a_batch() {
    let case = Case::new();
    let tenant = Arc::clone(&case.tenant);
    let (refused, texts) = case.keep_while(move |world| {
        for key in world.engine.key_list(&tenant).unwrap() {
            world.engine.key_revoke(&tenant, key.key).unwrap();
        }
    });
    let is_right = |error| matches!(error, &Error::Revoked);
    assert!(refused.iter().all(is_right), "{refused:?}");
    assert_eq!((refused.len(), texts), (15, 3));
}

#[test]
fn an_erased_user_sends_no_further_text_of_a_batch() {
    let case = Case::new();
    case.world.keep(&case.alice, "what is there");
    let application = case.world.application(&case.tenant);
    let (refused, texts) = case.keep_while(move |world| {
        world.erase(&application, Some("alice")).unwrap();
    });
    let is_right = |error| matches!(error, &Error::Erased | &Error::Revoked);
    assert!(refused.iter().all(is_right), "{refused:?}");
    assert_eq!((refused.len(), texts), (15, 3));
}

#[test]
fn a_batch_that_nobody_waits_for_embeds_no_further_text_and_keeps_nothing() {
    let case = Case::new();
    let scope = case.world.scope(&case.alice, Missing::Reserve);
    let scope = scope.unwrap().unwrap();
    let is_awaited = || case.texts() < 4;
    let engine = &case.world.engine;
    let kept = engine.remember_batch_while(&scope, fifteen(), &is_awaited);
    assert!(
        kept.iter()
            .all(|kept| matches!(kept, Err(Error::Abandoned)))
    );
    assert_eq!(case.texts(), 4);
    // Nothing was kept, and the ids and the namespace are free for whoever comes next.
    assert_eq!(case.world.recall(&case.alice, "text"), Vec::<String>::new());
    engine.remember(&scope, draft("later")).unwrap();
    assert_eq!(case.world.recall(&case.alice, "text"), ["later"]);
}
