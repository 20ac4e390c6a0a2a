//! The one place of Anchorhold that asks the operating system for time, chance and environment.

use std::ffi::OsString;
use std::time::{Duration, Instant, SystemTime};

use anchorhold_model::{Clock, Random, Stream, Timestamp};

/// How settings ask for an environment variable; tests bring their own.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The clock of this machine.
pub(crate) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock, handed to everything below"
    )]
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real clock, handed to everything below"
    )]
    fn now(&self) -> Timestamp {
        let milliseconds =
            |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_milliseconds(
            match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => milliseconds(since),
                Err(before) => -milliseconds(before.duration()),
            },
        )
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// The random bytes of this machine.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real source, handed to everything below"
    )]
    fn fill(&self, _stream: Stream<'_>, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // IMPORTANT: keys and nonces are drawn here. Without chance nothing may be sealed.
            std::process::abort();
        }
    }
}

/// An environment variable; an empty one counts as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "the one reader of the environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Makes the process fit to hold keys and many files: what it makes is private, it leaves no core
/// behind, and it may open as many files as the system allows. Gives that number.
pub(crate) fn harden() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A system that refuses this is no reason not to serve.
    let _ = setrlimit(Resource::Core, none);
    let files = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: files.maximum,
        maximum: files.maximum,
    };
    let _ = setrlimit(Resource::Nofile, raised);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
