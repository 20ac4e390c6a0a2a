//! The pages of docs/clients and the tables of the README, followed as they stand there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anchorhold_scripted::{Script, Scripted};
use tempfile::TempDir;

use super::Party;
use crate::clients::{openai, python};
use crate::isolation::signed;
use crate::process::{Ended, Home, Server, ended};
use crate::support::tls::Authority;

pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What a page says of a command, as docs/clients.md explains it.
const MARKS: [&str; 3] = ["# -> ", "# never ", "# refused: "];

/// Every page; each has a test of its own, here or beside the tests of its client library.
const PAGES: [&str; 10] = [
    "ai-sdk",
    "browser-app",
    "jwt-provider",
    "langchain",
    "litellm",
    "mcp",
    "open-webui",
    "openai-sdk",
    "own-backend",
    "silly-tavern",
];

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn page(name: &str) -> String {
    read(format!("docs/clients/{name}.md"))
}

/// The blocks of a page, each with its language.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let fenced = text.split("\n```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap())
}

/// The commands of a page. A line that is indented, ends a function or only marks belongs to the
/// command before it.
fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for (_, block) in blocks(text).filter(|(language, _)| *language == "sh") {
        for line in block.lines() {
            let goes_on = [" ", "}"]
                .iter()
                .chain(&MARKS)
                .any(|mark| line.starts_with(mark));
            match commands.last_mut() {
                Some(command) if goes_on => command.extend(["\n", line]),
                _ => commands.push(line.to_owned()),
            }
        }
    }
    commands
}

/// What a command is marked with: the mark and its words.
fn marks(command: &str) -> impl Iterator<Item = (&'static str, &str)> {
    command.lines().filter_map(|line| {
        let mut found = MARKS
            .iter()
            .filter_map(|mark| Some((*mark, line.split_once(mark)?.1)));
        found.next()
    })
}

/// One shell script of all commands. What each says goes into a file of its own; it ends at the first
/// that fails, or that does not fail where it should.
fn script(commands: &[String]) -> String {
    let typed = commands.iter().enumerate().map(|(number, command)| {
        let typed = format!("{{ {command}\n}} > said.{number} 2>&1");
        let refused = marks(command).any(|(mark, _)| mark == "# refused: ");
        if refused {
            format!("if {typed}; then exit 90; fi\n")
        } else {
            typed + "\n"
        }
    });
    typed.collect()
}

