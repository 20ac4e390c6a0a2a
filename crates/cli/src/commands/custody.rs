//! How commands that look after bytes reach them: through the server that serves them, or, when
//! none does, in the data directory itself.

use std::path::PathBuf;
use std::sync::Arc;

use anchorhold_client::wire::verify::{Checked, FindingBody, LookedAt, VerifyPage};
use anchorhold_client::{Error as ClientError, OperatorClient};
use anchorhold_crypto::Kek;
use anchorhold_identity::{Custodian, Directory as _, SystemAuthority};
use anchorhold_model::{Clock, TenantId};
use anchorhold_store::{AuditMode, Finding, Options, Step, Store};
use clap::Args;

use crate::config::{DataFlags, Installation, KekFlags};
use crate::connection::{OperatorConnection, refused};
use crate::exit::Error;
use crate::kek;
use crate::system;
use anchorhold::house::{House, Plan, builtin_embedder};
use anchorhold::system::{SystemClock, SystemRandom};

/// Where a server would be, and where the data lie.
#[derive(Args)]
pub(crate) struct CustodyArgs {
    #[command(flatten)]
    connection: OperatorConnection,
    #[command(flatten)]
    data: DataFlags,
    #[command(flatten)]
    kek: KekFlags,
    /// A configuration file in TOML [ANCHORHOLD_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Who has the bytes.
pub(crate) enum Keeper<T> {
    /// A server, with its answer to the first question.
    Server(OperatorClient, T),
    /// Nobody: the files lie still.
    Directory(Closed),
}

/// An installation that no server serves.
pub(crate) struct Closed {
    installation: Installation,
}

impl CustodyArgs {
    /// Asks the server first, when there is a key to ask with. A data directory on the command
    /// line is meant, whatever server runs.
    pub(crate) fn keeper<T>(
        self,
        ask: impl FnOnce(&OperatorClient) -> Result<T, ClientError>,
    ) -> Result<Keeper<T>, Error> {
        system::harden();
        let is_directory_meant = self.data.data.is_some();
        if !is_directory_meant && self.connection.has_key() {
            let client = self.connection.client()?;
            match ask(&client) {
                Ok(answer) => return Ok(Keeper::Server(client, answer)),
                Err(ClientError::Unreachable { .. }) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        let config = self.config.as_deref();
        let installation = Installation::resolve(self.data, self.kek, config, &system::variable)?;
        Ok(Keeper::Directory(Closed { installation }))
    }
}

impl Closed {
    fn options(&self) -> Options {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        Options {
            data: self.installation.data.clone(),
            clock,
            random: Arc::new(SystemRandom),
            handles_max: anchorhold_model::limits::HANDLES_DEFAULT,
            audit: AuditMode::Required,
            residue_days: anchorhold_store::RESIDUE_DAYS_DEFAULT,
        }
    }

    fn failed(&self, error: anchorhold_store::Error) -> Error {
        match Error::of_store(error, &self.installation.data) {
            Error::InUse(data) => Error::Held(data),
            error => error,
        }
    }

    /// The key-encryption key; or why it is not known which one that is.
    fn kek(&self) -> Result<Result<Kek, Finding>, Error> {
        let looked = Store::look_at_install(&self.installation.data);
        match looked.map_err(|error| self.failed(error))? {
            Ok(id) => kek::find(&self.installation, &id).map(|found| Ok(found.kek)),
            Err(finding) => Ok(Err(finding)),
        }
    }

    /// Opens and closes it as a start does.
    pub(crate) fn start(&self) -> Result<(), Error> {
        let Ok(kek) = self.kek()? else {
            return Err(Error::Failed("install.json is damaged".to_owned()));
        };
        let store = Store::open(self.options(), &kek);
        store.map(drop).map_err(|error| self.failed(error))
    }

    /// Opens it as a server does, without a door, for whoever keeps its bytes.
    pub(crate) fn house(&self) -> Result<(House, Custodian), Error> {
        let Ok(kek) = self.kek()? else {
            return Err(Error::Failed("install.json is damaged".to_owned()));
        };
        let plan = Plan {
            data: self.installation.data.clone(),
            handles_max: anchorhold_model::limits::HANDLES_DEFAULT,
            backup_days: anchorhold_store::RESIDUE_DAYS_DEFAULT,
            audit: AuditMode::Required,
            engine: anchorhold_memory::Settings::default(),
            embedder: builtin_embedder()?,
            remotes: Vec::new(),
            issuers: Vec::new(),
            upstreams: Vec::new(),
        };
        let house = plan.open(&kek).map_err(|error| match error.into() {
            Error::InUse(data) => Error::Held(data),
            error => error,
        })?;
        Ok((house, custodian()?))
    }

    /// Looks at everything, and changes nothing.
    pub(crate) fn survey(&self) -> Result<VerifyPage, Error> {
        let mut report = VerifyPage::default();
        let kek = match self.kek()? {
            Ok(kek) => kek,
            Err(finding) => {
                report.damage.push(body(None, &finding));
                return Ok(report);
            }
        };
        let opened = Store::open_to_survey(self.options(), &kek);
        let (store, found) = opened.map_err(|error| self.failed(error))?;
        report
            .damage
            .extend(found.iter().map(|one| body(None, one)));
        let Some(store) = store else {
            return Ok(report);
        };
        let custodian = custodian()?;
        let mut next = Some(Step::FIRST);
        while let Some(step) = next {
            let surveyed = store.survey(&custodian, step);
            let surveyed = surveyed.map_err(|error| self.failed(error))?;
            let bodies = |findings: &[Finding]| {
                let bodies = findings.iter().map(|one| body(Some(&store), one));
                bodies.collect()
            };
            let counts = surveyed.counts;
            report.extend(VerifyPage {
                checked: Checked {
                    rows: counts.rows,
                    keys: counts.keys,
                    namespaces: counts.namespaces,
                    records: counts.records,
                    chains: counts.chains,
                    links: counts.links,
                },
                damage: bodies(&surveyed.damage),
                unfinished: bodies(&surveyed.unfinished),
                namespaces: surveyed
                    .namespaces
                    .iter()
                    .map(|one| LookedAt {
                        namespace: one.namespace.to_string(),
                        tenant: tenant_name(&store, one.tenant),
                        records: one.records,
                    })
                    .collect(),
                ..VerifyPage::default()
            });
            next = surveyed.next;
        }
        Ok(report)
    }
}

/// The process as keeper of all bytes: it has the key of the installation.
fn custodian() -> Result<Custodian, Error> {
    let taken = || Error::Failed("the authority of the process is taken".to_owned());
    Ok(SystemAuthority::claim().ok_or_else(taken)?.custodian())
}

fn tenant_name(store: &Store, tenant: TenantId) -> Option<String> {
    let tenant = store.catalogue().tenant(tenant).ok().flatten()?;
    Some(tenant.name.as_str().to_owned())
}

fn body(store: Option<&Store>, finding: &Finding) -> FindingBody {
    let tenant = finding.tenant.zip(store);
    let tenant = tenant.and_then(|(tenant, store)| tenant_name(store, tenant));
    FindingBody {
        namespace: finding.namespace.map(|namespace| namespace.to_string()),
        tenant,
        role: finding.role.as_str().to_owned(),
        what: finding.what.as_str().to_owned(),
        advice: finding.advice().to_owned(),
    }
}
