//! Looking at everything that is stored: what is damaged, where, and what a crash left undone.
//!
//! A survey goes in steps, each bounded, so that a server answers them as requests while it
//! serves. It reads; nothing but [`Store::mend`] changes anything. Findings hold ids and typed
//! words, never a name or content of a caller. To add a check: a word in [`What`], said by the
//! file of its step.

mod chains;
mod foundation;
mod mend;
mod namespaces;
mod step;

use anchorhold_identity::Custodian;
use anchorhold_model::{NamespaceId, TenantId};

use crate::backend::Look;
use crate::{Error, Store};
pub(crate) use foundation::install_what;
pub use step::Step;

/// Which part of the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `install.json`.
    Install,
    /// The catalogue of tenants, namespaces, keys and users.
    Catalogue,
    /// The file of all wrapped keys.
    Keyring,
    /// The wrapped key of one namespace.
    NamespaceKey,
    /// The database file of one namespace.
    NamespaceFile,
    /// The write-ahead log of one namespace.
    NamespaceLog,
    /// The audit log of one tenant, or of the operator.
    AuditChain,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// It is not there.
    Missing,
    /// The system does not read it.
    Unreadable,
    /// It is of another version of the format.
    Format,
    /// Its parts do not hang together.
    Structure,
    /// A row does not open.
    Row,
    /// Rows were added, removed or put back.
    SetOfRows,
    /// A key does not open.
    Key,
    /// The sealed state does not open, or does not agree with the head beside it.
    State,
    /// Key epochs are missing, or too many.
    KeyEpochs,
    /// A record does not open.
    Record,
    /// Records were added, removed or put back.
    SetOfRecords,
    /// An extract does not open. It costs time at every open and changes no answer.
    Extract,
    /// Committed writes stand behind bytes that were changed.
    Cut,
    /// A link of the chain was changed, removed or moved.
    Link,
    /// It belongs to nobody: the catalogue is older than it.
    Unclaimed,
    /// It is erased, and not all of it is destroyed.
    HalfErased,
    /// Its backup was taken in, and is not in its place yet.
    HalfRestored,
    /// It was begun and never came to be.
    NeverBorn,
}

/// One finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// The namespace, where it is one.
    pub namespace: Option<NamespaceId>,
    /// Its tenant, or whose chain it is; `None` for the operator and what is everybody's.
    pub tenant: Option<TenantId>,
    /// Which part.
    pub role: Role,
    /// What is wrong.
    pub what: What,
}

/// A namespace that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// The incarnation.
    pub namespace: NamespaceId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Records in it.
    pub records: u64,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the catalogue.
    pub rows: u64,
    /// Wrapped keys.
    pub keys: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Records.
    pub records: u64,
    /// Audit chains.
    pub chains: u64,
    /// Links of audit chains.
    pub links: u64,
}

/// What one step found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surveyed {
    /// How much was looked at.
    pub counts: Counts,
    /// What is not what was stored. Only a backup brings it back.
    pub damage: Vec<Finding>,
    /// What a crash left undone; the next start finishes it, and so does [`Store::mend`].
    pub unfinished: Vec<Finding>,
    /// The namespaces that were looked at and are whole.
    pub namespaces: Vec<LookedAt>,
    /// The step after this one; `None` when everything was looked at.
    pub next: Option<Step>,
}

impl Role {
    /// The word in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Catalogue => "catalogue",
            Self::Keyring => "keyring",
            Self::NamespaceKey => "namespace_key",
            Self::NamespaceFile => "namespace_file",
            Self::NamespaceLog => "namespace_log",
            Self::AuditChain => "audit_chain",
        }
    }
}

impl What {
    /// The word in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Format => "format",
            Self::Structure => "structure",
            Self::Row => "row",
            Self::SetOfRows => "set_of_rows",
            Self::Key => "key",
            Self::State => "state",
            Self::KeyEpochs => "key_epochs",
            Self::Record => "record",
            Self::SetOfRecords => "set_of_records",
            Self::Extract => "extract",
            Self::Cut => "cut",
            Self::Link => "link",
            Self::Unclaimed => "unclaimed",
            Self::HalfErased => "half_erased",
            Self::HalfRestored => "half_restored",
            Self::NeverBorn => "never_born",
        }
    }
}

impl Surveyed {
    fn is_damaged(&mut self, role: Role, what: What) {
        self.damage.push(Finding::of_all(role, what));
    }
}

impl Finding {
    /// What to do about it.
    pub const fn advice(&self) -> &'static str {
        match (self.role, self.what) {
            (_, What::HalfErased | What::HalfRestored | What::NeverBorn) => {
                "nothing is lost; the next start finishes it, or `anchorhold verify --repair`"
            }
            (_, What::Extract) => {
                "nothing is lost; what it repeats is read from the records themselves"
            }
            (_, What::Unclaimed) => {
                "the catalogue is older than this namespace; restore the newest catalogue"
            }
            (_, What::Format) => "use the version of the program that wrote it",
            (Role::NamespaceFile | Role::NamespaceLog, _) => {
                "restore this namespace from a backup (`anchorhold restore`)"
            }
            (Role::NamespaceKey, _) => "restore keyring.db from a backup of the data directory",
            (Role::AuditChain, _) => {
                "keep the file as evidence; its tenant writes nothing until it is put back"
            }
            (Role::Install | Role::Catalogue | Role::Keyring, _) => {
                "restore this file from a backup of the data directory"
            }
        }
    }

    /// About what belongs to everybody.
    pub(crate) const fn of_all(role: Role, what: What) -> Self {
        Self {
            namespace: None,
            tenant: None,
            role,
            what,
        }
    }
}

impl Store {
    /// Looks at one step; begin with [`Step::FIRST`] and go on with what is next.
    ///
    /// Requests go on meanwhile: a step holds the catalogue for as long as one of its pages is
    /// read, and a namespace for one checkpoint. Nothing is taken out of memory for it.
    pub fn survey(&self, custodian: &Custodian, step: Step) -> Result<Surveyed, Error> {
        match step {
            Step::Foundation => self.survey_foundation(custodian),
            Step::Chains(after) => self.survey_chains(after),
            Step::Namespaces(after) => self.survey_namespaces(custodian, after),
        }
    }

    /// How files are looked at: a store that was opened to be looked at leaves logs alone.
    const fn look(&self) -> Look {
        if self.is_still {
            Look::Idle
        } else {
            Look::Held
        }
    }
}
