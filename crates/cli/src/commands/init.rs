//! `init`: makes an installation and shows the operator key, once.

use std::path::PathBuf;

use anchorhold_store::{AuditMode, Store};
use clap::Args;
use serde::Serialize;

use crate::config::{DataFlags, Installation, KekFlags};
use crate::exit::Error;
use crate::output::Output;
use crate::system;
use crate::{kek, output};
use anchorhold::house::{self, Plan, builtin_embedder};
use anchorhold::system::SystemRandom;

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
    if !installation.allow_kek_inside_data {
        house::check_empty(data)?;
    }
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
        upstreams: Vec::new(),
    };
    let (operator_key, install_id) = plan.init(&prepared.kek)?;
    let found = prepared.settle(&install_id)?;
    Ok(Made {
        operator_key,
        data: data.display().to_string(),
        kek: found.place,
    })
}
