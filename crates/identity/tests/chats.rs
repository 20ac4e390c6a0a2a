//! Who may have a request passed on to a model server, where a chat reads, and where it is kept.

use std::sync::Arc;

use anchorhold_identity::{Chatting, CredentialRecord, Door, Reason, chatting, passage};
use anchorhold_model::Origin;

use crate::world::{NOW, TENANT, World, kinds, of_user, plain};

fn key(kind: &str) -> CredentialRecord {
    let mut kinds = kinds().into_iter();
    kinds.find(|(name, _)| *name == kind).unwrap().1
}

fn chat(world: &World) -> Result<Chatting, Reason> {
    let (caller, verdict) = world.judged(&[]).unwrap();
    let chatting = chatting(&caller, &verdict, None, Door::Http, world, NOW);
    chatting.map_err(|denial| denial.reason)
}

#[test]
fn a_chat_reads_and_is_kept_where_its_caller_may_and_knows_its_tenant() {
    let alice = of_user("local", "alice");
    for (kind, is_kept) in [("alice", true), ("alice, viewer", false)] {
        let mut world = World::usual(key(kind)).with(alice.clone(), 3);
        let tenant = world.tenant.as_mut().map(Arc::make_mut).unwrap();
        tenant.policy.chat.soft_tokens = 7;
        let chat = chat(&world).unwrap();
        let tenant = chat.passage.tenant();
        assert_eq!((tenant.id, tenant.policy.chat.soft_tokens), (TENANT, 7));
        let read = chat.reading.own.map(|scope| scope.address().clone());
        assert_eq!(read, Some(alice.clone()), "{kind}");
        let kept = chat.writing.map(|scope| scope.address().clone());
        assert_eq!(kept, is_kept.then(|| alice.clone()), "{kind}");
    }
}

/// Nobody is told that a chat is kept, or goes on as if it were, when it cannot be known where.
#[test]
fn a_chat_whose_place_cannot_be_had_is_refused() {
    let mut world = World::usual(key("alice"));
    world.silent_at = Some("reserve");
    assert_eq!(chat(&world).err(), Some(Reason::Unavailable));
}

#[test]
fn neither_an_operator_nor_a_page_has_anything_passed_on() {
    let passes = |credential: CredentialRecord, lines: &[(&str, &[u8])]| {
        let caller = World::usual(credential).try_caller(lines).unwrap();
        passage(&caller).map(drop).map_err(|denial| denial.reason)
    };
    assert_eq!(passes(plain(), &[]), Ok(()));
    let operator = CredentialRecord {
        tenant: None,
        ..plain()
    };
    assert_eq!(passes(operator, &[]), Err(Reason::CredentialMisplaced));
    let page = CredentialRecord {
        origins: Some(vec![Origin::parse("https://app.example").unwrap()]),
        ..plain()
    };
    let origin: (&str, &[u8]) = ("origin", b"https://app.example");
    let forbidden = Reason::AccessForbidden { needed: None };
    assert_eq!(passes(page, &[origin]), Err(forbidden));
}
