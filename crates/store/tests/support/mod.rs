//! A store in a directory of its own, with a clock and a chance that tests hold in their hands,
//! and scopes made the only way there is: through identity.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "shared by tests and benches, each of which uses a part"
)]

mod reading;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anchorhold_crypto::{Kek, Secret, Token};
use anchorhold_identity::{
    ActAs, Caller, Custodian, Directory as _, Door, Headers, Includes, Missing, Read, Right, Scope,
    SubjectErasure, authenticate, creation, enforce, operator, resolve, subject_erasure, validate,
};
use anchorhold_model::{
    Clock, Issuer, NamespaceName, Random, RecordId, Stream, TenantName, TenantPolicy, Timestamp,
    User, UserId,
};
use anchorhold_store::{
    AuditMode, Error, Kind, NewKey, Options, Plain, RESIDUE_DAYS_DEFAULT, Store,
};
use tempfile::TempDir;

pub use reading::{load, summary};

/// Stands still until told otherwise.
#[derive(Default)]
pub struct TestClock(AtomicU64);

impl TestClock {
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let milliseconds = i64::try_from(self.0.load(Ordering::SeqCst)).unwrap();
        Timestamp::from_milliseconds(1_800_000_000_000 + milliseconds)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes for the same seed, stream and position. SplitMix64 (Steele, Lea, Flood 2014).
pub struct TestRandom {
    seed: u64,
    positions: Mutex<BTreeMap<Vec<u8>, u64>>,
    /// Panics at the next draw of this stream.
    pub trap: Mutex<Option<Vec<u8>>>,
}

impl TestRandom {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            positions: Mutex::default(),
            trap: Mutex::default(),
        }
    }
}

