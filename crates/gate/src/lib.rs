//! The one place where a request becomes a Scope, shared by every door.
