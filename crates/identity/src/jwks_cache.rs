//! Keys that issuers publish, as they were fetched last.
//!
//! INVARIANT: what strangers send makes one fetch of an issuer in each window and no more, keys count
//! for an hour after they were fetched and no longer, and who waits holds up nobody of another tenant:
//! a tenant has one fetch and few who wait for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anchorhold_model::limits::{
    JWKS_FETCH_MAX, JWKS_FETCHES_MAX, JWKS_FRESH, JWKS_ISSUERS_MAX, JWKS_STALE_MAX,
    JWKS_WAITERS_MAX, JWKS_WINDOW,
};
use anchorhold_model::{Clock, Fetch, FetchProblem, KeyId, TenantId, Timestamp};

use crate::{CredentialRecord, JwksSource, JwtKey, JwtKeys, Unavailable, jwks};

/// Whether keys may be fetched to judge a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// Where they are due. Who asks may wait.
    Now,
    /// Not here: where they are due, nothing is known. For who may not wait.
    Elsewhere,
    /// Never: what is in memory counts as long as it may. To explain, and to judge a request again.
    Never,
}

/// What a token needs of the keys that its issuer publishes.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What its `kid` says.
    pub kid: Option<&'a str>,
    /// Whether they may be fetched.
    pub fetching: Fetching,
}

/// What is known of the keys of an issuer, for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JwksStatus {
    /// The keys that count.
    pub keys: Vec<JwtKey>,
    /// When they were fetched.
    pub fetched_at: Option<Timestamp>,
    /// Why the last fetch failed, if it did.
    pub problem: Option<FetchProblem>,
}

/// Keys of one fetch.
struct Fetched {
    keys: Arc<[JwtKey]>,
    /// When the fetch began.
    since: Duration,
    at: Timestamp,
}

/// What is known of the keys of one issuer.
#[derive(Default)]
struct Known {
    /// Of the credential. Keys that are given anew, from the same address too, count at once.
    generation: u64,
    is_fetching: bool,
    /// When the last fetch began.
    tried: Option<Duration>,
    fetched: Option<Fetched>,
    problem: Option<FetchProblem>,
}

/// Whose keys are asked for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    issuer: KeyId,
    generation: u64,
    tenant: TenantId,
    source: &'a JwksSource,
}

/// What becomes of a token, as far as its keys decide.
enum Look {
    /// These keys decide.
    Keys(Arc<[JwtKey]>),
    /// They are to be fetched; until then these count, for a token that asks for one of them.
    Due(Option<Arc<[JwtKey]>>),
    /// There are none, and none to be had for now.
    Nothing,
}

#[derive(Default)]
struct State {
    issuers: BTreeMap<KeyId, Known>,
    /// Tenants for which something is being fetched.
    fetching: BTreeSet<TenantId>,
    /// A tenant for each of its requests that waits.
    waiting: Vec<TenantId>,
    outcomes: BTreeMap<&'static str, u64>,
}

/// The keys of all issuers. Forgotten with the process.
pub struct JwksCache {
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Condvar,
}

