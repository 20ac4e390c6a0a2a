//! Opens an installation without its server: to make a key that has expired, and to read the
//! audit log.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anchorhold_crypto::{Kek, Secret};
use anchorhold_embed::BuiltinEncoder;
use anchorhold_gate::{Ask, Gate};
use anchorhold_identity::{Door, Headers, ListenerPolicy};
use anchorhold_memory::{Engine, NewKey, Settings};
use anchorhold_model::{Clock, Random, Stream, TenantId, TenantName, TenantPolicy, Timestamp};
use anchorhold_store::{AuditMode, Entry, Options, Store};

use crate::support::KEK;

const SECONDS_A_DAY: u64 = 86_400;

/// A clock that runs as far behind as its number of seconds says.
struct Late(u64);

impl Clock for Late {
    #[expect(
        clippy::disallowed_methods,
        reason = "stands in for the program, which owns the real clock"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let late = since.unwrap().saturating_sub(Duration::from_secs(self.0));
        Timestamp::from_milliseconds(i64::try_from(late.as_millis()).unwrap())
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

struct System;

impl Random for System {
    #[expect(
        clippy::disallowed_methods,
        reason = "stands in for the program, which owns the real source of chance"
    )]
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

fn open(data: &Path, clock: &Arc<dyn Clock>) -> Store {
    let options = Options {
        data: data.to_owned(),
        clock: Arc::clone(clock),
        random: Arc::new(System),
        handles_max: 16,
        audit: AuditMode::Required,
        residue_days: 30,
    };
    Store::open(options, &Kek::new(Secret::new(KEK))).unwrap()
}

/// Makes a tenant three days ago, with a tenant admin key that has expired two days ago.
pub(super) fn expired_admin(data: &Path, operator_key: &str, tenant: &str) -> String {
    let clock: Arc<dyn Clock> = Arc::new(Late(3 * SECONDS_A_DAY));
    let embedder = Arc::new(BuiltinEncoder::new().unwrap());
    let store = open(data, &clock);
    let engine = Engine::new(store, embedder, Arc::clone(&clock), Settings::default());
    let gate = Gate::new(engine.directory(), engine.journal(), Arc::clone(&clock));
    let bearer = format!("Bearer {operator_key}");
    let lines = [("authorization", bearer.as_bytes())];
    let ask = Ask {
        headers: Headers::new(&lines),
        named: &[],
        verb: "tenant_create",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
        peer: None,
        visit: std::sync::Arc::default(),
    };
    let operator = gate.operator(&ask).unwrap();
    let name = TenantName::parse(tenant).unwrap();
    let policy = TenantPolicy::default();
    let tenant = engine.tenant_create(&operator, name, policy).unwrap();
    let new = NewKey {
        name: "expired".to_owned(),
        user: None,
        viewer: false,
        invite: None,
        origins: None,
        act_as: None,
        admin: true,
        grants: Vec::new(),
        expires_at: Some(clock.now().plus_seconds(SECONDS_A_DAY)),
    };
    let admin = operator.for_tenant(tenant.id);
    let (token, _) = engine.key_create(&admin, new).unwrap();
    engine.close();
    token.reveal()
}

/// The audit log of a tenant, newest entry first, after the server has stopped.
pub(super) fn audit_entries(data: &Path, tenant: &str) -> Vec<Entry> {
    let clock: Arc<dyn Clock> = Arc::new(Late(0));
    let tenant = TenantId::parse(tenant).unwrap();
    let store = open(data, &clock);
    store.audit().verify(tenant).unwrap();
    store.audit().entries(tenant, 10_000).unwrap()
}
