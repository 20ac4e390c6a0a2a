//! The audit log after a kill, read by the library: its chains hold, and every acknowledged write
//! stands in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use anchorhold_gate::{Ask, Gate};
use anchorhold_identity::{Door, Headers, ListenerPolicy};
use anchorhold_model::TenantId;
use anchorhold_store::EntryOutcome;

use crate::process::Home;
use crate::process::library::WallClock;

/// Checks all chains; no server may run. `acknowledged` counts by verb what clients were told.
pub(crate) fn check(home: &Home, operator_key: &str, acknowledged: &BTreeMap<&'static str, u64>) {
    let store = home.open().expect("the library opens what a kill has left");
    let (directory, journal) = (Arc::clone(store.catalogue()), Arc::clone(store.audit()));
    let gate = Gate::new(directory, journal, Arc::new(WallClock));
    let bearer = format!("Bearer {operator_key}").into_bytes();
    let lines = [("authorization", bearer.as_slice())];
    let ask = Ask {
        headers: Headers::new(&lines),
        named: &[],
        verb: "audit",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
        peer: None,
        visit: std::sync::Arc::default(),
    };
    let operator = gate.operator(&ask).expect("the operator key still works");
    let tenants = store.catalogue().tenant_list(&operator).unwrap();
    let [tenant] = tenants.as_slice() else {
        panic!(
            "expected the one tenant of the first start, got {}",
            tenants.len()
        );
    };
    for chain in [tenant.id, TenantId::from_bytes([0; 16])] {
        let verified = store.audit().verify(chain);
        assert!(
            verified.is_ok(),
            "the chain of {chain} must verify: {verified:?}"
        );
    }
    let mut entries: BTreeMap<String, u64> = BTreeMap::new();
    for entry in store.audit().entries(tenant.id, usize::MAX).unwrap() {
        if matches!(entry.outcome, EntryOutcome::Done | EntryOutcome::Unknown) {
            *entries.entry(entry.verb).or_default() += 1;
        }
    }
    for (verb, count) in acknowledged {
        let told = entries.get(*verb).copied().unwrap_or_default();
        assert!(
            told >= *count,
            "{count} acknowledged {verb} need as many entries in the audit log, it has {told}"
        );
    }
}
