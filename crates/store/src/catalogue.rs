//! Tenants, namespaces, credentials, grants and users: one sealed SQLite file.
