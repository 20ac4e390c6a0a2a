//! A small installation whose past is known: three people, their files, what each of them kept
//! after every commit, and copies of all files from several moments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anchorhold_identity::{
    Door, Erase, Headers, Missing, Read, Write, authenticate, enforce, resolve, validate,
};
use anchorhold_model::{Clock as _, RecordId};
use anchorhold_store::AuditMode;

use crate::support::{World, files_below, id, load, plain, world_with};

pub(crate) const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// What a user keeps.
pub(crate) type Found = BTreeMap<RecordId, (u64, String)>;

/// All files with their bytes.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

pub(crate) struct Plot {
    pub(crate) world: World,
    /// What each user kept after every commit, oldest first; it begins with nothing.
    pub(crate) states: BTreeMap<&'static str, Vec<Found>>,
    /// How long the log of each user was after every commit since its last checkpoint, with the
    /// number of the state.
    pub(crate) lengths: BTreeMap<&'static str, Vec<(usize, usize)>>,
    /// The database of each user.
    pub(crate) databases: BTreeMap<&'static str, PathBuf>,
    /// The files as a crash would leave them: after each user came, and at the end.
    pub(crate) moments: Vec<Files>,
}

/// What somebody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// All that was kept, and nothing else.
    Right,
    /// Exactly what was kept after an earlier commit.
    Earlier,
    /// A typed error.
    Refused,
    /// The store did not open, with a typed error.
    Closed,
}

/// How often what was seen.
pub(crate) type Tally = BTreeMap<Seen, u64>;

/// The log of a database.
pub(crate) fn log_of(database: &Path) -> PathBuf {
    database.with_extension("db-wal")
}

pub(crate) fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "db-wal")
}

impl Plot {
    /// Everybody has records in the database and in the log, one changed and one deleted.
    pub(crate) fn new() -> Self {
        let mut plot = Self {
            world: world_with(8, AuditMode::Off),
            states: BTreeMap::new(),
            lengths: BTreeMap::new(),
            databases: BTreeMap::new(),
            moments: Vec::new(),
        };
        for step in 0..5 {
            for user in USERS {
                plot.commit(user, step);
                // The last one stays in the logs of the keyring and the catalogue.
                if step == 0 && user != USERS[2] {
                    plot.moments.push(plot.files());
                    plot.world.reopen();
                }
            }
            if step == 1 {
                plot.world.clock.advance(61);
                let done = plot.world.store().vault().checkpoint_due().unwrap();
                assert_eq!(done, USERS.len());
                plot.lengths = USERS.map(|user| (user, vec![(0, 2)])).into();
            }
        }
        // As a crash leaves them, with their logs.
        plot.moments.push(plot.files());
        plot.world.close();
        plot
    }

    fn commit(&mut self, user: &'static str, step: usize) {
        let text = |what: &str| format!("{what} of {user}");
        let scope = self.world.scope::<Erase>(user);
        let vault = self.world.store().vault();
        let commit = |records| vault.commit(&scope.narrow::<Write>(), records).map(drop);
        let done = match step {
            0 => commit(vec![plain(1, 1, &text("one")), plain(2, 1, &text("two"))]),
            1 => commit(vec![plain(3, 1, &text("three"))]),
            2 => commit(vec![plain(1, 2, &text("one, changed"))]),
            3 => vault.purge(&scope, &[id(2)]).map(drop),
            _ => commit(vec![plain(4, 1, &text("four"))]),
        };
        done.unwrap();
        let database = self.world.file_of(&scope);
        let length = std::fs::read(log_of(&database)).unwrap().len();
        let found = self.world.all(user).unwrap();
        let states = self
            .states
            .entry(user)
            .or_insert_with(|| vec![Found::new()]);
        states.push(found);
        let lengths = self.lengths.entry(user).or_default();
        lengths.push((length, states.len() - 1));
        self.databases.insert(user, database);
    }

    pub(crate) fn files(&self) -> Files {
        let read = |path: PathBuf| (path.clone(), std::fs::read(path).unwrap());
        files_below(&self.world.data())
            .into_iter()
            .map(read)
            .collect()
    }

