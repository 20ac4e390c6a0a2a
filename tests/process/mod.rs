//! The real binary as a process: started on free ports over a home of its own, stopped, killed,
//! started again, with everything it says kept in files that can be searched.

pub(crate) mod library;
mod sabotage;

use std::fs::{self, File, OpenOptions};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long a start may take before it counts as hanging: 60 s in steps of 5 ms.
const READY_STEPS_MAX: u32 = 12_000;

/// A place for one installation: `data`, `kek`, `temporary` and `said` below one directory.
pub(crate) struct Home {
    directory: tempfile::TempDir,
    /// What the shell does before it becomes the program, such as `ulimit -n 64`.
    pub(crate) before: &'static str,
    /// The program that starts the shell, such as one that enters another mount namespace.
    pub(crate) within: Vec<String>,
}

/// How a process ended, and all it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The keys that a first start prints.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) operator: String,
    pub(crate) application: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["temporary", "said"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        Self {
            directory,
            before: ":",
            within: Vec::new(),
        }
    }

    /// Everything below is this home's.
    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The directory of the key-encryption key.
    pub(crate) fn kek_directory(&self) -> PathBuf {
        self.directory.path().join("kek")
    }

    /// The key-encryption key.
    pub(crate) fn kek_file(&self) -> PathBuf {
        self.kek_directory().join("home.kek")
    }

    /// The files of namespaces with this ending, in the order of their names.
    pub(crate) fn namespace_files(&self, ending: &str) -> Vec<PathBuf> {
        let is_wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
        files_below(&self.data().join("namespaces"))
            .into_iter()
            .filter(is_wanted)
            .collect()
    }

    /// Where the process may put temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.directory.path().join("temporary")
    }

    /// What all processes of this home have said so far.
    pub(crate) fn stdout(&self) -> PathBuf {
        self.directory.path().join("said/stdout")
    }

    pub(crate) fn stderr(&self) -> PathBuf {
        self.directory.path().join("said/stderr")
    }

    /// The binary with nothing of this machine's environment but what a home needs, and with a
    /// umask that hides nothing: privacy must be the program's own doing.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let script = format!(r#"umask 0; {}; exec "$0" "$@""#, self.before);
        let shell = ["/bin/sh", "-c", &script, env!("CARGO_BIN_EXE_anchorhold")];
        let mut words = self.within.iter().map(String::as_str).chain(shell);
        let mut command = Command::new(words.next().unwrap_or("/bin/sh"));
        command
            .args(words)
            .args(arguments)
            .env_clear()
            .env("HOME", self.directory.path())
            .env("TMPDIR", self.temporary())
            .env("ANCHORHOLD_DATA", self.data())
            .env("ANCHORHOLD_KEK_FILE", self.kek_file())
            .env("ANCHORHOLD_LISTEN", "127.0.0.1:0")
            .env("ANCHORHOLD_OPERATOR_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command that must end by itself.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(&mut self.command(arguments))
    }

    /// Starts a server that logs at `level`, and waits until it takes requests.
    pub(crate) fn start(&self, level: &str) -> Server {
        self.start_with(level, &[])
    }

    /// The same, with further arguments.
    pub(crate) fn start_with(&self, level: &str, more: &[&str]) -> Server {
        let mut arguments = vec!["serve", "--print-operator-key", "--log", level];
        arguments.extend(more);
        let append = |path: &Path| -> File {
            let mut options = OpenOptions::new();
            options.create(true).append(true).open(path).unwrap()
        };
        let before = fs::read_to_string(self.stderr()).unwrap_or_default().len();
        let mut command = self.command(&arguments);
        let child = command
            .stdout(append(&self.stdout()))
            .stderr(append(&self.stderr()))
            .spawn()
            .unwrap();
        let mut server = Server {
            child,
            tenant: SocketAddr::from(([127, 0, 0, 1], 0)),
            operator: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.await_ready(&self.stderr(), before);
        server
    }

    /// The keys that the first start has printed.
    pub(crate) fn keys(&self) -> Keys {
        let said = fs::read_to_string(self.stdout()).unwrap();
        let key = |label: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(label));
            let key = line.unwrap_or_else(|| panic!("a line {label:?} on stdout: {said}"));
            key.trim().to_owned()
        };
        Keys {
            operator: key("operator key"),
            application: key("api key"),
        }
    }
}

impl Drop for Home {
    /// Who looks for the reason of a failure finds what the processes said last.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let said = fs::read_to_string(self.stderr()).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        for line in &lines[lines.len().saturating_sub(20)..] {
            eprintln!("{line}");
        }
    }
}

/// All files below a directory, in the order of their names. What vanishes meanwhile is left out.
pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(directory) else {
        return files;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Runs any command to its end.
pub(crate) fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A server that runs; it is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where tenants and users are served.
    pub(crate) tenant: SocketAddr,
    /// Where the operator is served.
    pub(crate) operator: SocketAddr,
}

impl Server {
    fn await_ready(&mut self, stderr: &Path, before: usize) {
        for _ in 0..READY_STEPS_MAX {
            let said = fs::read_to_string(stderr).unwrap();
            let lines = said.get(before..).unwrap_or_default();
            let ready = lines
                .lines()
                .find(|line| line.contains(r#""event":"ready""#));
            if let Some(value) = ready.and_then(|line| serde_json::from_str(line).ok()) {
                let value: serde_json::Value = value;
                let address = |name: &str| value[name].as_str().unwrap().parse().unwrap();
                self.tenant = address("listen");
                self.operator = address("operator_listen");
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended with {status} instead of getting ready: {lines}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server was not ready within a minute");
    }

    /// Kills the process as `kill -9` does; any thread may ask.
    pub(crate) fn strike(&self) {
        kill_process(self.pid(), Signal::KILL).unwrap();
    }

    /// Kills the process, unless that was done before, and waits for its end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(
            status.signal(),
            Some(9),
            "expected an end by SIGKILL, got {status}"
        );
    }

    /// Asks the process to end, as a service manager does, and waits for its end.
    pub(crate) fn stop(mut self) -> ExitStatus {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn pid(&self) -> Pid {
        // Not waited for yet, so the number is still the child's.
        Pid::from_child(&self.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
