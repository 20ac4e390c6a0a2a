//! An audit log over a test catalogue.

use std::path::PathBuf;
use std::sync::Arc;

use anchorhold_identity::{Actor, CredentialStamp, Door, Source, Strength};
use anchorhold_model::{KeyId, NamespaceId, TenantId, TrustMode, User, hex};

use crate::catalogue::tests::world::World;
use crate::{Act, Audit, AuditMode, Intent, Outcome};

pub(super) struct Logged {
    pub(super) world: World,
    pub(super) audit: Audit,
}

impl Logged {
    pub(super) fn new() -> Self {
        let world = World::new();
        std::fs::create_dir(world.directory.path().join("audit")).unwrap();
        let audit = open(&world, AuditMode::Required);
        Self { world, audit }
    }

    pub(super) fn path(&self, tenant: TenantId) -> PathBuf {
        let directory = self.world.directory.path().join("audit");
        directory.join(format!("{}.log", hex(tenant.as_bytes())))
    }

    /// The same files, opened by a new process.
    pub(super) fn reopened(self) -> Self {
        drop(self.audit);
        let world = self.world.reopened();
        let audit = open(&world, AuditMode::Required);
        Self { world, audit }
    }

    /// The same, without saying good-bye to the log: what a crash leaves is what was written.
    pub(super) fn again(&self) -> Audit {
        open(&self.world, AuditMode::Required)
    }

    pub(super) fn intent(&self, tenant: TenantId, verb: &'static str) -> Intent {
        self.audit.intent(&act(&actor(tenant, None), verb)).unwrap()
    }

    pub(super) fn done(&self, tenant: TenantId, verb: &'static str) -> String {
        let intent = self.intent(tenant, verb);
        let id = intent.id().to_owned();
        self.audit.outcome(intent, Outcome::Done).unwrap();
        id
    }
}

pub(super) fn open(world: &World, mode: AuditMode) -> Audit {
    Audit::open(
        world.directory.path().join("audit"),
        Arc::clone(&world.foundation),
        Arc::clone(&world.catalogue),
        mode,
    )
}

pub(super) fn actor(tenant: TenantId, subject: Option<User>) -> Actor {
    Actor {
        tenant: Some(tenant),
        credential: Some(CredentialStamp {
            key: KeyId::from_bytes([8; 16]),
            generation: 0,
        }),
        strength: subject.as_ref().map(|_| Strength::Asserted),
        source: subject.as_ref().map(|_| Source::UserHeader),
        subject,
        on_behalf_of: None,
        trust_mode: Some(TrustMode::Required),
        door: Door::Http,
        advisory: false,
    }
}

pub(super) fn act<'a>(actor: &'a Actor, verb: &'static str) -> Act<'a> {
    Act {
        actor,
        verb,
        namespace: Some(NamespaceId::from_bytes([4; 16])),
        records: 3,
    }
}
