//! Packages of Python and Node, installed once below the target directory, in the versions that their lists pin.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::ended;

/// A virtual environment of Python with the packages of a list.
pub(crate) fn venv(name: &str, requirements: &str) -> PathBuf {
    let version = run(Command::new("python3").arg("--version"));
    installed(name, version, &[requirements], |place| {
        run(Command::new("python3").args(["-m", "venv"]).arg(place));
        run(Command::new(place.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(requirements));
    })
}

/// A directory whose `node_modules` holds what the lock file in `lists` names.
pub(crate) fn node(name: &str, lists: &str) -> PathBuf {
    let lists =
        ["package-lock.json", "package.json", ".npmrc"].map(|list| format!("{lists}/{list}"));
    let lists = lists.each_ref().map(String::as_str);
    let version = run(Command::new("node").arg("--version"));
    installed(name, version, &lists, |place| {
        fs::create_dir(place).unwrap();
        for list in lists {
            let name = Path::new(list).file_name().unwrap();
            fs::copy(list, place.join(name)).unwrap();
        }
        run(Command::new("npm").arg("ci").current_dir(place));
    })
}

/// A directory, made anew when a list in it or the version of what reads them is another one. Tests are processes of
/// their own: a lock decides which of them makes it.
fn installed(name: &str, version: String, lists: &[&str], make: impl FnOnce(&Path)) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&home).unwrap();
    let lock = File::create(home.join("lock")).unwrap();
    lock.lock().unwrap();
    let (place, mark) = (home.join("packages"), home.join("made"));
    let lists = lists.iter().map(|list| fs::read_to_string(list).unwrap());
    let wanted = version + &lists.collect::<String>();
    if place.is_dir() && fs::read_to_string(&mark).is_ok_and(|made| made == wanted) {
        return place;
    }
    // What is half made counts as nothing.
    fs::write(&mark, "").unwrap();
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    make(&place);
    fs::write(mark, wanted).unwrap();
    place
}

/// Runs a command that must go well; what it says.
pub(crate) fn run(command: &mut Command) -> String {
    let done = ended(command);
    let said = format!("{}\n{}", done.stdout, done.stderr);
    assert_eq!(done.code, Some(0), "{command:?}\n{said}");
    done.stdout
}
