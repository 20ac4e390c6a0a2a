//! One whole server: a store in a directory of its own, an engine, a gate, a clock and a seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anchorhold_crypto::{Kek, Secret};
use anchorhold_gate::{Ask, Gate};
use anchorhold_identity::{
    ActAs, Door, Headers, ListenerPolicy, Operator, SystemAuthority, TenantAdmin,
};
use anchorhold_memory::{Engine, NewKey, Settings, Step};
use anchorhold_model::{
    AccessSet, Change, Clock, Grant, GrantPattern, IdentityChanges, KeyId, QuarantineChanges,
    SessionChanges, TenantId, TenantName, TenantPolicy, UserId,
};
use anchorhold_store::{Audit, AuditMode, Entry, Options, Store};

use crate::chance::{Dice, SeededRandom, SimulatedClock};
use crate::embedder::WordEmbedder;
use crate::library;
use crate::pipe::Pipe;
use crate::request::{Reply, Request};

/// How much a world keeps open and in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Namespace files.
    pub handles: usize,
    /// Namespaces in memory.
    pub residents: usize,
    /// Seconds without use after which a namespace is closed.
    pub idle: u64,
}

impl Capacity {
    /// Room for everybody.
    pub const AMPLE: Self = Self {
        handles: 4_096,
        residents: 4_096,
        idle: 300,
    };
    /// Whoever comes drives out whoever was there.
    pub const TIGHT: Self = Self {
        handles: 1,
        residents: 1,
        idle: 0,
    };
}

/// How a world is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Gate and engine, as a program that embeds them does.
    Library,
    /// The bytes of HTTP.
    Http,
}

/// What runs until the next restart.
pub(crate) struct Server {
    pipe: Option<Pipe>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) gate: Gate,
    /// As the HTTP door has it for answers from memory.
    pub(crate) gate_at_hand: Gate,
    /// Answers from memory.
    pub(crate) at_hand: Arc<AtomicU64>,
    pub(crate) audit: Arc<Audit>,
}

/// A world.
pub struct World {
    pub(crate) clock: Arc<SimulatedClock>,
    random: Arc<SeededRandom>,
    capacity: Capacity,
    layer: Layer,
    at_hand: Arc<AtomicU64>,
    operator: String,
    server: Option<Server>,
    directory: tempfile::TempDir,
    #[cfg(feature = "sabotage")]
    number: u64,
}

#[cfg(feature = "sabotage")]
impl Drop for World {
    fn drop(&mut self) {
        anchorhold_model::sabotage::leave(self.number);
    }
}

/// The number of the next world of this process.
#[cfg(feature = "sabotage")]
fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What a key of a new caller may do.
pub enum Right {
    /// Everything in the tenant.
    Admin,
    /// To say who the user is, with grants below these names.
    Application(&'static [&'static str]),
    /// To be one user, with grants below these names.
    User(&'static str, &'static [&'static str]),
    /// Nothing but what the tenant gives to everybody.
    Guest,
    /// To manage the tenant, of which it uses what is about users alone.
    Keeper,
}

/// A key that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What is presented.
    pub token: String,
    /// Its id.
    pub id: String,
}

fn kek() -> Kek {
    Kek::new(Secret::new([42; 32]))
}

impl World {
    /// A new world; equal seeds make equal ones.
    pub fn new(seed: u64, capacity: Capacity, layer: Layer) -> Self {
        let clock = Arc::new(SimulatedClock::new());
        let random = Arc::new(SeededRandom::new(seed));
        let directory = directory();
        let mut world = Self {
            clock,
            random,
            capacity,
            layer,
            at_hand: Arc::default(),
            operator: String::new(),
            server: None,
            directory,
            #[cfg(feature = "sabotage")]
            number: number(),
        };
        #[cfg(feature = "sabotage")]
        world.enter();
        let made = Store::init(&world.options(), &kek()).unwrap();
        made.operator_token.reveal().clone_into(&mut world.operator);
        world.start();
        world
    }

    /// How many questions were answered from memory alone, on no worker.
    pub(crate) fn answered_at_hand(&self) -> u64 {
        self.at_hand.load(Ordering::Relaxed)
    }

    fn options(&self) -> Options {
        Options {
            data: self.data(),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            random: Arc::clone(&self.random) as _,
            handles_max: self.capacity.handles,
            audit: AuditMode::Required,
            residue_days: 30,
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn start(&mut self) {
        let store = Store::open(self.options(), &kek()).unwrap();
        let audit = Arc::clone(store.audit());
        let settings = Settings {
            residents_max: self.capacity.residents,
            idle_seconds: self.capacity.idle,
            ..Settings::default()
        };
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let engine = Engine::new(store, Arc::new(WordEmbedder), Arc::clone(&clock), settings);
        let engine = Arc::new(engine);
        let gate = Gate::new(engine.directory(), engine.journal(), Arc::clone(&clock));
        let gate_at_hand = gate.tentative(engine.directory_at_hand());
        #[cfg(feature = "sabotage")]
        let number = self.number;
        let begin = move || {
            #[cfg(feature = "sabotage")]
            anchorhold_model::sabotage::enter(number);
        };
        let pipe = || Pipe::new(&engine, clock, Arc::clone(&self.random) as _, begin);
        self.server = Some(Server {
            pipe: (self.layer == Layer::Http).then(pipe),
            engine,
            gate,
            gate_at_hand,
            at_hand: Arc::clone(&self.at_hand),
            audit,
        });
    }

    /// Ends the server in good order.
    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.pipe = None;
            server.engine.close();
        }
    }