/// A shell that finds the program, and the server as a reader would; of this machine's environment it has
/// where programs are, and nothing else.
fn shell(party: &Party, directory: &Path, more: &[(&str, &str)]) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_anchorhold"));
    let (tenant, operator) = (party.server.tenant, party.server.operator);
    let mut shell = Command::new("/bin/sh");
    shell
        .current_dir(directory)
        .args(["-c", r#"exec env -i PATH="$0:$PATH" HOME="$PWD" "$@""#])
        .arg(program.parent().unwrap())
        .arg(format!("ANCHORHOLD_URL=http://{tenant}"))
        .arg(format!("ANCHORHOLD_OPERATOR_URL=http://{operator}"))
        .arg(format!(
            "ANCHORHOLD_OPERATOR_KEY={}",
            party.home.keys().operator
        ))
        .args(more.iter().map(|(name, value)| format!("{name}={value}")))
        .args(["bash", "-eu"]);
    shell
}

/// Saves the files of a page, types its commands, and looks at what each says. What it leaves is in the
/// directory.
fn follow(party: &Party, name: &str) -> TempDir {
    follow_in(tempfile::tempdir().unwrap(), party, name, &[])
}

/// The same in a directory that holds something already, with more environment.
pub(crate) fn follow_in(
    directory: TempDir,
    party: &Party,
    name: &str,
    more: &[(&str, &str)],
) -> TempDir {
    let text = page(name);
    for (language, block) in blocks(&text) {
        if ["python", "js", "html"].contains(&language) {
            let first = block.lines().next().unwrap();
            let file = first.split(' ').nth(1).unwrap();
            fs::write(directory.path().join(file), block).unwrap();
        }
    }
    let commands = commands(&text);
    let path = directory.path().join("script");
    fs::write(&path, script(&commands)).unwrap();
    let done = ended(shell(party, directory.path(), more).arg(path));
    let mut before = String::new();
    for (number, command) in commands.iter().enumerate() {
        let said = fs::read_to_string(directory.path().join(format!("said.{number}")));
        let said = said.unwrap_or_else(|_| panic!("{name} ended before {command}\n{before}"));
        for (mark, words) in marks(command) {
            let holds = said.contains(words) != (mark == "# never ");
            assert!(holds, "{name}: {command}\n{said}");
        }
        before = said;
    }
    assert_eq!(done.code, Some(0), "{name}: {before}\n{done:?}");
    directory
}

/// Follows a page whose server stands before a model server, which says again what was said to it. What the page
/// installs is there already.
fn follow_before_models(name: &str) {
    let (scripted, home) = (Scripted::start().unwrap(), Home::new());
    let server = home.start_with("warn", &["--upstream", &scripted.url()]);
    let directory = tempfile::tempdir().unwrap();
    symlink(openai::python(), directory.path().join(".venv")).unwrap();
    let modules = openai::node().join("node_modules");
    symlink(modules, directory.path().join("node_modules")).unwrap();
    let url = scripted.url();
    let more = [("MODEL_SERVER", &*url), ("MODEL", Script::Echo.model())];
    follow_in(directory, &Party { home, server }, name, &more);
}

#[test]
fn the_page_of_open_webui_works_as_it_stands() {
    follow_before_models("open-webui");
}

#[test]
fn the_page_of_silly_tavern_works_as_it_stands() {
    follow_before_models("silly-tavern");
}

#[test]
fn the_page_of_openais_packages_works_as_it_stands() {
    follow_before_models("openai-sdk");
}

#[test]
fn the_page_of_litellm_works_as_it_stands() {
    follow_before_models("litellm");
}

#[test]
fn the_page_of_a_backend_works_as_it_stands() {
    let party = Party::new();
    // For five seconds after its start a server lets in nothing that is signed.
    signed::let_in(&party.home, &party.server);
    follow(&party, "own-backend");
}

#[test]
fn the_page_of_a_page_in_the_browser_works_as_it_stands() {
    let party = Party::new();
    let directory = follow(&party, "browser-app");
    let script = Path::new(ROOT).join("tests/cli/browser.mjs");
    let said = ended(
        shell(&party, directory.path(), &[])
            .args(["-c", "node $0"])
            .arg(script),
    );
    assert_eq!(
        said.stdout, "first: \nagain: Likes tea.\nother: \n",
        "{said:?}"
    );
}

#[test]
fn the_page_of_issuers_of_tokens_works_as_it_stands() {
    follow(&Party::new(), "jwt-provider");
}

#[test]
fn the_page_of_langchain_works_as_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    // What the page installs is there already.
    symlink(python::environment(), directory.path().join(".venv")).unwrap();
    let more = [("PYTHONPATH", &*python::source())];
    follow_in(directory, &Party::new(), "langchain", &more);
}

#[test]
fn the_page_of_clients_of_the_model_context_protocol_works_as_it_stands() {
    follow(&Party::new(), "mcp");
}

#[test]
fn every_page_is_in_the_index_and_is_followed() {
    let entries = fs::read_dir(Path::new(ROOT).join("docs/clients")).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    let names = found
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap());
    assert!(names.eq(PAGES), "{found:?}");
    let index = read("docs/clients.md");
    for name in PAGES {
        assert!(index.contains(&format!("(clients/{name}.md)")), "{name}");
        assert!(commands(&page(name)).len() > 10, "{name}");
    }
}

