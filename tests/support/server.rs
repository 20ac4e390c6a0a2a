//! The real binary in a directory of its own, on free ports of loopback.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use anchorhold_model::hex;
use serde_json::Value;
use tempfile::TempDir;

/// The key-encryption key of every server here; it comes to the process by its environment.
pub(crate) const KEK: [u8; 32] = *b"a key-encryption key for tests!!";

/// A running server; its process ends when this is dropped.
pub(crate) struct Server {
    /// Where tenants and users are served.
    pub(crate) listen: SocketAddr,
    /// Where the operator is served.
    pub(crate) operator_listen: SocketAddr,
    pub(crate) operator_key: String,
    log: Arc<Mutex<String>>,
    directory: TempDir,
    child: Option<Child>,
}

impl Server {
    /// A new installation, served.
    pub(crate) fn start() -> Self {
        Self::start_after(|_, _| {})
    }

    /// A new installation, served after `prepare` has worked on it with its operator key.
    pub(crate) fn start_after(prepare: impl FnOnce(&Path, &str)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let made = command(&data).args(["--json", "init"]).output().unwrap();
        let error = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "init failed: {error}");
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        let operator_key = made["operator_key"].as_str().unwrap().to_owned();
        prepare(&data, &operator_key);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self {
            listen: nowhere,
            operator_listen: nowhere,
            operator_key,
            log: Arc::default(),
            directory,
            child: None,
        };
        server.serve();
        server
    }

    /// Serves again after [`Server::stop`], on new ports.
    pub(crate) fn serve(&mut self) {
        let mut child = command(&self.data())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--operator-listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        self.child = Some(child);
        let ready = loop {
            let line = lines.next().expect("the server ended at start").unwrap();
            match serde_json::from_str::<Value>(&line) {
                Ok(line) if line["event"] == "ready" => break line,
                _ => self.log.lock().unwrap().push_str(&line),
            }
        };
        let address = |name: &str| ready[name].as_str().unwrap().parse().unwrap();
        self.listen = address("listen");
        self.operator_listen = address("operator_listen");
        let log = Arc::clone(&self.log);
        // Somebody must read on, or the server would wait for its log.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                log.lock().unwrap().push_str(&line);
            }
        });
    }

    /// Asks the process to end, waits for it, and checks that it ended well.
    pub(crate) fn stop(&mut self) {
        let mut child = self.child.take().expect("it runs");
        let process = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success(), "the server ended with {status}");
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Everything that was logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Either may find that it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The binary with no environment but the key, the data directory, and the configuration file if
/// somebody has put one beside that.
fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anchorhold"));
    command
        .env_clear()
        .env("ANCHORHOLD_KEK", hex(&KEK))
        .env("ANCHORHOLD_DATA", data);
    let file = data.with_file_name("anchorhold.toml");
    if file.exists() {
        command.env("ANCHORHOLD_CONFIG", file);
    }
    command
}
