//! The Rust client that the CLI and TUI use.
