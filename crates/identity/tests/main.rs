//! What a credential and its headers reach, against a directory that is a few maps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod actors;
mod application;
mod body;
mod chats;
mod credentials;
mod custom;
mod directory;
mod headers;
mod joining;
mod jwt;
mod kinds;
mod library;
mod limits;
mod listener;
mod moves;
mod named;
mod nouns;
mod pages;
mod places;
mod proofs;
mod published;
mod published_always;
mod quarantine;
mod reading;
mod secrets;
mod sessions;
mod signed;
mod sources;
mod subtrees;
mod users;
mod visits;
mod world;
