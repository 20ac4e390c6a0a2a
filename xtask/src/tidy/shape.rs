//! What a source file looks like: its first line, its length, and what it must not hold.

use super::{File, Tree, is_test};

const LINES_MAX: usize = 400;

/// Files that may be longer, with the reason; the list only shrinks.
const LONG: [(&str, &str); 0] = [];

/// Crates whose root forbids unsafe code; the other two keep it in `kernels`.
const KERNELS: [&str; 2] = ["crates/index/src/kernels", "crates/embed/src/kernels"];

/// A rule about a line: what it must not hold, where it may, and what to do instead.
struct Ban {
    text: &'static str,
    allowed: &'static [&'static str],
    tests_too: bool,
    instead: &'static str,
}

const BANS: [Ban; 7] = [
    Ban {
        text: "SystemAuthority::claim",
        allowed: &[
            "crates/cli/src/",
            "crates/embedded/src/",
            "crates/identity/src/",
            "crates/sim/src/",
        ],
        tests_too: false,
        instead: "only the composition root and `cli` make the one authority, and the simulation for a moment",
    },
    Ban {
        text: "todo!(",
        allowed: &[],
        tests_too: true,
        instead: "do it",
    },
    Ban {
        text: "unimplemented!(",
        allowed: &[],
        tests_too: true,
        instead: "do it",
    },
    Ban {
        text: "#[ignore",
        allowed: &[],
        tests_too: true,
        instead: "mend or delete the test",
    },
    Ban {
        text: "dbg!(",
        allowed: &[],
        tests_too: true,
        instead: "use tracing without content",
    },
    Ban {
        text: "execute_batch(",
        allowed: &["crates/store/src/"],
        tests_too: false,
        instead: "SQL stands in `store` alone",
    },
    Ban {
        text: ".prepare_cached(",
        allowed: &["crates/store/src/"],
        tests_too: false,
        instead: "SQL stands in `store` alone",
    },
];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in tree.rust() {
        // The rules themselves name what they forbid.
        if file.path.starts_with("xtask/src/tidy") {
            continue;
        }
        let lines = file.text.lines().count();
        if lines > LINES_MAX && !LONG.iter().any(|(path, _)| *path == file.path) {
            complaints.push(format!(
                "{}: {lines} lines, at most {LINES_MAX}; split it",
                file.path
            ));
        }
        let is_compile_case = file.path.contains("/compile_fail/");
        if !file.text.starts_with("//!") && !is_compile_case {
            complaints.push(format!(
                "{}: must open with `//!` and its one job",
                file.path
            ));
        }
        complaints.extend(bans(file));
        complaints.extend(unsafe_code(file));
    }
    complaints
}

fn bans(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for ban in &BANS {
        if (is_test(&file.path) && !ban.tests_too)
            || ban.allowed.iter().any(|path| file.path.starts_with(path))
        {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            if line.contains(ban.text) {
                let (path, text, instead) = (&file.path, ban.text, ban.instead);
                complaints.push(format!("{path}:{}: `{text}`: {instead}", number + 1));
            }
        }
    }
    complaints
}

fn unsafe_code(file: &File) -> Vec<String> {
    let is_kernel = KERNELS.iter().any(|path| file.path.starts_with(path));
    let mut complaints = Vec::new();
    let is_root = file.path.starts_with("crates/")
        && (file.path.ends_with("/src/lib.rs") || file.path.ends_with("/src/main.rs"));
    let may_hold = ["crates/index/", "crates/embed/"]
        .iter()
        .any(|path| file.path.starts_with(path));
    if is_root && !may_hold && !file.text.contains("#![forbid(unsafe_code)]") {
        complaints.push(format!(
            "{}: the crate root must forbid unsafe code",
            file.path
        ));
    }
    if file.text.contains("expect(unsafe_code") && !is_kernel {
        complaints.push(format!(
            "{}: unsafe code stands in kernels alone",
            file.path
        ));
    }
    complaints
}
