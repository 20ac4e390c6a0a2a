//! Sealed records on disk: backend, vault, catalogue, audit.
