//! The one place of Anchorhold that asks the operating system for the environment, and what it sets up there.

use std::ffi::OsString;

/// How settings ask for an environment variable; tests bring their own.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

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
