//! Checking everything that is stored of one namespace, while it is used or while nothing is.

use anchorhold_crypto::NamespaceKey;
use anchorhold_identity::Custody;

use super::Vault;
use super::extract::Extract;
use super::keys::{Keys, state_key};
use super::state::State;
use crate::Error;
use crate::backend::{ExtractRow, Look, Session};
use crate::survey::{Role, What};

/// How often a namespace is read again that would not stand still.
const TRIES: usize = 3;

const LOG_CUT: Error = Error::Tampered {
    what: "log of a namespace",
};

/// What was found of a namespace.
pub(crate) enum Inspected {
    /// Every record opened.
    Whole {
        /// How many.
        records: u64,
    },
    /// Something is not what was stored.
    Damaged(Role, What),
    /// It was erased meanwhile.
    Gone,
}

/// Why an inspection ended.
enum Stop {
    Found(Role, What),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Names what an error of this step says about the stored bytes; a failure of the machine or of
/// the moment says nothing about them.
fn names(role: Role, what: What) -> impl Fn(Error) -> Stop {
    move |error| match error {
        Error::Tampered {
            what: "a namespace file is missing",
        } => Stop::Found(Role::NamespaceFile, What::Missing),
        Error::Tampered {
            what: "database file" | "database schema" | "database row" | "a namespace file is empty",
        } => Stop::Found(role, What::Structure),
        Error::Tampered {
            what: "log of a namespace",
        } => Stop::Found(Role::NamespaceLog, What::Cut),
        Error::Tampered { what: "key epoch" } => Stop::Found(role, What::KeyEpochs),
        Error::Format { .. } => Stop::Found(role, What::Format),
        Error::Tampered { .. } | Error::Malformed { .. } | Error::WrongKey => {
            Stop::Found(role, what)
        }
        // The file is there and cannot be read, so it cannot be vouched for.
        Error::Io(_) | Error::Sqlite(_) => Stop::Found(role, What::Unreadable),
        error => Stop::Failed(error),
    }
}

impl Vault {
    /// Checks key, file, state, key epochs and every record. While the store serves, requests of
    /// the namespace go on: they wait for one checkpoint.
    pub(crate) fn inspect(&self, custody: &Custody, look: Look) -> Result<Inspected, Error> {
        let namespace = custody.namespace();
        for _ in 0..TRIES {
            let inspected = match look {
                Look::Held => self.inspect_held(custody),
                Look::Idle => self.inspect_idle(custody).map(Some),
            };
            match inspected {
                Ok(None) => {}
                Ok(Some(records)) => return Ok(Inspected::Whole { records }),
                // What is missing of an erased namespace is missing rightly.
                Err(_) if !self.registry.is_living(namespace)? => return Ok(Inspected::Gone),
                Err(Stop::Found(role, what)) => return Ok(Inspected::Damaged(role, what)),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        Err(Error::Unavailable)
    }

    /// What an incarnation without a row is, if there is anything of it.
    pub(crate) fn ownerless(
        &self,
        custody: &Custody,
        is_erased: bool,
    ) -> Result<Option<What>, Error> {
        let namespace = custody.namespace();
        let pin = self.table.pin_quietly(namespace);
        // A first write holds the cell from its file to its row.
        let _cell = pin.cell()?;
        match self.registry.is_living(namespace) {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            // Its row does not open.
            Err(_) => return Ok(Some(What::Unclaimed)),
        }
        if is_erased {
            return Ok(Some(What::HalfErased));
        }
        if !self.nursery.backend.exists(namespace)? {
            return Ok(Some(What::NeverBorn));
        }
        let session = self.nursery.backend.look(custody, Look::Idle);
        let row = session.and_then(|session| session.meta_kept(custody));
        // One that does not read may hold everything.
        match row {
            Ok((row, _)) if row.head.sequence == 0 => Ok(Some(What::NeverBorn)),
            _ => Ok(Some(What::Unclaimed)),
        }
    }

    fn inspect_idle(&self, custody: &Custody) -> Result<u64, Stop> {
        let keys = self.keys_of(custody)?;
        let of_log = names(Role::NamespaceLog, What::Unreadable);
        self.check_log(custody).map_err(of_log)?;
        self.inspect_file(custody, Look::Idle, keys)
    }

    /// `None` when the file did not stand still.
    fn inspect_held(&self, custody: &Custody) -> Result<Option<u64>, Stop> {
        let keys = self.keys_of(custody)?;
        let namespace = custody.namespace();
        let of_file = names(Role::NamespaceFile, What::Structure);
        // The log is looked at before the checkpoint takes it in.
        let hold = self.hold(namespace, || self.check_log(custody));
        let hold = hold.map_err(of_file)?;
        let inspected = self.inspect_file(custody, Look::Held, keys);
        if hold.is_whole() {
            inspected.map(Some)
        } else {
            Ok(None)
        }
    }

    /// Refuses a log that was changed after it was written.
    pub(super) fn check_log(&self, custody: &Custody) -> Result<(), Error> {
        if self.nursery.backend.is_log_damaged(custody)? {
            return Err(LOG_CUT);
        }
        Ok(())
    }

    /// The key of the namespace.
    fn keys_of(&self, custody: &Custody) -> Result<NamespaceKey, Stop> {
        let of_tenant = names(Role::Catalogue, What::Row);
        let of_key = names(Role::NamespaceKey, What::Key);
        let wrapping = self.registry.wrapping_key(custody.tenant());
        let wrapping = wrapping.map_err(of_tenant)?;
        let key = self.nursery.keyring.unwrap(custody.namespace(), &wrapping);
        key.map_err(of_key)?
            .ok_or(Stop::Found(Role::NamespaceKey, What::Missing))
    }

    /// Checks the file as it lies.
    fn inspect_file(&self, custody: &Custody, look: Look, key: NamespaceKey) -> Result<u64, Stop> {
        let of_file = names(Role::NamespaceFile, What::Structure);
        let session = self.nursery.backend.look(custody, look);
        let session = session.map_err(of_file)?;
        match check_session(&session, custody, key)? {
            (state, true) => Ok(state.records()),
            (_, false) => Err(Stop::Found(Role::NamespaceFile, What::Extract)),
        }
    }

    /// The key of a namespace, for who keeps its bytes.
    pub(super) fn namespace_key(&self, custody: &Custody) -> Result<NamespaceKey, Error> {
        self.keys_of(custody).map_err(Error::from)
    }
}

impl From<Stop> for Error {
    /// Which damage it is was told by name to whoever asked for a survey.
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(error) => error,
            Stop::Found(role, what) => {
                tracing::warn!(
                    role = role.as_str(),
                    what = what.as_str(),
                    "damage was found"
                );
                Self::Tampered {
                    what: "what is stored of a namespace",
                }
            }
        }
    }
}

/// Checks everything in one file, like an inspection; answers the state that it holds.
pub(super) fn checked(
    session: &Session,
    custody: &Custody,
    key: NamespaceKey,
) -> Result<State, Error> {
    let (state, _) = check_session(session, custody, key)?;
    Ok(state)
}

/// Checks everything in one file: its structure, its state, its key epochs, every record, and that
/// no record is missing, older than it was, or of another place. Answers also whether every
/// extract opens; one that does not is left out when the namespace is read.
fn check_session(
    session: &Session,
    custody: &Custody,
    key: NamespaceKey,
) -> Result<(State, bool), Stop> {
    let file = |what| names(Role::NamespaceFile, what);
    let namespace = custody.namespace();
    if !session.is_whole(custody).map_err(file(What::Structure))? {
        return Err(Stop::Found(Role::NamespaceFile, What::Structure));
    }
    let (row, epochs) = session.meta_kept(custody).map_err(file(What::State))?;
    let state = State::open(&state_key(&key), namespace, &row).map_err(file(What::State))?;
    if !epochs
        .iter()
        .map(|epoch| &epoch.number)
        .eq(state.live.keys())
    {
        return Err(Stop::Found(Role::NamespaceFile, What::KeyEpochs));
    }
    let keys = Keys::new(namespace, key, epochs);
    let mut found = state.emptied();
    for row in session.rows_kept(custody).map_err(file(What::Record))? {
        let epoch = keys.epoch(row.key_epoch);
        let epoch = epoch.ok_or(Stop::Found(Role::NamespaceFile, What::KeyEpochs))?;
        let sealed = session.body_kept(custody, &row);
        // Opened to know that it opens; what it says is wiped at once.
        let opened = sealed.and_then(|sealed| keys.open_in(&epoch, &sealed).map(drop));
        opened.map_err(file(What::Record))?;
        found.add(&keys.digest, namespace, &row);
    }
    if found != state {
        return Err(Stop::Found(Role::NamespaceFile, What::SetOfRecords));
    }
    let extracts = session.extracts_kept(custody).unwrap_or_default();
    let opens = |row: &ExtractRow| Extract::open(keys.extracts(), namespace, row).is_some();
    Ok((state, extracts.iter().all(opens)))
}
