//! `import`: takes what `export` wrote.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;

use anchorhold_client::wire::export::ImportReply;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::connection::{Connection, refused};
use crate::exit::Error;
use crate::output::Output;

/// Take what an export wrote; what is there already is skipped.
#[derive(Args)]
#[command(
    after_help = "Exit code 1 when a line was refused or the export was cut; what arrived \
    is kept, and the same import may be run again."
)]
pub(crate) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

impl Import {
    /// Sends it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let input: Box<dyn Read> = if self.file.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(self.opened().map_err(|error| self.unusable(&error))?)
        };
        let mut metered = Metered {
            input,
            meter: Meter::new("imported"),
            failed: None,
        };
        let client = self.connection.client()?;
        let sent = client.import(&mut metered);
        if let Some(error) = metered.failed.take() {
            return Err(Error::Failed(format!(
                "{}: {error}; what was sent before is kept",
                self.file.display()
            )));
        }
        let reply = sent.map_err(refused)?;
        metered.meter.finish();
        output.either(&reply, || show(&reply, output))?;
        verdict(&reply)
    }

    fn opened(&self) -> io::Result<File> {
        let file = File::open(&self.file)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(file)
    }

    fn unusable(&self, error: &io::Error) -> Error {
        Error::Usage(format!("{}: {error}", self.file.display()))
    }
}

fn show(reply: &ImportReply, output: Output) -> Result<(), Error> {
    let rows: Vec<_> = reply
        .errors
        .iter()
        .map(|error| {
            let (code, message) = (error.code.to_string(), error.message.clone());
            vec![error.line.to_string(), code, message]
        })
        .collect();
    if !rows.is_empty() {
        output.table(&["line", "code", "message"], &rows)?;
    }
    let until = if reply.complete {
        ""
    } else {
        " until it was cut"
    };
    output.line(&format!(
        "{} imported, {} skipped, {} refused{until}",
        reply.imported, reply.skipped, reply.refused
    ))
}

fn verdict(reply: &ImportReply) -> Result<(), Error> {
    match (reply.complete, reply.refused) {
        (true, 0) => Ok(()),
        (true, refused) => Err(Error::Failed(format!("{refused} lines were refused"))),
        (false, _) => Err(Error::Failed(
            "the export was cut or changed on the way; what arrived is kept, bring the whole and \
             run this again"
                .to_owned(),
        )),
    }
}

/// Bytes that pass, shown on a terminal.
pub(crate) struct Meter(Option<ProgressBar>);

impl Meter {
    pub(crate) fn new(what: &'static str) -> Self {
        Self(io::stderr().is_terminal().then(|| {
            let template = "{spinner} {bytes} {msg}, {bytes_per_sec}";
            let style = ProgressStyle::with_template(template);
            ProgressBar::no_length()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
                .with_message(what)
        }))
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        if let Some(bar) = &self.0 {
            bar.inc(u64::try_from(bytes).unwrap_or(0));
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// An input that counts what is read of it.
struct Metered {
    input: Box<dyn Read>,
    meter: Meter,
    /// Why the input could not be read; to the client that looks like a server that left.
    failed: Option<io::Error>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            io::Error::from(kind)
        })?;
        self.meter.advance(read);
        Ok(read)
    }
}
