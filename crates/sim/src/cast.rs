//! Who there is in a world: the caller of the moment, its neighbours, and a foreign tenant.

use std::collections::{BTreeSet, VecDeque};

use anchorhold_model::{Dimension, EmbeddingPolicy, Isolation, TenantId, TenantPolicy, TrustMode};

use crate::actor::{Actor, Power, Role};
use crate::caller::{Caller, GRANTED, OF_OTHERS, STRANGERS, USER, Who};
use crate::chance::Dice;
use crate::known::Known;
use crate::others::{Mood, Others};
use crate::world::{Capacity, Layer, Right, World};

/// One of the two worlds.
pub(crate) struct Side {
    pub(crate) world: World,
    foreign: Actor,
    mood: Mood,
}

impl Side {
    /// A world with a foreign tenant that is there from the beginning.
    pub(crate) fn new(seed: u64, mood: Mood, capacity: Capacity, layer: Layer) -> Self {
        let world = World::new(seed, capacity, layer);
        let numbers = numbers(&mut Dice::new(seed, &[6]), 50);
        let policy = with_habits(TenantPolicy::default(), seed);
        let tenant = world.tenant("foreign", with_vectors(policy, numbers), reads_along(seed));
        let mut rights = vec![
            Right::Admin,
            Right::Application(&["org/acme"]),
            Right::User("alice", &[]),
        ];
        if has_quarantine(seed) {
            rights.push(Right::Guest);
        }
        let foreign = Actor {
            users: vec!["alice", "bob", "Alice", "a", "a:b"],
            claims: USER,
            names: owned(&["org/acme/team", "org/acmecorp/team", "shared"]),
            ..actor(seed, roles(&world, tenant, &rights).0, numbers)
        };
        Self {
            world,
            foreign,
            mood,
        }
    }

    /// A caller comes, with its neighbours.
    pub(crate) fn arrive(&mut self, seed: u64, pair: usize, who: Who) -> (Caller, Others) {
        let world = &self.world;
        let mut dice = Dice::new(seed, &[u64::try_from(pair).unwrap(), 5]);
        let policy = with_habits(policy(&mut dice, who), seed);
        let numbers = numbers(&mut dice, 40);
        let policy = with_vectors(policy, numbers);
        // What is shared is shared with the neighbours of one user, too.
        let reads_along = who == Who::Tenant && reads_along(seed);
        let tenant = world.tenant(&format!("tenant-{pair}"), policy, reads_along);
        let secret = format!("canary-{seed}-{pair}");
        let (roles, keys) = roles(world, tenant, &who.rights(has_quarantine(seed)));
        let (users, names) = who.users_and_names();
        // One that nobody else knows, so that a refusal that told it would be noticed.
        let mut names = owned(names);
        names.push(format!("org/acmecorp/{secret}"));
        let caller = Caller {
            pair,
            who,
            tenant,
            keys,
            actor: Actor {
                users: users.to_vec(),
                names,
                canary: Caller::canary(&secret, 0),
                ..actor(seed, roles, numbers)
            },
            secret,
            lives: 0,
            ended: BTreeSet::new(),
            places: BTreeSet::new(),
            handles: Vec::new(),
            forged: false,
            late: false,
            left_behind: false,
            last: None,
        };
        let mut actors = vec![self.foreign.clone()];
        if who != Who::Tenant {
            actors.push(neighbour(seed, world, tenant, numbers));
        }
        let mood = self.mood;
        (
            caller,
            Others {
                actors,
                mood,
                tenant,
                requests: 0,
            },
        )
    }
}

impl Who {
    /// What its keys may do.
    fn rights(self, has_quarantine: bool) -> Vec<Right> {
        match self {
            Self::Tenant => {
                let mut rights = vec![Right::Admin, Right::Application(&["org/acme"])];
                if has_quarantine {
                    rights.push(Right::Guest);
                }
                rights
            }
            Self::User => vec![Right::User(USER, GRANTED)],
            Self::Stranger => vec![Right::Guest, Right::Application(&[])],
        }
    }