impl Random for TestRandom {
    fn fill(&self, stream: Stream<'_>, bytes: &mut [u8]) {
        let mut trap = self.trap.lock().unwrap();
        if trap.as_deref() == Some(stream.0) {
            *trap = None;
            drop(trap);
            panic!("the trap that a test has set");
        }
        drop(trap);
        let mut state = self.seed ^ 0xcbf2_9ce4_8422_2325;
        for byte in stream.0 {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut positions = self.positions.lock().unwrap();
        let position = positions.entry(stream.0.to_vec()).or_default();
        for chunk in bytes.chunks_mut(8) {
            *position += 1;
            let mut word = state.wrapping_add(position.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// An installation with one tenant.
pub struct World {
    pub directory: TempDir,
    pub clock: Arc<TestClock>,
    pub random: Arc<TestRandom>,
    pub operator: Token,
    /// A tenant admin key.
    pub admin: Token,
    /// A key that may act as any user.
    pub service: Token,
    pub handles_max: usize,
    pub audit: AuditMode,
    store: Option<Store>,
}

pub fn kek(byte: u8) -> Kek {
    Kek::new(Secret::new([byte; 32]))
}

pub fn world() -> World {
    world_with(2_048, AuditMode::Off)
}

pub fn world_with(handles_max: usize, audit: AuditMode) -> World {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let random = Arc::new(TestRandom::new(7));
    let options = options_of(
        &directory.path().join("data"),
        &clock,
        &random,
        handles_max,
        audit,
    );
    let operator_token = Store::init(&options, &kek(1)).unwrap().operator_token;
    let store = Store::open(options, &kek(1)).unwrap();
    let caller = caller_of(&store, &clock, &operator_token, None);
    let proof = operator(&caller, Door::Library).unwrap_or_else(|_| panic!("an operator"));
    let name = TenantName::parse("acme").unwrap();
    let tenant = store
        .catalogue()
        .tenant_create(&proof, name, TenantPolicy::default())
        .unwrap();
    let keys = proof.for_tenant(tenant.id);
    let key = |name: &str, admin, act_as| {
        let new = NewKey {
            name: name.to_owned(),
            admin,
            act_as,
            ..NewKey::default()
        };
        store.catalogue().key_create(&keys, new).unwrap().0
    };
    let admin = key("admin", true, None);
    let service = key("service", false, Some(ActAs::Full));
    World {
        directory,
        clock,
        random,
        operator: operator_token,
        admin,
        service,
        handles_max,
        audit,
        store: Some(store),
    }
}

fn options_of(
    data: &Path,
    clock: &Arc<TestClock>,
    random: &Arc<TestRandom>,
    handles_max: usize,
    audit: AuditMode,
) -> Options {
    Options {
        data: data.to_path_buf(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::clone(random) as Arc<dyn Random>,
        handles_max,
        audit,
        residue_days: RESIDUE_DAYS_DEFAULT,
    }
}

fn caller_of(store: &Store, clock: &TestClock, token: &Token, user: Option<&str>) -> Caller {
    let bearer = format!("Bearer {}", token.reveal());
    let mut lines = vec![("authorization", bearer.as_bytes())];
    if let Some(user) = user {
        lines.push(("x-anchorhold-user", user.as_bytes()));
    }
    let directory = store.catalogue().as_ref();
    authenticate(Headers::new(&lines), directory, clock.now())
        .unwrap_or_else(|denial| panic!("{denial:?}"))
}

pub fn user(id: &str) -> User {
    User {
        issuer: Issuer::parse(Issuer::LOCAL).unwrap(),
        id: UserId::parse(id).unwrap(),
    }
}

impl World {
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub fn options(&self) -> Options {
        options_of(
            &self.data(),
            &self.clock,
            &self.random,
            self.handles_max,
            self.audit,
        )
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    pub fn store_mut(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }

    pub fn close(&mut self) {
        self.store = None;
    }

    pub fn try_open(&mut self) -> Result<(), Error> {
        self.store = None;
        self.store = Some(Store::open(self.options(), &kek(1))?);
        Ok(())
    }

    pub fn reopen(&mut self) {
        self.try_open().unwrap();
    }

    /// The scope of the service key for a user's namespace; reserved before the first write.
    pub fn scope<A: Right + Includes<Read>>(&self, id: &str) -> Scope<A> {
        self.scope_of_token(&self.service, id)
    }

    pub fn scope_of_token<A: Right + Includes<Read>>(&self, token: &Token, id: &str) -> Scope<A> {
        let (caller, verdict) = self.verdict(token, id);
        let directory = self.store().catalogue().as_ref();
        enforce(
            &caller,
            &verdict,
            None,
            Missing::Reserve,
            Door::Library,
            directory,
        )
        .unwrap_or_else(|denial| panic!("{denial:?}"))
        .unwrap()
    }

    fn verdict(&self, token: &Token, id: &str) -> (Caller, anchorhold_identity::Verdict) {
        let lines = [("x-anchorhold-user", id.as_bytes())];
        let caller = caller_of(self.store(), &self.clock, token, Some(id));
        let resolution = resolve(&caller, Headers::new(&lines)).unwrap();
        let directory = self.store().catalogue().as_ref();
        let verdict = validate(&caller, resolution, directory).unwrap();
        (caller, verdict)
    }

    /// The scope of the admin key for a named namespace.
    pub fn named<A: Right + Includes<Read>>(&self, name: &str) -> Scope<A> {
        let caller = caller_of(self.store(), &self.clock, &self.admin, None);
        let directory = self.store().catalogue().as_ref();
        let resolution = resolve(&caller, Headers::new(&[])).unwrap();
        let verdict = validate(&caller, resolution, directory).unwrap();
        let name = NamespaceName::parse(name).unwrap();
        enforce(
            &caller,
            &verdict,
            Some(name),
            Missing::Empty,
            Door::Library,
            directory,
        )
        .unwrap_or_else(|denial| panic!("{denial:?}"))
        .unwrap()
    }

    pub fn namespace_create(&self, name: &str) {
        let caller = caller_of(self.store(), &self.clock, &self.admin, None);
        let name = NamespaceName::parse(name).unwrap();
        let proof = creation(&caller, name, Door::Library).unwrap_or_else(|_| panic!("creation"));
        self.store()
            .catalogue()
            .namespace_create(&proof, None)
            .unwrap();
    }

    pub fn custodian(&self, store: &Store) -> Custodian {
        let caller = caller_of(store, &self.clock, &self.operator, None);
        let proof = operator(&caller, Door::Library).unwrap_or_else(|_| panic!("an operator"));
        proof.custodian()
    }

    pub fn erasure(&self, id: &str) -> SubjectErasure {
        let (caller, verdict) = self.verdict(&self.service, id);
        let directory = self.store().catalogue().as_ref();
        subject_erasure(&caller, &verdict, user(id), Door::Library, directory)
            .unwrap_or_else(|denial| panic!("{denial:?}"))
    }

    /// Makes one more key that may act as any user, and a way to revoke it.
    pub fn service_key(&self) -> (Token, impl Fn() + '_) {
        let caller = caller_of(self.store(), &self.clock, &self.operator, None);
        let proof = operator(&caller, Door::Library).unwrap_or_else(|_| panic!("an operator"));
        let name = TenantName::parse("acme").unwrap();
        let tenant = self
            .store()
            .catalogue()
            .tenant_named(&name)
            .unwrap()
            .unwrap();
        let keys = proof.for_tenant(tenant.id);
        let new = NewKey {
            name: "more".to_owned(),
            act_as: Some(ActAs::Full),
            ..NewKey::default()
        };
        let (token, record) = self.store().catalogue().key_create(&keys, new).unwrap();
        let revoke = move || {
            self.store()
                .catalogue()
                .key_revoke(&keys, record.key)
                .unwrap();
        };
        (token, revoke)
    }

    /// Every record of a user: id to version and text.
    pub fn all(&self, id: &str) -> Result<BTreeMap<RecordId, (u64, String)>, Error> {
        load(self.store(), &self.scope(id))
    }

    /// The database file of a namespace.
    pub fn file_of<A: Right>(&self, scope: &Scope<A>) -> PathBuf {
        let name = anchorhold_model::hex(scope.namespace().as_bytes());
        self.data()
            .join("namespaces")
            .join(&name[..2])
            .join(format!("{name}.db"))
    }
}

pub fn id(number: u128) -> RecordId {
    RecordId::from_bytes(number.to_be_bytes())
}

pub fn plain(number: u128, version: u64, text: &str) -> Plain {
    Plain {
        id: id(number),
        version,
        kind: Kind::Memory,
        summary: summary(text).into(),
        content: text.as_bytes().to_vec().into(),
    }
}

/// Every file below a directory.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a file holds these bytes.
pub fn holds(path: &Path, bytes: &[u8]) -> bool {
    let content = std::fs::read(path).unwrap_or_default();
    content.windows(bytes.len()).any(|window| window == bytes)
}
