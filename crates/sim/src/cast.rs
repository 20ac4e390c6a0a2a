//! Who there is in a world: the caller of the moment, its neighbours, and a foreign tenant.

use std::collections::{BTreeSet, VecDeque};

use anchorhold_model::{Dimension, EmbeddingPolicy, Isolation, TenantId, TenantPolicy, TrustMode};

use crate::actor::{Actor, Known, Power, Role};
use crate::caller::{Caller, GRANTED, OF_OTHERS, USER, Who};
use crate::chance::Dice;
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
        let policy = TenantPolicy {
            isolation: if has_sessions(seed) {
                Isolation::Session
            } else {
                Isolation::User
            },
            ..TenantPolicy::default()
        };
        let tenant = world.tenant("foreign", with_vectors(policy, numbers));
        let rights = [
            Right::Admin,
            Right::Application(&["org/acme"]),
            Right::User("alice", &[]),
        ];
        let foreign = Actor {
            roles: roles(&world, tenant, &rights).0,
            users: vec!["alice", "bob", "Alice", "a", "a:b"],
            claims: USER,
            names: owned(&["org/acme/team", "org/acmecorp/team", "shared"]),
            canary: OF_OTHERS.to_owned(),
            numbers,
            known: Known::default(),
            has_sessions: has_sessions(seed),
            plans: VecDeque::new(),
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
        let mut policy = policy(&mut dice, who);
        if has_sessions(seed) {
            policy.isolation = Isolation::Session;
        }
        let numbers = numbers(&mut dice, 40);
        let policy = with_vectors(policy, numbers);
        let tenant = world.tenant(&format!("tenant-{pair}"), policy);
        let secret = format!("canary-{seed}-{pair}");
        let (rights, users, names): (&[Right], &[&str], &[&str]) = match who {
            Who::Tenant => (
                &[Right::Admin, Right::Application(&["org/acme"])],
                &["alice", "bob", "Alice", "a:b"],
                &["org/acme/team", "org/acme/notes", "shared"],
            ),
            Who::User => (
                &[Right::User(USER, GRANTED)],
                &[USER, "alice"],
                &["org/acmecorp/team", "org/acmecorp/notes", "org/acme/team"],
            ),
        };
        let (roles, keys) = roles(world, tenant, rights);
        // One that nobody else knows, so that a refusal that told it would be noticed.
        let mut names = owned(names);
        names.push(format!("org/acmecorp/{secret}"));
        let caller = Caller {
            pair,
            who,
            tenant,
            keys,
            actor: Actor {
                roles,
                users: users.to_vec(),
                claims: "alice",
                names,
                canary: Caller::canary(&secret, 0),
                numbers,
                known: Known::default(),
                has_sessions: has_sessions(seed),
                plans: VecDeque::new(),
            },
            secret,
            lives: 0,
            ended: BTreeSet::new(),
            places: BTreeSet::new(),
            forged: false,
            late: false,
            last: None,
        };
        let mut actors = vec![self.foreign.clone()];
        if who == Who::User {
            actors.push(Actor {
                has_sessions: has_sessions(seed),
                ..neighbour(world, tenant, numbers)
            });
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

/// In some runs every tenant has sessions.
const fn has_sessions(seed: u64) -> bool {
    seed % 5 == 4
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

/// Everybody else in the tenant of a user: an application that speaks for all but this user, with
/// grants beside its own, and another user.
fn neighbour(world: &World, tenant: TenantId, numbers: Option<usize>) -> Actor {
    let rights = [
        Right::Application(&["org/acme"]),
        Right::User("a", &["org/acme"]),
    ];
    Actor {
        roles: roles(world, tenant, &rights).0,
        users: vec!["alice", "a", "A:B", "A:b", "a:b:c"],
        claims: USER,
        names: owned(&["org/acme/team", "org/acmecorp/team", "org/acmecorp/notes"]),
        canary: OF_OTHERS.to_owned(),
        numbers,
        known: Known::default(),
        has_sessions: false,
        plans: VecDeque::new(),
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
