//! A catalogue in a directory of its own, with a clock and a chance that the test holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anchorhold_crypto::{InstallKey, Kek, Secret, Token, WrappingKey};
use anchorhold_identity::{
    Actor, Caller, CredentialRecord, Door, Headers, Operator, Strength, TenantAdmin, authenticate,
    operator, tenant_admin,
};
use anchorhold_model::{
    Address, Clock, Issuer, NamespaceId, NamespaceName, Part, Place, Random, Stream, SubScopes,
    TenantId, TenantName, TenantPolicy, Timestamp, User, UserId,
};

use crate::registry::{Cradle, Foundation};
use crate::{Catalogue, Error, NewKey};

/// A clock that moves when it is told to.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Each stream answers for itself.
#[derive(Default)]
pub(crate) struct TestRandom(Mutex<BTreeMap<Vec<u8>, u64>>);

impl Random for TestRandom {
    fn fill(&self, stream: Stream<'_>, bytes: &mut [u8]) {
        let mut streams = self.0.lock().unwrap();
        let counter = streams.entry(stream.0.to_vec()).or_default();
        for chunk in bytes.chunks_mut(8) {
            *counter += 1;
            let mut seed = stream.0.to_vec();
            seed.extend_from_slice(&counter.to_be_bytes());
            let hash = anchorhold_crypto::chain_hash(&[7; 32], &seed);
            chunk.copy_from_slice(&hash[..chunk.len()]);
        }
    }
}

/// Remembers what it was asked to make.
#[derive(Default)]
pub(crate) struct TestCradle(pub(crate) Mutex<BTreeSet<NamespaceId>>);

impl Cradle for TestCradle {
    fn prepare(&self, namespace: NamespaceId, _: &WrappingKey) -> Result<(), Error> {
        self.0.lock().unwrap().insert(namespace);
        Ok(())
    }
    fn discard(&self, namespace: NamespaceId) -> Result<(), Error> {
        self.0.lock().unwrap().remove(&namespace);
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) foundation: Arc<Foundation>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) cradle: Arc<TestCradle>,
    pub(crate) operator_token: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_700_000_000_000)));
        let random = Arc::new(TestRandom::default());
        let foundation = Arc::new(Foundation {
            kek: Kek::new(Secret::new([1; 32])),
            install: InstallKey::generate(&*random, Stream::PROCESS),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random,
        });
        let path = directory.path().join("catalogue.db");
        let catalogue = Catalogue::create(&path, Arc::clone(&foundation)).unwrap();
        let (token, _) = catalogue.operator_key_create("operator").unwrap();
        let cradle = Arc::new(TestCradle::default());
        catalogue.set_cradle(Arc::clone(&cradle) as Arc<dyn Cradle>);
        Self {
            directory,
            clock,
            foundation,
            catalogue: Arc::new(catalogue),
            cradle,
            operator_token: token.reveal(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("catalogue.db")
    }

    /// The same files, opened by a new process.
    pub(crate) fn reopened(self) -> Self {
        let (path, foundation) = (self.path(), Arc::clone(&self.foundation));
        let Self {
            directory,
            clock,
            catalogue,
            cradle,
            operator_token,
            ..
        } = self;
        drop(catalogue);
        let catalogue = Catalogue::open(&path, Arc::clone(&foundation)).unwrap();
        catalogue.set_cradle(Arc::clone(&cradle) as Arc<dyn Cradle>);
        Self {
            directory,
            clock,
            foundation,
            catalogue: Arc::new(catalogue),
            cradle,
            operator_token,
        }
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// The caller with this token, as a door would find it.
    pub(crate) fn caller(&self, token: &str) -> Option<Caller> {
        let value = format!("Bearer {token}");
        let lines = [("authorization", value.as_bytes())];
        authenticate(Headers::new(&lines), &*self.catalogue, self.clock.now()).ok()
    }

    pub(crate) fn operator(&self) -> Operator {
        operator(&self.caller(&self.operator_token).unwrap(), Door::Library).unwrap()
    }

    pub(crate) fn tenant(&self, name: &str) -> TenantId {
        let name = TenantName::parse(name).unwrap();
        let policy = TenantPolicy::default();
        let made = self.catalogue.tenant_create(&self.operator(), name, policy);
        made.unwrap().id
    }

    /// The operator as the admin of a tenant.
    pub(crate) fn admin(&self, tenant: TenantId) -> TenantAdmin {
        self.operator().for_tenant(tenant)
    }

    pub(crate) fn key(&self, tenant: TenantId, new: NewKey) -> (Token, Arc<CredentialRecord>) {
        self.catalogue.key_create(&self.admin(tenant), new).unwrap()
    }

    /// A caller with a tenant admin key.
    pub(crate) fn admin_caller(&self, tenant: TenantId) -> Caller {
        let new = NewKey {
            name: "admin".to_owned(),
            admin: true,
            ..NewKey::default()
        };
        let (token, _) = self.key(tenant, new);
        let caller = self.caller(&token.reveal()).unwrap();
        assert!(tenant_admin(&caller, || unreachable!(), Door::Library).is_ok());
        caller
    }
}

pub(crate) fn user(id: &str) -> User {
    User {
        issuer: Issuer::parse("local").unwrap(),
        id: UserId::parse(id).unwrap(),
    }
}

pub(crate) fn user_address(tenant: TenantId, id: &str) -> Address {
    let place = Place::User(user(id), SubScopes::default());
    Address { tenant, place }
}

pub(crate) fn workspace_address(tenant: TenantId, id: &str, workspace: &str) -> Address {
    let sub_scopes = SubScopes {
        workspace: Some(Part::parse(workspace).unwrap()),
        ..SubScopes::default()
    };
    let place = Place::User(user(id), sub_scopes);
    Address { tenant, place }
}

pub(crate) fn named_address(tenant: TenantId, name: &str) -> Address {
    let place = Place::Named(NamespaceName::parse(name).unwrap());
    Address { tenant, place }
}

/// Somebody who proved to be `subject`.
pub(crate) fn actor(tenant: TenantId, subject: Option<User>) -> Actor {
    Actor {
        tenant: Some(tenant),
        credential: None,
        strength: subject.as_ref().map(|_| Strength::Proven),
        subject,
        source: None,
        on_behalf_of: None,
        trust_mode: None,
        door: Door::Library,
        advisory: false,
    }
}
