//! Resolve, validate, enforce: the only maker of a Scope.
