//! The same home opened by the library, with the key of the key file, after its server has ended.

use std::fs::{self, File};
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anchorhold_crypto::{Kek, Secret};
use anchorhold_model::{Clock, Random, Stream, Timestamp, unhex};
use anchorhold_store::{AuditMode, Error, Options, RESIDUE_DAYS_DEFAULT, Store};

use super::Home;

/// The clock of this machine, so that a home is not taken back in time.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let milliseconds = self.monotonic().as_millis();
        Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a store that a real server has written needs the real time"
    )]
    fn monotonic(&self) -> Duration {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
    }
}

/// Chance of this machine: keys and nonces of a real store must not repeat.
pub(crate) struct Chance;

impl Random for Chance {
    fn fill(&self, _stream: Stream<'_>, bytes: &mut [u8]) {
        File::open("/dev/urandom")
            .unwrap()
            .read_exact(bytes)
            .unwrap();
    }
}

/// How the library opens the data in a directory.
pub(crate) fn options(data: std::path::PathBuf) -> Options {
    Options {
        data,
        clock: Arc::new(WallClock),
        random: Arc::new(Chance),
        handles_max: 64,
        audit: AuditMode::Required,
        residue_days: RESIDUE_DAYS_DEFAULT,
    }
}

impl Home {
    /// Opens the store; no server may run.
    pub(crate) fn open(&self) -> Result<Store, Error> {
        let digits = fs::read_to_string(self.kek_file()).unwrap();
        let kek = unhex(digits.trim()).expect("a key file holds 64 digits");
        Store::open(options(self.data()), &Kek::new(Secret::new(kek)))
    }
}
