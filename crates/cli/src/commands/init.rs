//! `init`: makes an installation and shows the operator key, once.

use std::path::PathBuf;

use anchorhold_store::{AuditMode, Store};
use clap::Args;
use serde::Serialize;

use crate::compose::{Plan, builtin_embedder};
use crate::config::{DataFlags, Installation, KekFlags};
use crate::exit::Error;
use crate::output::Output;
use crate::system::{self, SystemRandom};
use crate::{kek, output};

/// Make an installation in an empty data directory.
#[derive(Args)]
pub(crate) struct Init {
    #[command(flatten)]
    data: DataFlags,
    #[command(flatten)]
    kek: KekFlags,
    /// A configuration file in TOML [ANCHORHOLD_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a new installation has to tell.
#[derive(Serialize)]
pub(crate) struct Made {
    /// The operator key; it is not shown again.
    pub(crate) operator_key: String,
    /// Where the data lie.
    pub(crate) data: String,
    /// Where the key-encryption key lies.
    pub(crate) kek: String,
}

impl Init {
    /// Makes it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        system::harden();
        let config = self.config.as_deref();
        let installation = Installation::resolve(self.data, self.kek, config, &system::variable)?;
        let made = make(&installation)?;
        let shown = output.either(&made, || made.show(output));
        shown.map_err(|error| made.lost(&error))
    }
}

impl Made {
    /// The keys of an installation were not shown, and are shown only once.
    pub(crate) fn lost(&self, error: &Error) -> Error {
        Error::Failed(format!(
            "the new keys could not be shown ({error}), so nobody has them; remove {} and begin \
             again",
            self.data
        ))
    }

    fn show(&self, output: Output) -> Result<(), Error> {
        output.line(&format!("operator key  {}", self.operator_key))?;
        output.line(&format!("data          {}", output::visible(&self.data)))?;
        output.line(&format!("kek           {}", output::visible(&self.kek)))?;
        output.line(
            "Keep the operator key: it is not shown again. Back up the key-encryption key apart \
             from the data: without it nothing can be read.",
        )
    }
}

/// Makes an installation. The key is durable before the data refer to it, so a crash in between
/// leaves a key without data and never data without a key.
pub(crate) fn make(installation: &Installation) -> Result<Made, Error> {
    let data = &installation.data;
    let of_store = |error| Error::of_store(error, data);
    if Store::is_initialised(data).map_err(of_store)? {
        return Err(Error::Initialised(data.clone()));
    }
    check_empty(installation)?;
    let prepared = kek::prepare(installation, &SystemRandom)?;
    let plan = Plan {
        data: data.clone(),
        backup_days: anchorhold_store::RESIDUE_DAYS_DEFAULT,
        handles_max: anchorhold_model::limits::HANDLES_DEFAULT,
        audit: AuditMode::Required,
        engine: anchorhold_memory::Settings::default(),
        embedder: builtin_embedder()?,
        remotes: Vec::new(),
        issuers: Vec::new(),
    };
    let (operator_key, install_id) = plan.init(&prepared.kek)?;
    let found = prepared.settle(&install_id)?;
    Ok(Made {
        operator_key,
        data: data.display().to_string(),
        kek: found.place,
    })
}

/// Refuses a directory with files of somebody else. What a start that was cut off has left is
/// no hindrance.
fn check_empty(installation: &Installation) -> Result<(), Error> {
    const OWN: [&str; 5] = ["lock", "audit", "namespaces", "keyring.db", "catalogue.db"];
    let data = &installation.data;
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let message = format!("cannot read {}: {error}", data.display());
            return Err(Error::Configuration(message));
        }
    };
    for entry in entries {
        let name = entry?.file_name();
        let is_own = name.to_str().is_some_and(|name| {
            name.starts_with('.') || OWN.iter().any(|own| name.starts_with(own))
        });
        let is_kek = installation.allow_kek_inside_data;
        if !is_own && !is_kek {
            return Err(Error::Configuration(format!(
                "{} holds something else ({}); name an empty directory",
                data.display(),
                name.display()
            )));
        }
    }
    Ok(())
}