    /// The same data, by a server that has just started.
    pub fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// One round of the chores that the server does by itself about every second.
    pub(crate) fn tick(&self) {
        #[cfg(feature = "sabotage")]
        self.enter();
        // There is one authority in a process, and worlds run side by side in it.
        let authority = loop {
            match SystemAuthority::claim() {
                Some(authority) => break authority,
                None => std::thread::yield_now(),
            }
        };
        self.server().engine.chores(authority).tick().unwrap();
    }

    /// What an operator does: looks at everything that is stored, keeps a copy of something, and
    /// puts it back unless it is the caller's.
    pub(crate) fn keep_house(&self, dice: &mut Dice, caller: TenantId) {
        let (engine, custodian) = (&self.server().engine, self.operator().custodian());
        let mut found = Vec::new();
        let mut next = Some(Step::FIRST);
        while let Some(step) = next {
            let surveyed = engine.verify(&custodian, step).unwrap();
            found.extend(surveyed.namespaces);
            next = surveyed.next;
        }
        if found.is_empty() {
            return;
        }
        let one = dice.pick(&found);
        let backup = engine.backup(&custodian, one.namespace).unwrap();
        let pieces: Vec<Vec<u8>> = backup.map(Result::unwrap).collect();
        if one.tenant != caller {
            let mut restore = engine.restore(custodian).unwrap();
            for piece in pieces {
                restore.take(&piece).unwrap();
            }
            restore.finish().unwrap();
        }
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// Asks the server.
    pub fn ask(&self, request: &Request) -> Reply {
        #[cfg(feature = "sabotage")]
        self.enter();
        let server = self.server();
        match &server.pipe {
            Some(pipe) => pipe.ask(request),
            None => library::ask(server, request),
        }
    }

    /// What a planted bug shares, it shares within one world.
    #[cfg(feature = "sabotage")]
    fn enter(&self) {
        anchorhold_model::sabotage::enter(self.number);
    }

    fn operator(&self) -> Operator {
        let bearer = format!("Bearer {}", self.operator);
        let lines: [(&str, &[u8]); 1] = [("authorization", bearer.as_bytes())];
        let ask = Ask {
            headers: Headers::new(&lines),
            named: &[],
            verb: "simulate",
            door: Door::Library,
            listener: ListenerPolicy::default(),
            hooked: None,
            message: None,
            peer: None,
            visit: std::sync::Arc::default(),
        };
        self.server().gate.operator(&ask).unwrap()
    }

    /// Makes a tenant. With `reads_along` its users read what is shared beside what is their own.
    pub fn tenant(&self, name: &str, policy: TenantPolicy, reads_along: bool) -> TenantId {
        let name = TenantName::parse(name).unwrap();
        let operator = self.operator();
        let engine = &self.server().engine;
        let made = engine.tenant_create(&operator, name, policy).unwrap().id;
        let until = self.clock.now().plus_seconds(86_400);
        // Who comes from one machine shares what one peer may have, and all of them come from here.
        let wide = Some(1_000_000);
        let changes = IdentityChanges {
            sessions: Some(SessionChanges {
                new_per_minute: wide,
                ..SessionChanges::default()
            }),
            quarantine: Some(QuarantineChanges {
                new_per_minute: wide,
                live_max: wide,
                ..QuarantineChanges::default()
            }),
            shared_read_until: if reads_along {
                Change::Set(until)
            } else {
                Change::Keep
            },
            ..IdentityChanges::default()
        };
        let admin = operator.for_tenant(made);
        engine.identity_change(&admin, changes).unwrap();
        made
    }

    /// Makes a key of a tenant and shows it.
    pub fn key(&self, tenant: TenantId, right: &Right) -> Key {
        #[cfg(feature = "sabotage")]
        self.enter();
        let mut new = NewKey {
            name: "simulated".to_owned(),
            ..NewKey::default()
        };
        let granted = |below: &[&str]| {
            let grant = |root: &&str| Grant {
                pattern: GrantPattern::parse(&format!("{root}/**")).unwrap(),
                access: AccessSet::Admin,
            };
            below.iter().map(grant).collect()
        };
        match right {
            Right::Admin | Right::Keeper => new.admin = true,
            Right::Guest => {}
            Right::Application(below) => {
                new.act_as = Some(ActAs::Full);
                new.grants = granted(below);
            }
            Right::User(user, below) => {
                new.user = Some(UserId::parse(user).unwrap());
                new.grants = granted(below);
            }
        }
        let proof: TenantAdmin = self.operator().for_tenant(tenant);
        let (token, record) = self.server().engine.key_create(&proof, new).unwrap();
        Key {
            token: token.reveal().clone(),
            id: record.key.to_string(),
        }
    }

    /// What the audit log tells of a tenant, oldest first; where keys are named, what they did.
    pub(crate) fn audit(&self, tenant: TenantId, keys: Option<&[String]>) -> Vec<Entry> {
        let mut entries = self.server().audit.entries(tenant, 100_000).unwrap();
        entries.reverse();
        if let Some(keys) = keys {
            let is_one = |key: KeyId| keys.contains(&key.to_string());
            entries.retain(|entry| entry.key.is_some_and(is_one));
        }
        entries
    }

    /// Everything is in the database files afterwards, and nobody has one open.
    pub(crate) fn settle(&mut self) {
        self.stop();
        let store = Store::open(self.options(), &kek()).unwrap();
        self.clock.advance(120_000);
        while store.vault().checkpoint_due().unwrap() > 0 {}
    }
}

/// A directory in memory where there is one: nothing here is about the durability of a disk.
fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}
