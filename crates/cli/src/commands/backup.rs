//! `backup` and `restore`: one namespace as it lies, sealed, into a file and back.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anchorhold_client::OperatorClient;
use anchorhold_client::wire::backup::Restored;
use anchorhold_model::NamespaceId;
use clap::Args;
use serde::Serialize;

use crate::commands::custody::{Closed, CustodyArgs, Keeper};
use crate::commands::{confirm, must_be_new, private_file};
use crate::connection::refused;
use crate::exit::Error;
use crate::output::Output;

/// Write the sealed bytes of one namespace to a file, while it is used.
#[derive(Args)]
pub(crate) struct Backup {
    /// The opaque id, as `anchorhold whoami` and `anchorhold verify --list` show it
    #[arg(long, value_name = "ID")]
    namespace: String,
    /// The file to make; one that exists is left alone
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    custody: CustodyArgs,
}

/// Put a backup in the place of what its namespace holds.
#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    file: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    custody: CustodyArgs,
}

/// What a backup has to tell.
#[derive(Serialize)]
struct Kept {
    namespace: String,
    file: String,
    bytes: u64,
}

impl Backup {
    /// Writes it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let namespace = NamespaceId::parse(&self.namespace).ok_or_else(|| {
            Error::Usage("--namespace takes an opaque id such as ns_0123...".to_owned())
        })?;
        must_be_new(&self.output)?;
        let keeper = self.custody.keeper(OperatorClient::ready)?;
        // Whole or not at all: what is cut short never bears the name of a backup.
        let part = Part::create(&self.output)?;
        let bytes = match keeper {
            Keeper::Server(client, _) => {
                let id = namespace.to_string();
                let mut backup = client.backup(&id).map_err(refused)?;
                std::io::copy(&mut backup, &mut &part.file).map_err(|error| {
                    Error::Failed(format!("the backup did not come to its end: {error}"))
                })?
            }
            Keeper::Directory(closed) => offline_backup(&closed, namespace, &part.file)?,
        };
        part.keep(&self.output)?;
        let kept = Kept {
            namespace: namespace.to_string(),
            file: self.output.display().to_string(),
            bytes,
        };
        output.either(&kept, || {
            output.line(&format!("{} bytes in {}", kept.bytes, kept.file))
        })
    }
}

impl Restore {
    /// Puts it back.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let mut file = File::open(&self.file)
            .map_err(|error| Error::Usage(format!("{}: {error}", self.file.display())))?;
        if !self.yes {
            confirm("everything that the namespace was told since this backup was taken goes")?;
        }
        let restored = match self.custody.keeper(OperatorClient::ready)? {
            Keeper::Server(client, _) => client.restore(&mut file).map_err(refused)?,
            Keeper::Directory(closed) => offline_restore(&closed, &mut file)?,
        };
        output.either(&restored, || {
            output.line(&format!(
                "{} holds {} records again",
                restored.namespace, restored.records
            ))
        })
    }
}

/// A file that is being written; removed when it is dropped before it was kept.
struct Part {
    file: File,
    path: PathBuf,
}

impl Part {
    fn create(output: &Path) -> Result<Self, Error> {
        let mut path = output.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        let file = private_file(&path)?;
        Ok(Self { file, path })
    }

    fn keep(self, output: &Path) -> Result<(), Error> {
        self.file.sync_all()?;
        std::fs::rename(&self.path, output)?;
        let directory = output
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Renamed when it was kept; then there is nothing to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn failed(error: &anchorhold_memory::Error) -> Error {
    Error::Failed(match error {
        anchorhold_memory::Error::NamespaceNotFound => {
            "no namespace with this id lives; one that was erased has no key any more".to_owned()
        }
        error => error.to_string(),
    })
}

fn offline_backup(closed: &Closed, namespace: NamespaceId, to: &File) -> Result<u64, Error> {
    let (house, custodian) = closed.house()?;
    let backup = house.engine.backup(&custodian, namespace);
    let mut bytes = 0;
    for piece in backup.map_err(|error| failed(&error))? {
        let piece = piece.map_err(|error| failed(&error))?;
        let mut to = to;
        to.write_all(&piece)?;
        bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
    }
    house.engine.close();
    Ok(bytes)
}

fn offline_restore(closed: &Closed, from: &mut File) -> Result<Restored, Error> {
    use std::io::Read as _;
    let (house, custodian) = closed.house()?;
    let failed = |error: anchorhold_memory::Error| failed(&error);
    let mut restore = house.engine.restore(custodian).map_err(failed)?;
    let mut buffer = vec![0; 64 * 1_024];
    loop {
        let read = from.read(&mut buffer)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else {
            break;
        };
        restore.take(piece).map_err(failed)?;
    }
    let restored = restore.finish().map_err(failed)?;
    house.engine.close();
    Ok(Restored {
        namespace: restored.namespace.to_string(),
        records: restored.records,
        sequence: restored.head.sequence,
        generation: restored.head.generation,
    })
}