/// The anchors of the headings of a document, as they are linked to.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_of_the_pages_leads_to_a_heading() {
    let pages = PAGES.map(|name| format!("docs/clients/{name}.md"));
    let indexes = ["README.md", "docs/clients.md"].map(str::to_owned);
    for path in indexes.iter().chain(&pages) {
        let text = read(path);
        let links = text
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.starts_with("https://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = Path::new(path).parent().unwrap().join(file);
            assert!(Path::new(ROOT).join(&target).exists(), "{path}: {link}");
            let leads = anchor.is_empty() || anchors(&read(target)).iter().any(|a| a == anchor);
            assert!(leads, "{path}: {link}");
        }
    }
}

/// A row of a table of the README: its commands, and what the last one shows.
struct Row {
    commands: Vec<String>,
    shows: String,
}

/// The rows of the table whose first column is called so.
fn rows(table: &str) -> Vec<Row> {
    let text = read("README.md");
    let start = format!("\n| {table} | for |");
    let (_, rest) = text.split_once(&start).expect("the README has the table");
    let quoted = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    let lines = rest
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').collect();
        Row {
            commands: quoted(cells[3]),
            shows: quoted(cells[4]).concat(),
        }
    };
    lines.map(row).collect()
}

/// Types the commands of a row, each with the key that was shown last.
fn type_row(party: &Party, row: &Row, key: &str, more: &[(&str, &str)]) -> Ended {
    let (mut key, mut last) = (key.to_owned(), None);
    for command in &row.commands {
        let with_key = [more, &[("ANCHORHOLD_KEY", key.as_str())]].concat();
        let mut shell = shell(party, party.home.root(), &with_key);
        let said = ended(shell.args(["-c", command]));
        assert_eq!(said.code, Some(0), "{command}: {said:?}");
        if let Some((_, shown)) = said.stdout.split_once("(shown once): ") {
            shown.trim().clone_into(&mut key);
        }
        last = Some(said);
    }
    last.expect("a row has commands")
}

#[test]
fn every_mode_and_strategy_is_set_up_as_the_readme_says() {
    let party = Party::new();
    for table in ["mode", "strategy"] {
        let rows = rows(table);
        assert_eq!(rows.len(), 4, "{table}");
        for row in rows {
            let said = type_row(&party, &row, "", &[]);
            assert!(
                said.stdout.contains(&row.shows),
                "{:?}: {said:?}",
                row.commands
            );
        }
    }
}

#[test]
fn every_preset_starts_as_the_readme_says() {
    let rows = rows("preset");
    assert_eq!(rows.len(), 3);
    for mut row in rows {
        let (home, authority) = (Home::new(), Authority::new());
        authority.issue().write(home.root());
        let ca = home.root().join("authority.pem");
        fs::write(&ca, authority.pem()).unwrap();
        let start = row.commands.remove(0);
        let server = start_as(&home, &start);
        let scheme = if start.contains("--tls-key") {
            "https"
        } else {
            "http"
        };
        let url = format!("{scheme}://127.0.0.1:{}", server.tenant.port());
        let key = home.keys().application;
        let party = Party { home, server };
        let variables = [
            ("ANCHORHOLD_URL", url.as_str()),
            ("ANCHORHOLD_CA_FILE", ca.to_str().unwrap()),
        ];
        let said = type_row(&party, &row, &key, &variables);
        assert!(said.stdout.contains(&row.shows), "{start}: {said:?}");
    }
}

/// Starts a server by a command of the README, on any free port; its files lie below the home.
fn start_as(home: &Home, command: &str) -> Server {
    let flags = command
        .strip_prefix("anchorhold serve ")
        .unwrap()
        .replace(":3300", ":0");
    let below = |word: &str| {
        let is_file = word.starts_with("server.");
        let file = is_file.then(|| home.root().join(word).to_str().unwrap().to_owned());
        file.unwrap_or_else(|| word.to_owned())
    };
    let words: Vec<String> = flags.split(' ').map(below).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    home.start_with("warn", &words)
}
