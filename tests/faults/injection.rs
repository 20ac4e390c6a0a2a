//! System calls of a running server that fail: `strace` is attached, answers chosen calls with an
//! error, and is taken away again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::process::{Home, Server};

/// Which calls fail, and how.
pub(crate) struct Fault<'a> {
    /// Names of system calls, joined by commas.
    pub(crate) calls: &'a str,
    /// The name of the error.
    pub(crate) error: &'a str,
    /// Which of them: `3` is the third of a thread, `3+` that and all after it.
    pub(crate) when: String,
    /// Calls on this file alone.
    pub(crate) path: Option<&'a Path>,
}

/// A fault that goes on until it is ended.
pub(crate) struct Injection {
    child: Child,
    output: PathBuf,
}

/// What happened meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Calls that failed.
    pub(crate) injected: u64,
    /// Files that were synced again through the handle on which a sync had failed.
    pub(crate) believed: Vec<String>,
}

impl Injection {
    pub(crate) fn begin(home: &Home, server: &Server, fault: &Fault<'_>) -> Self {
        let output = home.root().join("calls");
        let mut command = Command::new("strace");
        command.args(["-f", "-p", &server.pid().as_raw_nonzero().to_string()]);
        command.arg("-o").arg(&output);
        if let Some(path) = fault.path {
            command.arg("-P").arg(path);
        }
        let Fault {
            calls, error, when, ..
        } = fault;
        command.args(["-e", &format!("trace=fsync,fdatasync,close,{calls}")]);
        command.args(["-e", &format!("inject={calls}:error={error}:when={when}")]);
        let spawned = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("strace starts (install it: sh scripts/need-faults.sh)");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("attached") {
            let line = lines.next().and_then(Result::ok);
            said += &line.unwrap_or_else(|| {
                panic!(
                    "strace may not attach to a process that this test has started: run as root, \
                     or set kernel.yama.ptrace_scope to 0. It said {said:?}"
                )
            });
        }
        // Somebody must read on, or it would wait.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, output }
    }

    /// Takes the fault away.
    pub(crate) fn end(mut self) -> Hits {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.child.wait().unwrap();
        read(&fs::read_to_string(&self.output).unwrap())
    }
}

/// Reads what strace wrote: `1234 fdatasync(7) = -1 EIO (Input/output error) (INJECTED)`, or the
/// same in two lines when another thread came between.
fn read(calls: &str) -> Hits {
    let mut hits = Hits::default();
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    for line in calls.lines() {
        let Some((thread, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        if call.ends_with("<unfinished ...>") {
            begun.insert(thread, call);
            continue;
        }
        hits.injected += u64::from(call.ends_with("(INJECTED)"));
        let call_begun = if call.starts_with("<...") {
            begun.remove(thread).unwrap_or_default()
        } else {
            call
        };
        let Some((name, rest)) = call_begun.split_once('(') else {
            continue;
        };
        let file = rest.split([')', ',', ' ']).next().unwrap_or_default();
        match (name, call.rsplit_once("= ")) {
            ("fsync" | "fdatasync", Some((_, result))) if result.starts_with("-1") => {
                failed.insert(file);
            }
            ("fsync" | "fdatasync", Some(_)) if failed.contains(file) => {
                hits.believed.push(line.to_owned());
            }
            ("close", _) => {
                failed.remove(file);
            }
            _ => {}
        }
    }
    hits
}

#[test]
fn a_sync_after_a_failed_one_is_noticed_until_the_file_is_closed() {
    let failed = "7 fdatasync(5)  = -1 EIO (Input/output error) (INJECTED)\n";
    let again = "7 fdatasync(5 <unfinished ...>\n8 close(6) = 0\n7 <... fdatasync resumed>) = 0\n";
    let hits = read(&(failed.to_owned() + again));
    assert_eq!((hits.injected, hits.believed.len()), (1, 1));
    let hits = read(&(failed.to_owned() + "8 close(5) = 0\n" + again));
    assert_eq!((hits.injected, hits.believed.len()), (1, 0));
}
