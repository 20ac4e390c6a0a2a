//! The key of a listener: one of a tenant, ended for good, and void inside what still runs.

use anchorhold_identity::{ListenerPolicy, Missing, Reason, Write};
use anchorhold_memory::Error;
use anchorhold_model::{Isolation, TenantPolicy};

use crate::support::{World, ask, chores, draft};

#[test]
fn a_write_on_a_listener_that_was_closed_meanwhile_writes_nothing() {
    let world = World::new();
    let shared = TenantPolicy {
        isolation: Isolation::None,
        ..TenantPolicy::default()
    };
    let tenant = world.tenant_with("acme", shared);
    let chores = chores(&world.engine);
    let key = |anew| chores.listener_key(tenant.tenant(), anew).unwrap();
    let mut question = ask(&[], &[]);
    question.listener = ListenerPolicy {
        tenant: Some(tenant.tenant()),
        trust_mode: None,
    };
    let scope = || world.gate.scope::<Write>(&question, Missing::Reserve);
    // Nobody is let in before there is a key.
    let missing = scope().err().map(|denial| denial.reason);
    assert_eq!(missing, Some(Reason::CredentialMissing));
    let first = key(false).unwrap();
    assert_eq!(key(false).unwrap().key, first.key);
    let running = scope().unwrap().unwrap();
    world.engine.remember(&running, draft("before")).unwrap();
    world.engine.key_revoke(&tenant, first.key).unwrap();
    let late = world.engine.remember(&running, draft("after"));
    assert!(matches!(late, Err(Error::Revoked)));
    assert!(scope().is_err());
    assert!(key(false).is_none());
    let second = key(true).unwrap();
    assert_ne!(first.key, second.key);
    let again = scope().unwrap().unwrap();
    world.engine.remember(&again, draft("again")).unwrap();
    let late = world.engine.remember(&running, draft("after"));
    assert!(
        matches!(late, Err(Error::Revoked)),
        "the old one stays void"
    );
}