impl JwksCache {
    /// Knows nothing yet.
    pub fn new(fetch: Arc<dyn Fetch>, clock: Arc<dyn Clock>) -> Self {
        Self {
            fetch,
            clock,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The keys that decide about a token of `issuer`. May block, for twice the time of a fetch at
    /// most, where `wanted` lets it.
    ///
    /// # Errors
    /// There are none, or none that may be asked for here.
    pub fn keys(
        &self,
        issuer: &CredentialRecord,
        wanted: Wanted<'_>,
    ) -> Result<Arc<[JwtKey]>, Unavailable> {
        let asked = Asked::of(issuer).ok_or(Unavailable)?;
        let mut may_wait = true;
        let mut state = self.lock();
        loop {
            let now = self.now();
            let usable = match state.look(asked, wanted.kid, now) {
                Look::Keys(keys) => return Ok(keys),
                Look::Nothing => return Err(Unavailable),
                Look::Due(usable) => usable,
            };
            let fits = usable.clone().filter(|keys| holds(keys, wanted.kid));
            match wanted.fetching {
                Fetching::Never => return usable.ok_or(Unavailable),
                // Somebody else waits already.
                _ if state.is_fetching(asked) && fits.is_some() => return fits.ok_or(Unavailable),
                Fetching::Now if state.may_fetch(asked.tenant) => {
                    if !state.begin(asked, now) {
                        return Err(Unavailable);
                    }
                    drop(state);
                    self.fetch(asked, now);
                    state = self.lock();
                }
                Fetching::Now if fits.is_some() => return fits.ok_or(Unavailable),
                Fetching::Now if may_wait && state.begins_to_wait(asked.tenant) => {
                    may_wait = false;
                    state = self.waited(state, asked, wanted.kid);
                }
                Fetching::Now | Fetching::Elsewhere => return Err(Unavailable),
            }
        }
    }

    /// What is known of the keys of `issuer`.
    pub fn status(&self, issuer: &CredentialRecord) -> JwksStatus {
        let state = self.lock();
        let known = Asked::of(issuer).and_then(|asked| state.known(asked));
        let Some(known) = known else {
            return JwksStatus::default();
        };
        let keys = known.usable(self.now());
        JwksStatus {
            keys: keys.map(|keys| keys.to_vec()).unwrap_or_default(),
            fetched_at: known.fetched.as_ref().map(|fetched| fetched.at),
            problem: known.problem,
        }
    }

    /// How many fetches came to which end: `ok`, or the word of a problem.
    pub fn outcomes(&self) -> Vec<(&'static str, u64)> {
        let state = self.lock();
        let of = |word| (word, state.outcomes.get(word).copied().unwrap_or(0));
        let problems = FetchProblem::ALL.map(|problem| of(problem.as_str()));
        [of("ok")].into_iter().chain(problems).collect()
    }

    /// Fetches what has begun to be fetched, with nothing locked meanwhile.
    fn fetch(&self, asked: Asked<'_>, since: Duration) {
        let _place = Place { cache: self, asked };
        let at = self.clock.now();
        let document = self.fetch.fetch(asked.source.url.as_str());
        let keys = document.and_then(|document| {
            let keys = jwks::read(&document, &asked.source.algorithms);
            keys.ok_or(FetchProblem::Malformed)
        });
        let mut state = self.lock();
        state.count(keys.as_ref().err().copied());
        if let Some(known) = state.known_mut(asked) {
            known.problem = keys.as_ref().err().copied();
            if let Ok(keys) = keys {
                let keys = keys.into();
                known.fetched = Some(Fetched { keys, since, at });
            }
        }
    }

    /// Waits for a fetch of somebody else, but not for long.
    fn waited<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        asked: Asked<'_>,
        kid: Option<&str>,
    ) -> MutexGuard<'a, State> {
        let goes_on = |state: &mut State| {
            let is_due = matches!(state.look(asked, kid, self.now()), Look::Due(_));
            is_due && !state.may_fetch(asked.tenant)
        };
        let waited = self
            .changed
            .wait_timeout_while(state, JWKS_FETCH_MAX, goes_on);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.ends_to_wait(asked.tenant);
        state
    }

    fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing below leaves the state in between when it panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Asked<'a> {
    /// Of an issuer that publishes its keys.
    fn of(issuer: &'a CredentialRecord) -> Option<Self> {
        let JwtKeys::Published(source) = &issuer.jwt.as_ref()?.keys else {
            return None;
        };
        Some(Self {
            issuer: issuer.key,
            generation: issuer.generation,
            tenant: issuer.tenant?,
            source,
        })
    }
}

/// Whether one of the keys is for a token with this `kid`.
fn holds(keys: &[JwtKey], kid: Option<&str>) -> bool {
    kid.is_none_or(|kid| {
        let mut kids = keys.iter().map(|key| key.kid.as_deref());
        kids.any(|known| known.is_none_or(|known| known == kid))
    })
}

/// The place of a fetch, given back however it ends.
struct Place<'a> {
    cache: &'a JwksCache,
    asked: Asked<'a>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        state.fetching.remove(&self.asked.tenant);
        if let Some(known) = state.known_mut(self.asked) {
            known.is_fetching = false;
        }
        drop(state);
        self.cache.changed.notify_all();
    }
}

