//! The simulation finds every isolation bug that is planted, and nothing where none is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use anchorhold_evidence::Proof;
use anchorhold_model::sabotage::{Bug, MARKER, activate};
use anchorhold_sim::duo::{Run, Tally, Violation};
use anchorhold_sim::world::Layer;

use crate::campaign::{Outcome, search};

const COMMAND: &str = "cargo test --package anchorhold-sim --features sabotage";
/// Callers after which a bug counts as not found.
const BUDGET: u64 = 2_000;
/// Callers that see nothing where no bug is planted.
const CONTROL: u64 = 400;

/// A run in which a planted bug may also break the world itself: that is found too.
fn run(run: Run) -> Result<Tally, Box<Violation>> {
    let seed = run.seed;
    catch_unwind(AssertUnwindSafe(|| run.run())).unwrap_or_else(|_| {
        Err(Box::new(Violation {
            seed,
            pair: 0,
            step: 0,
            what: "the world broke".to_owned(),
            seen: [const { String::new() }; 2],
        }))
    })
}

/// Bugs of the door itself: below it there is nothing to see.
const OF_HTTP: [Bug; 4] = [
    Bug::HeaderCountsRequests,
    Bug::ConnectionRemembersCredential,
    Bug::RepliesByPath,
    Bug::RefusalRepeatsLast,
];
/// Bugs that are found at both layers: what the gate decides, and what a refusal tells.
const OF_BOTH: [Bug; 16] = [
    Bug::HeaderOverridesKey,
    Bug::DenialTellsExistence,
    Bug::DenialTellsName,
    Bug::GrantByCharacters,
    Bug::UserIdFolded,
    Bug::RevokedKeyRemembered,
    Bug::IdsTakenByOthers,
    Bug::RevokedKeyAtHand,
    Bug::PlaceAtHandWithoutTenant,
    Bug::ExpiredAtHand,
    Bug::AnswerTellsResidence,
    Bug::SandboxByClaimAlone,
    Bug::EndedSandboxRemembered,
    Bug::LinkWithoutTenant,
    Bug::MoveWithoutTenant,
    Bug::ChatShowsLast,
];

/// Where a bug must be found.
fn layers(bug: Bug) -> &'static [Layer] {
    if OF_HTTP.contains(&bug) {
        &[Layer::Http]
    } else if OF_BOTH.contains(&bug) {
        &[Layer::Library, Layer::Http]
    } else {
        &[Layer::Library]
    }
}

/// The seconds it took to find a bug at one layer; prints after how many callers that saw nothing,
/// and where.
fn hunt(bug: Bug, layer: Layer) -> Option<f64> {
    activate(Some(bug));
    let started = Instant::now();
    let Outcome { tally, found } = search(0, BUDGET, layer, run);
    activate(None);
    let (time, name) = (started.elapsed(), format!("{bug:?}"));
    let layer = format!("{layer:?}");
    let Some(found) = found else {
        println!("{name:<30} {layer:<8} not found");
        return None;
    };
    let seconds = time.as_secs_f64();
    let what: String = found.what.chars().take(60).collect();
    println!(
        "{name:<30} {layer:<8} {seconds:>8.2} {:>8}  {what}",
        tally.pairs
    );
    Some(seconds)
}

#[test]
fn every_seeded_isolation_bug_is_caught() {
    // Worlds that a bug breaks say so on standard error; here they are expected.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    println!("{:<30} layer     seconds  callers  seen in", "bug");
    let mut seconds = Vec::new();
    let mut caught = 0;
    for &bug in Bug::ALL {
        let found: Vec<_> = layers(bug).iter().map(|&layer| hunt(bug, layer)).collect();
        caught += usize::from(found.iter().all(Option::is_some));
        seconds.extend(found.into_iter().flatten());
    }
    std::panic::set_hook(hook);
    let mut proof = Proof::new(
        "seeded-bugs",
        "every isolation bug that is planted is found, and nothing where none is",
        &["P1"],
        COMMAND,
    );
    seconds.sort_by(f64::total_cmp);
    let Outcome { tally, found } = search(1_000, CONTROL, Layer::Library, run);
    proof.count("bugs planted", u64::try_from(Bug::ALL.len()).unwrap());
    proof.count("bugs found", u64::try_from(caught).unwrap());
    proof.count("trace pairs without a bug", tally.pairs);
    proof.violation("differences without a bug", u64::from(found.is_some()));
    proof.figure("median time to find, s", seconds[seconds.len() / 2]);
    proof.figure("longest time to find, s", seconds[seconds.len() - 1]);
    proof.write().unwrap();
    assert!(found.is_none(), "without a bug: {}", found.unwrap());
    assert!(Bug::ALL.len() >= 60);
    assert_eq!(caught, Bug::ALL.len(), "some were not found");
}

#[test]
fn an_executable_with_bugs_says_so() {
    // Its own needle is spelled in halves, so that this file alone would not be found.
    let (first, second) = ("anchorhold was built with ", "the feature sabotage");
    assert_eq!(MARKER, format!("{first}{second}"));
    let executable = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let needle = format!("{first}{second}");
    let mut windows = executable.windows(needle.len());
    assert!(windows.any(|window| window == needle.as_bytes()));
}
