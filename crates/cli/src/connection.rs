//! Which server a client command speaks to, with which key, and for whom.

use anchorhold_client::wire::Code;
use anchorhold_client::{Client, Config, Error as ClientError, OperatorClient};
use clap::Args;

use crate::exit::{Error, Refused};
use crate::system;

const URL: &str = "http://127.0.0.1:3300";
const OPERATOR_URL: &str = "http://127.0.0.1:3301";

/// The server and the key of a tenant or user.
#[derive(Args)]
pub(crate) struct Server {
    /// The server [ANCHORHOLD_URL; default: http://127.0.0.1:3300]; for https with an authority of
    /// your own, ANCHORHOLD_CA_FILE is its PEM file
    #[arg(long)]
    url: Option<String>,
    /// The API key; better in the environment, where other users do not see it [ANCHORHOLD_KEY]
    #[arg(long)]
    key: Option<String>,
}

/// The server, the key, and for whom.
#[derive(Args)]
pub(crate) struct Connection {
    #[command(flatten)]
    server: Server,
    /// The user, for a key that may name one [ANCHORHOLD_USER]
    #[arg(long)]
    user: Option<String>,
    /// A workspace of the user
    #[arg(long)]
    workspace: Option<String>,
    /// An agent of the user
    #[arg(long)]
    agent: Option<String>,
    /// A thread of the user
    #[arg(long)]
    thread: Option<String>,
    /// A named namespace instead of the user's own
    #[arg(long)]
    namespace: Option<String>,
}

/// The operator's listener and key.
#[derive(Args)]
pub(crate) struct OperatorConnection {
    /// The operator listener [ANCHORHOLD_OPERATOR_URL; default: http://127.0.0.1:3301]
    #[arg(long)]
    operator_url: Option<String>,
    /// The operator key; better in the environment [ANCHORHOLD_OPERATOR_KEY]
    #[arg(long)]
    operator_key: Option<String>,
}

/// Which tenant the operator means.
#[derive(Args)]
pub(crate) struct OfTenant {
    /// The tenant
    #[arg(long)]
    pub(crate) tenant: String,
    #[command(flatten)]
    pub(crate) operator: OperatorConnection,
}

impl Server {
    fn config(self) -> Result<Config, Error> {
        Ok(Config {
            url: setting(self.url, "ANCHORHOLD_URL")?.unwrap_or_else(|| URL.to_owned()),
            key: setting(self.key, "ANCHORHOLD_KEY")?,
            authorities: authorities()?,
            ..Config::default()
        })
    }

    /// A client that speaks for whom the key speaks.
    pub(crate) fn client(self) -> Result<Client, Error> {
        Client::new(self.config()?).map_err(refused)
    }

    /// A client that speaks for the user of the environment, if there is one.
    pub(crate) fn client_as_user(self) -> Result<Client, Error> {
        let user = setting(None, "ANCHORHOLD_USER")?;
        let config = Config {
            user,
            ..self.config()?
        };
        Client::new(config).map_err(refused)
    }
}

impl Connection {
    /// The client.
    pub(crate) fn client(self) -> Result<Client, Error> {
        let user = match self.namespace {
            // The environment's user is a habit; beside a named namespace it would only be noise.
            Some(_) => self.user,
            None => setting(self.user, "ANCHORHOLD_USER")?,
        };
        let config = Config {
            user,
            workspace: self.workspace,
            agent: self.agent,
            thread: self.thread,
            namespace: self.namespace,
            ..self.server.config()?
        };
        Client::new(config).map_err(refused)
    }
}

impl OperatorConnection {
    /// Whether there is a key to speak with.
    pub(crate) fn has_key(&self) -> bool {
        self.operator_key.is_some() || system::variable("ANCHORHOLD_OPERATOR_KEY").is_some()
    }

    /// The client.
    pub(crate) fn client(self) -> Result<OperatorClient, Error> {
        let url = setting(self.operator_url, "ANCHORHOLD_OPERATOR_URL")?;
        let key = setting(self.operator_key, "ANCHORHOLD_OPERATOR_KEY")?;
        let url = url.as_deref().unwrap_or(OPERATOR_URL);
        OperatorClient::new(url, key, authorities()?.as_deref()).map_err(refused)
    }
}

/// A flag over the environment.
fn setting(flag: Option<String>, variable: &str) -> Result<Option<String>, Error> {
    if flag.is_some() {
        return Ok(flag);
    }
    let text = system::variable(variable).map(std::ffi::OsString::into_string);
    text.transpose()
        .map_err(|_| Error::Configuration(format!("{variable} must be UTF-8")))
}

/// The authorities of the environment, for a server whose certificate none of the open network signed.
fn authorities() -> Result<Option<String>, Error> {
    const VARIABLE: &str = "ANCHORHOLD_CA_FILE";
    let Some(path) = system::variable(VARIABLE) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path);
    text.map(Some)
        .map_err(|error| Error::Configuration(format!("{VARIABLE}: {}: {error}", path.display())))
}

/// What to do here about a refusal that speaks of headers.
const fn hint(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::CredentialMissing => {
            "Give the key with ANCHORHOLD_KEY or --key; for the operator's commands with \
             ANCHORHOLD_OPERATOR_KEY or --operator-key."
        }
        Code::CredentialInvalid => {
            "Check ANCHORHOLD_KEY or --key, and that --url is the server that made it; the \
             operator's commands have ANCHORHOLD_OPERATOR_KEY and --operator-url."
        }
        Code::IdentityRequired | Code::IdentityMissing => {
            "Name the user with --user or ANCHORHOLD_USER."
        }
        Code::IdentityNotPermitted | Code::IdentityConflict => {
            "Leave out --user and ANCHORHOLD_USER where the key belongs to one user."
        }
        Code::NamespaceConflict => "Give either --namespace or --user, not both.",
        _ => return None,
    })
}

/// What a client's failure means for the exit code.
pub(crate) fn refused(error: ClientError) -> Error {
    let advice = error.advice();
    match error {
        ClientError::Unreachable { url, reason } => Error::Unreachable {
            url,
            problem: reason,
        },
        ClientError::Refused { body, .. } => {
            let refused = body.error;
            Error::Refused(Box::new(Refused {
                code: refused.code.to_string(),
                message: refused.message,
                hint: hint(refused.code),
                request_id: Some(refused.request_id),
            }))
        }
        ClientError::Address { .. }
        | ClientError::Header { .. }
        | ClientError::Untrusted { .. }
        | ClientError::Authorities { .. } => Error::Configuration(format!("{error}. {advice}")),
        error => Error::Failed(format!("{error}. {advice}")),
    }
}