    /// Whom it names, and which namespaces.
    fn users_and_names(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Tenant => (
                &["alice", "bob", "Alice", "a:b"],
                &["org/acme/team", "org/acme/notes", "shared"],
            ),
            Self::User => (
                &[USER, "alice"],
                &["org/acmecorp/team", "org/acmecorp/notes", "org/acme/team"],
            ),
            // Nobody whom the tenant knows.
            Self::Stranger => (&[], &["org/acme/team", "shared"]),
        }
    }
}

/// Somebody who is none yet.
fn actor(seed: u64, roles: Vec<Role>, numbers: Option<usize>) -> Actor {
    Actor {
        roles,
        users: Vec::new(),
        strangers: STRANGERS.to_vec(),
        claims: "alice",
        names: Vec::new(),
        canary: OF_OTHERS.to_owned(),
        numbers,
        known: Known::default(),
        has_sessions: has_sessions(seed),
        has_quarantine: has_quarantine(seed),
        plans: VecDeque::new(),
    }
}

/// In some runs every tenant has sessions.
const fn has_sessions(seed: u64) -> bool {
    seed % 5 == 4
}

/// In some every tenant keeps those apart whom it does not know.
pub(crate) const fn has_quarantine(seed: u64) -> bool {
    seed % 5 == 1 || seed % 5 == 3
}

/// In some the users of whole tenants read what is shared beside what is their own.
const fn reads_along(seed: u64) -> bool {
    seed % 3 == 1
}

fn with_habits(policy: TenantPolicy, seed: u64) -> TenantPolicy {
    TenantPolicy {
        isolation: if has_sessions(seed) {
            Isolation::Session
        } else {
            policy.isolation
        },
        trust_mode: if has_quarantine(seed) {
            TrustMode::Quarantine
        } else {
            policy.trust_mode
        },
        ..policy
    }
}

/// Most tenants demand what is usual; some are content with less.
fn policy(dice: &mut Dice, who: Who) -> TenantPolicy {
    let mut policy = TenantPolicy::default();
    if who == Who::Tenant && dice.percent(25) {
        policy.trust_mode = *dice.pick(&[TrustMode::Legacy, TrustMode::Strict]);
        policy.isolation = *dice.pick(&[Isolation::User, Isolation::Custom, Isolation::None]);
    }
    policy
}

/// Some applications make the vectors of their texts themselves, of so many numbers.
fn numbers(dice: &mut Dice, percent: usize) -> Option<usize> {
    dice.percent(percent).then(|| *dice.pick(&[8, 9]))
}

fn with_vectors(policy: TenantPolicy, numbers: Option<usize>) -> TenantPolicy {
    match numbers.and_then(Dimension::new) {
        Some(dimension) => TenantPolicy {
            embedding: EmbeddingPolicy::Caller { dimension },
            ..policy
        },
        None => policy,
    }
}

/// Everybody else in the tenant of a user or a stranger: an application that speaks for all but this
/// user, with grants beside its own, another user, other strangers of the same names, and an admin who
/// manages all of these.
fn neighbour(seed: u64, world: &World, tenant: TenantId, numbers: Option<usize>) -> Actor {
    let mut rights = vec![
        Right::Application(&["org/acme"]),
        Right::User("a", &["org/acme"]),
        Right::Keeper,
    ];
    if has_quarantine(seed) {
        rights.push(Right::Guest);
    }
    Actor {
        users: vec!["alice", "a", "A:B", "A:b", "a:b:c"],
        claims: USER,
        names: owned(&["org/acme/team", "org/acmecorp/team", "org/acmecorp/notes"]),
        ..actor(seed, roles(world, tenant, &rights).0, numbers)
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn roles(world: &World, tenant: TenantId, rights: &[Right]) -> (Vec<Role>, Vec<String>) {
    let keys = rights.iter().map(|right| {
        let key = world.key(tenant, right);
        let power = match right {
            Right::Admin => Power::Admin,
            Right::Application(_) => Power::Application,
            Right::User(..) => Power::User,
            Right::Guest => Power::Guest,
            Right::Keeper => Power::Keeper,
        };
        let role = Role {
            token: key.token,
            key: key.id.clone(),
            power,
        };
        (role, key.id)
    });
    keys.unzip()
}
