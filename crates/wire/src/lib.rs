//! The JSON shapes of every door.
