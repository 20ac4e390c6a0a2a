//! Promises of the vault that need a look inside.

mod epochs;
mod extracts;
mod poison;

use anchorhold_identity::{Read, Scope};

use crate::backend::Fault;
use crate::support::World;

/// Lets the next commit of a namespace fail.
fn fail_next_commit(world: &World, scope: &Scope<Read>, fault: Fault) {
    let opened = world.store().vault().open_for_read(scope).unwrap().unwrap();
    let set = opened.handle.with_engine(|engine| {
        engine.session.fail_next_commit(fault);
        Ok(())
    });
    set.unwrap();
}

/// How many key epochs a namespace has, and how many records they hold.
fn epochs(world: &World, scope: &Scope<Read>) -> (usize, u64) {
    let opened = world.store().vault().open_for_read(scope).unwrap().unwrap();
    opened
        .handle
        .with_engine(|engine| {
            let (_, rows) = engine.session.meta(scope)?;
            assert_eq!(rows.len(), engine.state.live.len());
            Ok((rows.len(), engine.state.records()))
        })
        .unwrap()
}