    /// The files as they are when nothing is damaged.
    pub(crate) fn whole(&self) -> &Files {
        self.moments.last().unwrap()
    }

    /// Whose namespace a file belongs to.
    pub(crate) fn owner(&self, path: &Path) -> Option<&'static str> {
        let mut owners = self.databases.iter();
        let found = owners.find(|(_, database)| path == *database || path == log_of(database));
        found.map(|(user, _)| *user)
    }

    /// Puts these files in the place of those of the same name, and everything else as it was.
    fn lay(&self, changed: &Files) {
        for path in files_below(&self.world.data()) {
            if !self.whole().contains_key(&path) {
                std::fs::remove_file(path).unwrap();
            }
        }
        for (path, bytes) in self.whole() {
            let bytes = changed.get(path).unwrap_or(bytes);
            if std::fs::read(path).ok().as_ref() != Some(bytes) {
                std::fs::write(path, bytes).unwrap();
            }
        }
    }

    /// Opens with these files changed and looks at everybody. Wrong data, damage that reaches
    /// somebody else, and a file that is gone fail the test.
    pub(crate) fn look(&mut self, changed: &Files, what: &str, tally: &mut Tally) {
        self.lay(changed);
        let concerned: BTreeSet<_> = changed.keys().map(|path| self.owner(path)).collect();
        let is_shared = concerned.contains(&None);
        let with_log = changed.keys().any(|path| is_log(path));
        let opened = self.world.try_open();
        if let Err(error) = &opened {
            assert!(
                is_shared,
                "{what}: a namespace's file closes the store: {error}"
            );
        }
        for user in USERS {
            let seen = match &opened {
                Ok(()) => self.see(user, what),
                Err(_) => Seen::Closed,
            };
            let may_be = seen == Seen::Right || is_shared || concerned.contains(&Some(user));
            assert!(may_be, "{what}: {user} has no part in it and sees {seen:?}");
            assert!(
                seen != Seen::Earlier || with_log,
                "{what}: {user} is taken back to an earlier state, and no log was changed"
            );
            *tally.entry(seen).or_default() += 1;
        }
        self.world.close();
        for database in self.databases.values() {
            assert!(database.exists(), "{what} cost a namespace");
        }
    }

    fn see(&self, user: &'static str, what: &str) -> Seen {
        let states = &self.states[user];
        match found(&self.world, user) {
            None => Seen::Refused,
            Some(found) if Some(&found) == states.last() => Seen::Right,
            Some(found) => {
                assert!(
                    states.contains(&found),
                    "{what}: {user} never kept {found:?}"
                );
                Seen::Earlier
            }
        }
    }

    /// The number of the state that a user is shown, with these files changed.
    pub(crate) fn state_shown(&mut self, user: &'static str, changed: &Files) -> Option<usize> {
        self.lay(changed);
        self.world.try_open().ok()?;
        let found = found(&self.world, user);
        self.world.close();
        let mut states = self.states[user].iter();
        found.map(|found| states.rposition(|state| *state == found).unwrap())
    }
}

/// All that a user keeps, on files that may be damaged; `None` for any refusal.
fn found(world: &World, id: &str) -> Option<Found> {
    let bearer = format!("Bearer {}", world.service.reveal());
    let lines = [
        ("authorization", bearer.as_bytes()),
        ("x-anchorhold-user", id.as_bytes()),
    ];
    let directory = world.store().catalogue().as_ref();
    let caller = authenticate(Headers::new(&lines), directory, world.clock.now()).ok()?;
    let resolution = resolve(&caller, Headers::new(&lines[1..])).ok()?;
    let verdict = validate(&caller, resolution, directory).ok()?;
    let (missing, door) = (Missing::Empty, Door::Library);
    let scope = enforce::<Read>(&caller, &verdict, None, missing, door, directory).ok()?;
    match scope {
        Some(scope) => load(world.store(), &scope).ok(),
        None => Some(Found::new()),
    }
}
