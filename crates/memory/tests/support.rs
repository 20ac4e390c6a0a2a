//! A small world: one store in a temporary directory, a clock that tests move, seeded chance, an
//! embedder that hashes words, and people who ask through the gate.

mod embedder;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use anchorhold_embed::Embedder;
use anchorhold_gate::{Ask, Erased, Gate};
use anchorhold_identity::{
    ActAs, Denial, Door, Headers, Includes, ListenerPolicy, Missing, Read, Right, Scope,
    TenantAdmin,
};
use anchorhold_memory::{Embedders, Engine, NewKey, Settings};
use anchorhold_model::{
    Clock, Content, Draft, EmbedderName, Grant, GrantPattern, NamespaceName, PolicyChanges, Random,
    Stream, TenantName, TenantPolicy, Timestamp, UserId,
};
use anchorhold_store::{Audit, AuditMode, Options, Store};

pub(crate) use embedder::{AT_THE_GATE, GATE, WordEmbedder};

/// A clock that stands still until a test moves it.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Bytes from a seed; each stream has a run of its own.
pub(crate) struct TestRandom(AtomicU64);

impl Random for TestRandom {
    fn fill(&self, stream: Stream<'_>, bytes: &mut [u8]) {
        let draw = self.0.fetch_add(1, Ordering::SeqCst);
        for (position, chunk) in bytes.chunks_mut(8).enumerate() {
            let mut hasher = DefaultHasher::new();
            (stream.0, draw, position).hash(&mut hasher);
            let block = hasher.finish().to_le_bytes();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// The world.
pub(crate) struct World {
    pub(crate) engine: Arc<Engine>,
    pub(crate) gate: Gate,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) audit: Arc<Audit>,
    operator: String,
    kek: [u8; 32],
    settings: Settings,
    remotes: Remotes,
}

/// Embedders of other houses, by name.
pub(crate) type Remotes = Vec<(&'static str, Arc<dyn Embedder>)>;

/// Somebody with a key, and headers that go with it.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_000)));
        let kek = [42; 32];
        let options = options(directory.path(), &clock, 1);
        let made = Store::init(&options, &kek_of(kek)).unwrap();
        let operator = made.operator_token.reveal();
        Self::opened(directory, clock, operator, kek, (settings, Vec::new()), 2)
    }

    fn opened(
        directory: tempfile::TempDir,
        clock: Arc<TestClock>,
        operator: String,
        kek: [u8; 32],
        (settings, remotes): (Settings, Remotes),
        seed: u64,
    ) -> Self {
        let mut embedders = Embedders::from(Arc::new(WordEmbedder));
        for (name, remote) in &remotes {
            let name = EmbedderName::parse(name).unwrap();
            embedders = embedders.with(name, Arc::clone(remote)).unwrap();
        }
        let store = Store::open(options(directory.path(), &clock, seed), &kek_of(kek)).unwrap();
        let audit = Arc::clone(store.audit());
        let clock_of_engine = Arc::clone(&clock) as Arc<dyn Clock>;
        let engine = Arc::new(Engine::new(
            store,
            embedders,
            clock_of_engine,
            settings.clone(),
        ));
        let gate = Gate::new(
            engine.directory(),
            engine.journal(),
            Arc::clone(&clock) as _,
        );
        Self {
            engine,
            gate,
            clock,
            directory,
            audit,
            operator,
            kek,
            settings,
            remotes,
        }
    }

    /// The same data, by a server that has just started.
    pub(crate) fn restarted(self) -> Self {
        let remotes = self.remotes.clone();
        self.restarted_with(remotes)
    }

    /// The same with other embedders in its configuration.
    pub(crate) fn restarted_with(self, remotes: Remotes) -> Self {
        let Self {
            engine,
            gate,
            clock,
            directory,
            audit,
            operator,
            kek,
            settings,
            remotes: _,
        } = self;
        drop((gate, audit));
        engine.close();
        assert_eq!(Arc::strong_count(&engine), 1, "nobody holds the old engine");
        drop(engine);
        let seed = 1_000_003 + u64::try_from(clock.now().milliseconds()).unwrap();
        Self::opened(directory, clock, operator, kek, (settings, remotes), seed)
    }

    /// The seconds by which this world is ahead of another.
    pub(crate) fn clock_difference(&self, other: &Self) -> i64 {
        (self.clock.now().milliseconds() - other.clock.now().milliseconds()) / 1_000
    }

    pub(crate) fn tenant(&self, name: &str) -> TenantAdmin {
        self.tenant_with(name, TenantPolicy::default())
    }

    pub(crate) fn tenant_with(&self, name: &str, policy: TenantPolicy) -> TenantAdmin {
        let operator = Person::with_key(&self.operator);
        let lines = operator.lines();
        let proof = self.gate.operator(&ask(&lines, &[])).unwrap();
        let name = TenantName::parse(name).unwrap();
        let tenant = self.engine.tenant_create(&proof, name, policy).unwrap();
        proof.for_tenant(tenant.id)
    }

    /// Gives a tenant another policy.
    pub(crate) fn demand(
        &self,
        name: &str,
        changes: PolicyChanges,
    ) -> Result<(), anchorhold_memory::Error> {
        let operator = Person::with_key(&self.operator);
        let lines = operator.lines();
        let proof = self.gate.operator(&ask(&lines, &[])).unwrap();
        let name = TenantName::parse(name).unwrap();
        self.engine.tenant_update(&proof, &name, changes).map(drop)
    }

    pub(crate) fn key(&self, tenant: &TenantAdmin, change: impl FnOnce(&mut NewKey)) -> Person {
        let mut new = NewKey {
            name: "test".to_owned(),
            user: None,
            viewer: false,
            invite: None,
            origins: None,
            act_as: None,
            admin: false,
            grants: Vec::new(),
            expires_at: None,
        };
        change(&mut new);
        let (token, _) = self.engine.key_create(tenant, new).unwrap();
        Person::with_key(&token.reveal())
    }

    /// A person with a key of its own.
    pub(crate) fn user(&self, tenant: &TenantAdmin, id: &str) -> Person {
        self.key(tenant, |new| new.user = Some(UserId::parse(id).unwrap()))
    }

    /// The application's own key, which says who the user is.
    pub(crate) fn application(&self, tenant: &TenantAdmin) -> Person {
        self.key(tenant, |new| new.act_as = Some(ActAs::Full))
    }

    pub(crate) fn scope<A>(
        &self,
        person: &Person,
        missing: Missing,
    ) -> Result<Option<Scope<A>>, Denial>
    where
        A: Right + Includes<Read>,
    {
        self.scope_in(person, None, missing)
    }

    pub(crate) fn scope_in<A>(
        &self,
        person: &Person,
        namespace: Option<&str>,
        missing: Missing,
    ) -> Result<Option<Scope<A>>, Denial>
    where
        A: Right + Includes<Read>,
    {
        let named: Vec<_> = namespace
            .iter()
            .map(|name| NamespaceName::parse(name).unwrap())
            .collect();
        let lines = person.lines();
        self.gate.scope(&ask(&lines, &named), missing)
    }

    pub(crate) fn keep(&self, person: &Person, text: &str) -> anchorhold_model::Memory {
        let scope = self.scope(person, Missing::Reserve).unwrap().unwrap();
        self.engine.remember(&scope, draft(text)).unwrap().memory
    }

    /// The contents that a question brings back.
    pub(crate) fn recall(&self, person: &Person, query: &str) -> Vec<String> {
        let scope = self.scope::<Read>(person, Missing::Empty).unwrap();
        let question = anchorhold_memory::Question::new(query);
        let recalled = self.engine.recall(scope.as_ref(), &question).unwrap();
        recalled
            .results
            .iter()
            .map(|hit| hit.memory.content.as_str().to_owned())
            .collect()
    }

    pub(crate) fn erase(
        &self,
        person: &Person,
        user: Option<&str>,
    ) -> Result<anchorhold_memory::Receipt, Refused> {
        let lines = person.lines();
        let erased = match user {
            Some(id) => Erased::User(UserId::parse(id).unwrap()),
            None => Erased::Own,
        };
        let proof = self
            .gate
            .subject_erasure(&ask(&lines, &[]), erased)
            .map_err(Refused::Gate)?;
        self.engine.erase_subject(&proof).map_err(Refused::Engine)
    }
}

/// Refused by the gate or by the engine.
#[derive(Debug)]
pub(crate) enum Refused {
    Gate(Denial),
    Engine(anchorhold_memory::Error),
}

impl Person {
    pub(crate) fn with_key(key: &str) -> Self {
        let bearer = format!("Bearer {key}").into_bytes();
        Self {
            headers: vec![("authorization".to_owned(), bearer)],
        }
    }

