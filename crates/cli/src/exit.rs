//! How the program ends when something went wrong: the sentence, and the exit code.

use std::io;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

/// What a server said when it refused.
#[derive(Debug, Default, Serialize, thiserror::Error)]
#[error("{message}{}", self.rest())]
pub(crate) struct Refused {
    /// The word for programs.
    pub(crate) code: String,
    /// What is wrong and what would be right.
    pub(crate) message: String,
    /// What that means on the command line, where the message speaks of headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<&'static str>,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
}

impl Refused {
    fn rest(&self) -> String {
        let hint = self.hint.map(|hint| format!("\n{hint}"));
        let id = self.request_id.as_ref().map(|id| format!(", request {id}"));
        let (hint, id) = (hint.unwrap_or_default(), id.unwrap_or_default());
        format!("{hint}\n({}{id})", self.code)
    }
}

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The server refused. Do what the message says.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// The command did its work and what it found is bad, or something failed underneath.
    #[error("{0}")]
    Failed(String),
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// Nobody answers there.
    #[error(
        "no server answers at {url} ({problem}); start one with `anchorhold serve`, or name \
         another with --url or ANCHORHOLD_URL (operator commands: --operator-url), https:// where TLS \
         is spoken"
    )]
    Unreachable { url: String, problem: String },
    /// The directory holds an installation already; nothing was changed.
    #[error("{} is initialised already; nothing was changed", .0.display())]
    Initialised(PathBuf),
    /// Another process holds the directory.
    #[error("{} is in use by another process; stop that one first", .0.display())]
    InUse(PathBuf),
    /// Another process holds the directory, and no server was asked or none answers.
    #[error(
        "{} is in use by another process, and no server was reached that could be asked instead; \
         set ANCHORHOLD_OPERATOR_KEY (and ANCHORHOLD_OPERATOR_URL) of the server that runs, or \
         stop it first", .0.display()
    )]
    Held(PathBuf),
    /// A setting is wrong.
    #[error("{0}")]
    Configuration(String),
    /// The key does not open the data.
    #[error(
        "wrong_key: the key-encryption key does not belong to the data in {}; nothing was \
         changed. Bring the right one with ANCHORHOLD_KEK_FILE or ANCHORHOLD_KEK", .0.display()
    )]
    WrongKey(PathBuf),
    /// What the command has to say cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl From<anchorhold::Error> for Error {
    fn from(error: anchorhold::Error) -> Self {
        use anchorhold::Error as House;
        match error {
            House::Store { data, error } => Self::of_store(error, &data),
            House::Configuration(message) => Self::Configuration(message),
            House::Io(error) => Self::Output(error),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl Error {
    /// The exit code; the list is in the documentation of the command line.
    pub(crate) fn code(&self) -> u8 {
        match self {
            // A reader that has seen enough (`| head`) is no failure.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Refused(_) | Self::Failed(_) | Self::Output(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable { .. } => 69,
            Self::Initialised(_) => 73,
            Self::InUse(_) | Self::Held(_) => 75,
            Self::Configuration(_) | Self::WrongKey(_) => 78,
        }
    }

    /// The word for programs.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Refused(refused) => &refused.code,
            Self::Failed(_) | Self::Output(_) => "failed",
            Self::Usage(_) => "usage",
            Self::Unreachable { .. } => "unreachable",
            Self::Initialised(_) => "initialised",
            Self::InUse(_) | Self::Held(_) => "in_use",
            Self::Configuration(_) => "configuration",
            Self::WrongKey(_) => "wrong_key",
        }
    }

    /// What a program gets to read.
    pub(crate) fn body(&self) -> Value {
        match self {
            Self::Refused(refused) => json!({"error": refused}),
            error => json!({"error": {"code": error.word(), "message": error.to_string()}}),
        }
    }

    /// What the store says, about the installation in `data`.
    pub(crate) fn of_store(error: anchorhold_store::Error, data: &std::path::Path) -> Self {
        use anchorhold_store::Error as Store;
        match error {
            Store::InUse => Self::InUse(data.into()),
            Store::WrongKey => Self::WrongKey(data.into()),
            Store::Initialised => Self::Initialised(data.into()),
            Store::NotInitialised => Self::Configuration(format!(
                "{} is not initialised; run `anchorhold init` first",
                data.display()
            )),
            Store::Format { found } => Self::Configuration(format!(
                "{} is of format version {found}, which this version does not read",
                data.display()
            )),
            Store::Io(error) => Self::Configuration(format!("{}: {error}", data.display())),
            error => Self::Failed(format!("{}: {error}", data.display())),
        }
    }
}
