//! The chores of this repository: `cargo xtask <chore>`.
//!
//! One chore, one file: it has a `run(arguments)`, a line in `mod` and a line in `main`.

mod check;
mod evidence;
mod export_model;
mod fuzz;
mod mutants;
mod tidy;

use std::process::ExitCode;

/// What a chore, or a step of one, ends with.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = arguments
        .split_first()
        .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let outcome = match chore {
        "check" => check::run(rest),
        "tidy" => tidy::run(rest),
        "evidence" => evidence::run(rest),
        "export-model" => export_model::run(rest),
        "fuzz" => fuzz::run(rest),
        "mutants" => mutants::run(rest),
        _ => Err(
            "usage: cargo xtask check | tidy | evidence [--check] | export-model [--wheel FILE] | fuzz TARGET | mutants"
                .into(),
        ),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {chore}: {error}");
            ExitCode::FAILURE
        }
    }
}
