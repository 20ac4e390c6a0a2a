//! What this process holds, in memory and on the disk, as the system sees it.

use std::path::Path;

use crate::exit::Error;

/// Memory that is in use, in MiB; 0 where the system does not say.
pub(super) fn resident_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.unwrap_or_default() / 1024.0
}

/// Files that are open; 0 where the system does not say.
pub(super) fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Threads that run; 0 where the system does not say.
pub(super) fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Gives every file below a directory to `take`, with its length.
pub(super) fn files_below(directory: &Path, take: &mut dyn FnMut(&Path, u64)) -> Result<(), Error> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            files_below(&entry.path(), take)?;
        } else {
            take(&entry.path(), metadata.len());
        }
    }
    Ok(())
}

/// The length of the largest namespace file.
pub(super) fn largest_file_bytes(directory: &Path) -> Result<u64, Error> {
    longest(directory, "db")
}

/// The length of the longest write-ahead log of a namespace.
pub(super) fn longest_log_bytes(directory: &Path) -> Result<u64, Error> {
    longest(directory, "db-wal")
}

fn longest(directory: &Path, extension: &str) -> Result<u64, Error> {
    let mut longest = 0;
    files_below(directory, &mut |path, bytes| {
        let is_namespace = path.components().any(|one| one.as_os_str() == "namespaces");
        if is_namespace && path.extension().is_some_and(|of_file| of_file == extension) {
            longest = longest.max(bytes);
        }
    })?;
    Ok(longest)
}
