//! The rule book of the repository as a test: who may depend on whom, and what a file looks like.
//!
//! One rule, one file: a function from the [`Tree`] to complaints, and a line in [`run`].

mod arrows;
mod documents;
mod shape;
mod words;

use std::path::Path;
use std::process::Command;

use crate::Outcome;

/// A text file that git tracks, or would.
pub(crate) struct File {
    /// Its path from the root of the repository.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// Every text file of the repository.
pub(crate) struct Tree(pub(crate) Vec<File>);

impl Tree {
    fn read() -> Result<Self, Box<dyn std::error::Error>> {
        let arguments = ["ls-files", "--cached", "--others", "--exclude-standard"];
        let listed = Command::new("git").args(arguments).output()?;
        if !listed.status.success() {
            return Err("`git ls-files` failed; tidy runs in a checkout".into());
        }
        let paths = String::from_utf8(listed.stdout)?;
        let mut files = Vec::new();
        for path in paths.lines() {
            // A path that was deleted but not yet staged, or a file that is no text, is no matter.
            if Path::new(path).is_file()
                && let Ok(text) = std::fs::read_to_string(path)
            {
                files.push(File {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        Ok(Self(files))
    }

    /// The Rust sources.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.0.iter().filter(|file| {
            Path::new(&file.path)
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
    }

    /// The file at a path.
    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }
}

/// Whether a source is a test: sibling files of unit tests, test folders, benches.
pub(crate) fn is_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.contains("/benches/")
        || path.ends_with("_tests.rs")
}

/// Applies every rule and names all that is broken.
pub(crate) fn run(_: &[String]) -> Outcome {
    let tree = Tree::read()?;
    let rules: [fn(&Tree) -> Vec<String>; 4] =
        [arrows::check, shape::check, words::check, documents::check];
    let complaints: Vec<String> = rules.iter().flat_map(|rule| rule(&tree)).collect();
    if complaints.is_empty() {
        return Ok(());
    }
    for complaint in &complaints {
        eprintln!("tidy: {complaint}");
    }
    Err(format!("{} rules broken", complaints.len()).into())
}
