//! The command line as a whole: one variant for each verb.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::exit::Error;
use crate::output::Output;

/// A memory server for applications with many users: every user's memory is a sealed namespace.
#[derive(Parser)]
#[command(name = "anchorhold", version, about)]
#[command(after_help = "Exit codes: 0 ok, 1 refused or damage found, 2 usage, \
    69 server unreachable, 73 already initialised, 75 data directory in use, \
    78 configuration or wrong key.")]
pub(crate) struct Arguments {
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make an installation in an empty data directory
    Init(commands::init::Init),
    /// Serve an installation; makes one in an empty data directory
    Serve(commands::serve::Serve),
    /// Show with a throw-away server that Bob does not see what Alice keeps
    Demo,
    /// Manage tenants, as the operator
    #[command(subcommand)]
    Tenant(commands::tenant::Tenant),
    /// Manage API keys, as the operator (--tenant) or as a tenant's admin
    #[command(subcommand)]
    Key(commands::key::Key),
    /// Manage which headers name a tenant's users and whom it believes, as the operator
    #[command(subcommand)]
    Identity(commands::identity::Identity),
    /// Manage the keys with which a tenant's backends sign requests, as the operator
    #[command(subcommand)]
    HmacKey(commands::hmac_key::HmacKey),
    /// Manage the issuers whose signed tokens (JWT) a tenant takes, as the operator
    #[command(subcommand)]
    JwtIssuer(commands::jwt_issuer::JwtIssuer),
    /// Let a client of the Model Context Protocol use the memory, over standard input and output
    Mcp(commands::mcp::Mcp),
    /// Manage users, as a tenant's admin
    #[command(subcommand)]
    User(commands::user::User),
    /// Manage invitations, and use one
    #[command(subcommand)]
    Invite(commands::invite::Invite),
    /// Manage people whom a tenant does not know (trust mode quarantine), as its admin
    #[command(subcommand)]
    Quarantine(commands::quarantine::Quarantine),
    /// Manage isolation sessions, as a tenant's admin
    #[command(subcommand)]
    Session(commands::session::Session),
    /// Manage named namespaces
    #[command(subcommand)]
    Namespace(commands::namespace::Namespace),
    /// Keep a memory
    Remember(commands::remember::Remember),
    /// Find the memories that answer a question
    Recall(commands::recall::Recall),
    /// List memories, newest first
    List(commands::list::List),
    /// Show one memory
    Get(commands::get::Get),
    /// Change one memory
    Edit(commands::edit::Edit),
    /// Delete memories by id or filter
    Forget(commands::forget::Forget),
    /// Write everything that a user or a named namespace keeps
    Export(commands::export::Export),
    /// Take what an export wrote
    Import(commands::import::Import),
    /// Destroy a user or a named namespace with all that is in it
    Erase(commands::erase::Erase),
    /// Show what the server takes the key and the user for
    Whoami(commands::whoami::Whoami),
    /// Look at everything that is stored and say what is damaged
    Verify(commands::verify::Verify),
    /// Write the sealed bytes of one namespace to a file, while it is used
    Backup(commands::backup::Backup),
    /// Put a backup in the place of what its namespace holds
    Restore(commands::backup::Restore),
    /// Measure quality
    #[command(subcommand)]
    Eval(commands::eval::Eval),
    /// Measure speed on this machine
    Bench(commands::bench::Bench),
    /// Print completions for a shell
    Completions(commands::completions::Completions),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Init(command) => command.run(output),
            Self::Serve(command) => command.run(),
            Self::Demo => commands::demo::Demo::run(output),
            Self::Tenant(command) => command.run(output),
            Self::Key(command) => command.run(output),
            Self::HmacKey(command) => command.run(output),
            Self::Identity(command) => command.run(output),
            Self::JwtIssuer(command) => command.run(output),
            Self::Mcp(command) => command.run(),
            Self::User(command) => command.run(output),
            Self::Invite(command) => command.run(output),
            Self::Quarantine(command) => command.run(output),
            Self::Session(command) => command.run(output),
            Self::Namespace(command) => command.run(output),
            Self::Remember(command) => command.run(output),
            Self::Recall(command) => command.run(output),
            Self::List(command) => command.run(output),
            Self::Get(command) => command.run(output),
            Self::Edit(command) => command.run(output),
            Self::Forget(command) => command.run(output),
            Self::Export(command) => command.run(output),
            Self::Import(command) => command.run(output),
            Self::Erase(command) => command.run(output),
            Self::Whoami(command) => command.run(output),
            Self::Verify(command) => command.run(output),
            Self::Backup(command) => command.run(output),
            Self::Restore(command) => command.run(output),
            Self::Eval(command) => command.run(output),
            Self::Bench(command) => command.run(output),
            Self::Completions(command) => command.run(),
        }
    }
}
