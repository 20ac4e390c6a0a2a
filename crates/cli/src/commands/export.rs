//! `export`: everything that a user or a named namespace keeps, to a file or to standard output.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anchorhold_client::wire::export::ExportEnd;
use clap::Args;
use serde_json::json;

use crate::commands::import::Meter;
use crate::commands::{must_be_new, private_file};
use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Write everything that a user or a named namespace keeps, as lines.
#[derive(Args)]
#[command(
    after_help = "The lines are in clear: keep them as you keep the memories. A file gets its \
    name when the export is whole."
)]
pub(crate) struct Export {
    /// The file to make, one that exists is left alone; standard output when absent
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave the vectors out; an import embeds the texts then
    #[arg(long)]
    no_vectors: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Export {
    /// Writes it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        self.output.as_deref().map_or(Ok(()), must_be_new)?;
        let client = self.connection.client()?;
        let lines = client.export(!self.no_vectors).map_err(refused)?;
        let Some(path) = self.output else {
            copy(lines, &mut BufWriter::new(io::stdout().lock()))?;
            return Ok(());
        };
        let part = part_of(&path);
        let memories = write(lines, &part, &path).inspect_err(|_| {
            // Nothing that was cut stays behind; the server is asked again.
            let _ = fs::remove_file(&part);
        })?;
        let said = json!({"output": path.display().to_string(), "memories": memories});
        output.either(&said, || {
            output.line(&format!("{memories} memories in {}", path.display()))
        })
    }
}

/// The name of a file that is not whole yet.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Writes a file that nobody else can read, and gives it its name when it is whole and durable.
fn write(lines: impl Read, part: &Path, path: &Path) -> Result<u64, Error> {
    let mut file: BufWriter<File> = BufWriter::new(private_file(part)?);
    let memories = copy(lines, &mut file)?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    fs::rename(part, path)?;
    Ok(memories)
}

/// Copies line by line; an export without its end is an error.
fn copy(lines: impl Read, to: &mut impl Write) -> Result<u64, Error> {
    let mut lines = BufReader::with_capacity(64 * 1_024, lines);
    let (mut meter, mut count) = (Meter::new("exported"), 0_u64);
    let (mut line, mut last) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line);
        let length = read.map_err(|_| cut())?;
        if length == 0 {
            break;
        }
        to.write_all(&line)?;
        meter.advance(length);
        count += 1;
        std::mem::swap(&mut line, &mut last);
    }
    to.flush()?;
    meter.finish();
    let end: ExportEnd = serde_json::from_slice(&last).map_err(|_| cut())?;
    // All lines but the head and the end.
    if end.memories.checked_add(2) == Some(count) {
        Ok(end.memories)
    } else {
        Err(cut())
    }
}

fn cut() -> Error {
    Error::Failed("the export was cut before its end; run it again".to_owned())
}