impl Known {
    /// The keys that count still.
    fn usable(&self, now: Duration) -> Option<Arc<[JwtKey]>> {
        let fetched = self.fetched.as_ref()?;
        let counts = now.saturating_sub(fetched.since) <= JWKS_STALE_MAX;
        counts.then(|| Arc::clone(&fetched.keys))
    }

    /// Whether nobody may be asked yet, whatever tokens want.
    fn is_barred(&self, now: Duration) -> bool {
        let is_recent = |tried| now.saturating_sub(tried) < JWKS_WINDOW;
        self.tried.is_some_and(is_recent)
    }

    fn look(&self, kid: Option<&str>, now: Duration) -> Look {
        let is_fresh = self.fetched.as_ref().is_some_and(|fetched| {
            now.saturating_sub(fetched.since) < JWKS_FRESH && holds(&fetched.keys, kid)
        });
        match self.usable(now) {
            Some(keys) if is_fresh => Look::Keys(keys),
            usable if self.is_fetching || !self.is_barred(now) => Look::Due(usable),
            Some(keys) => Look::Keys(keys),
            None => Look::Nothing,
        }
    }
}

impl State {
    fn known(&self, asked: Asked<'_>) -> Option<&Known> {
        let known = self.issuers.get(&asked.issuer);
        known.filter(|known| known.generation == asked.generation)
    }

    fn known_mut(&mut self, asked: Asked<'_>) -> Option<&mut Known> {
        let known = self.issuers.get_mut(&asked.issuer);
        known.filter(|known| known.generation == asked.generation)
    }

    fn look(&self, asked: Asked<'_>, kid: Option<&str>, now: Duration) -> Look {
        let known = self.known(asked);
        known.map_or(Look::Due(None), |known| known.look(kid, now))
    }

    fn is_fetching(&self, asked: Asked<'_>) -> bool {
        self.known(asked).is_some_and(|known| known.is_fetching)
    }

    fn may_fetch(&self, tenant: TenantId) -> bool {
        !self.fetching.contains(&tenant) && self.fetching.len() < JWKS_FETCHES_MAX
    }

    /// Takes the place of a fetch. False when so many issuers were asked within the window that
    /// nothing of one can be forgotten for another.
    fn begin(&mut self, asked: Asked<'_>, now: Duration) -> bool {
        if self.known(asked).is_none() {
            if !self.issuers.contains_key(&asked.issuer) && !self.makes_room(now) {
                return false;
            }
            let known = Known {
                generation: asked.generation,
                ..Known::default()
            };
            self.issuers.insert(asked.issuer, known);
        }
        if let Some(known) = self.known_mut(asked) {
            (known.is_fetching, known.tried) = (true, Some(now));
        }
        self.fetching.insert(asked.tenant)
    }

    /// Forgets who was asked longest ago, if there is no room for one more.
    fn makes_room(&mut self, now: Duration) -> bool {
        if self.issuers.len() < JWKS_ISSUERS_MAX {
            return true;
        }
        let issuers = self.issuers.iter();
        let idle = issuers.filter(|(_, known)| !known.is_fetching && !known.is_barred(now));
        let oldest = idle.min_by_key(|(_, known)| known.tried).map(|(id, _)| *id);
        oldest.is_some_and(|oldest| self.issuers.remove(&oldest).is_some())
    }

    /// Takes a place among those of a tenant who wait, if there is one.
    fn begins_to_wait(&mut self, tenant: TenantId) -> bool {
        let waiting = self.waiting.iter().filter(|one| **one == tenant);
        let is_room = waiting.count() < JWKS_WAITERS_MAX;
        self.waiting.extend(is_room.then_some(tenant));
        is_room
    }

    fn ends_to_wait(&mut self, tenant: TenantId) {
        let place = self.waiting.iter().position(|one| *one == tenant);
        if let Some(place) = place {
            self.waiting.swap_remove(place);
        }
    }

    fn count(&mut self, problem: Option<FetchProblem>) {
        let word = problem.map_or("ok", FetchProblem::as_str);
        *self.outcomes.entry(word).or_insert(0) += 1;
    }
}