    pub(crate) fn with_header(&self, name: &str, value: &str) -> Self {
        let header = (name.to_owned(), value.as_bytes().to_vec());
        let headers = self.headers.iter().cloned().chain([header]).collect();
        Self { headers }
    }

    /// The application, speaking for a user.
    pub(crate) fn speaking_for(&self, user: &str) -> Self {
        self.with_header("x-anchorhold-user", user)
    }

    pub(crate) fn lines(&self) -> Vec<(&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect()
    }
}

pub(crate) fn ask<'a>(lines: &'a [(&'a str, &'a [u8])], named: &'a [NamespaceName]) -> Ask<'a> {
    Ask {
        headers: Headers::new(lines),
        named,
        verb: "test",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
        peer: None,
        visit: std::sync::Arc::default(),
    }
}

pub(crate) fn draft(text: &str) -> Draft {
    Draft::new(Content::new(text).unwrap())
}

pub(crate) fn grant(pattern: &str, access: anchorhold_model::AccessSet) -> Grant {
    Grant {
        pattern: GrantPattern::parse(pattern).unwrap(),
        access,
    }
}

/// The chores of an engine. One authority for them is out at a time in a process, so a test waits
/// until that of another one is back.
pub(crate) fn chores(engine: &Arc<Engine>) -> anchorhold_memory::Chores {
    let mut claims = std::iter::repeat_with(anchorhold_identity::SystemAuthority::claim);
    engine.chores(claims.find_map(|claim| claim).unwrap())
}

fn kek_of(bytes: [u8; 32]) -> anchorhold_crypto::Kek {
    anchorhold_crypto::Kek::new(anchorhold_crypto::Secret::new(bytes))
}

fn options(data: &std::path::Path, clock: &Arc<TestClock>, seed: u64) -> Options {
    Options {
        data: data.to_owned(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::new(TestRandom(AtomicU64::new(seed))),
        handles_max: 8,
        audit: AuditMode::Required,
        residue_days: 30,
    }
}
