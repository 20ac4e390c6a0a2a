//! The command line, and the only reader of the environment.
//!
//! To add a command: a file in `commands/` with its arguments and a `run`, and a line in
//! `args.rs`. A setting of the server: `config/`, all of its files.
#![forbid(unsafe_code)]

mod args;
mod colour;
mod commands;
mod config;
mod connection;
mod exit;
mod kek;
mod logging;
mod output;
mod plain_client;
mod rule;
mod server;
mod system;
mod throw_away;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use tikv_jemallocator::Jemalloc;
use zeroizing_alloc::ZeroAlloc;

use args::Arguments;
use exit::Error;
use output::{Output, shown, visible};

/// Memory is zeroed when it is given back: what was erased, or was only passing through a buffer, is
/// not found in the process any more. Beneath is jemalloc, also for what is written in C: what namespaces
/// that come and go leave behind is used again or given back, so that memory does not grow with time.
#[global_allocator]
static MEMORY: ZeroAlloc<Jemalloc> = ZeroAlloc(Jemalloc);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match arguments.command.run(output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error, output);
            ExitCode::from(error.code())
        }
    }
}

fn complain(error: &Error, output: Output) {
    let text = if output.is_json() {
        shown(error.body().to_string(), &std::io::stderr())
    } else {
        let said = error.to_string();
        let lines: Vec<String> = said.lines().map(visible).collect();
        format!("anchorhold: {}", lines.join("\n"))
    };
    if error.code() != 0 {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}
