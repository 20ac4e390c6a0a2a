//! The log: one JSON object per line on standard error, without ids and content of callers.

use std::fmt;

use anchorhold_model::Clock as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use crate::exit::Error;
use anchorhold::system::SystemClock;

/// A crate that would log what callers send, at every level.
const SILENT: &str = "rmcp";

struct WallTime(SystemClock);

impl FormatTime for WallTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", self.0.now())
    }
}

/// Sends what happens at `level` and above to standard error.
pub(crate) fn start(level: &str) -> Result<(), Error> {
    let known = ["off", "error", "warn", "info", "debug", "trace"];
    let level: tracing_subscriber::filter::LevelFilter = (known.contains(&level))
        .then(|| level.parse().ok())
        .flatten()
        .ok_or_else(|| {
            Error::Configuration(format!(
                "the log level is {level:?}; it must be one of {}",
                known.join(", ")
            ))
        })?;
    tracing_subscriber::fmt()
        .json()
        .with_timer(WallTime(SystemClock::new()))
        .with_env_filter(EnvFilter::new(format!("{level},{SILENT}=off")))
        .with_writer(std::io::stderr)
        // A log that cannot be written is no reason to fail: telling so on the same standard
        // error would panic.
        .log_internal_errors(false)
        .try_init()
        .map_err(|error| Error::Failed(format!("cannot start the log: {error}")))?;
    // The message of a panic may quote what a caller sent; the place alone says enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}
