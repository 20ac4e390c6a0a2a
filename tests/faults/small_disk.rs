//! A disk of a few megabytes: a file system in memory, mounted where only one process tree sees
//! it, so that nothing stays mounted whatever becomes of the test.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::geteuid;

const PAGE_BYTES: u64 = 4_096;

/// Lives as long as the process that holds the mount; that ends with this.
pub(crate) struct SmallDisk {
    holder: Child,
    mounted: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of this size over a directory, for whoever enters by [`SmallDisk::entrance`].
    pub(crate) fn mount(directory: &Path, megabytes: u32) -> Self {
        fs::create_dir_all(directory).unwrap();
        let script = format!(
            r#"mount -t tmpfs -o size={megabytes}m,mode=0700 tmpfs "$0" && echo mounted && exec cat"#
        );
        // Who is not root gets a namespace of users too, where the system allows it.
        let how = if geteuid().is_root() { "-m" } else { "-rm" };
        let spawned = Command::new("unshare")
            .args([how, "/bin/sh", "-c", &script])
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut holder = spawned.expect("unshare starts (install util-linux)");
        let mut said = String::new();
        let stdout = holder.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut said).unwrap();
        assert_eq!(
            said.trim(),
            "mounted",
            "a small disk cannot be mounted: run the tests as root, or allow namespaces of users \
             (sysctl kernel.unprivileged_userns_clone=1)"
        );
        let root = PathBuf::from(format!("/proc/{}/root", holder.id()));
        let mounted = root.join(directory.strip_prefix("/").unwrap());
        Self { holder, mounted }
    }

    /// The program that takes another one to where the disk is seen.
    pub(crate) fn entrance(&self) -> Vec<String> {
        let target = self.holder.id().to_string();
        let mut words = vec!["nsenter", "--target", &target, "--mount"];
        if !geteuid().is_root() {
            words.extend(["--user", "--preserve-credentials"]);
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// The disk as this process can reach it.
    pub(crate) fn path(&self) -> &Path {
        &self.mounted
    }

    /// Fills the disk until only so many pages are free.
    pub(crate) fn fill(&self, pages_left: u64) {
        let mut ballast = self.ballast();
        let page = vec![0; usize::try_from(PAGE_BYTES).unwrap()];
        while ballast.write_all(&page).is_ok() {}
        let bytes = ballast.metadata().unwrap().len() / PAGE_BYTES;
        ballast
            .set_len(bytes.saturating_sub(pages_left) * PAGE_BYTES)
            .unwrap();
    }

    /// Gives all the room back.
    pub(crate) fn free(&self) {
        self.ballast().set_len(0).unwrap();
    }

    fn ballast(&self) -> File {
        let mut options = OpenOptions::new();
        let path = self.mounted.join("ballast");
        options.create(true).append(true).open(path).unwrap()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
