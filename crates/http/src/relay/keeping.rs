//! What was said is kept once its answer has ended, whichever way it ended.

use std::sync::Arc;

use anchorhold_identity::Chatting;
use anchorhold_memory::SaidTurn;
use anchorhold_model::Content;
use anchorhold_proxy::{Turn, parts};
use tokio::time::timeout;

use super::Place;
use crate::state::{App, Lane};

/// A turn that is to be kept.
pub(crate) struct ToKeep {
    pub(super) chatting: Arc<Chatting>,
    pub(super) turn: Turn,
    pub(super) is_named: bool,
}

/// Keeps a turn: with its answer when there is one, else without; when nobody waits any more, too.
pub(crate) struct Keeping {
    app: Arc<App>,
    lane: Lane,
    turn: Option<ToKeep>,
    /// Among the chats, until the turn is kept: what bounds them bounds the turns that wait.
    place: Arc<Place>,
}

impl Keeping {
    pub(super) fn new(app: Arc<App>, lane: Lane, turn: Option<ToKeep>, place: Place) -> Self {
        let place = Arc::new(place);
        Self {
            app,
            lane,
            turn,
            place,
        }
    }

    /// Its way to a worker, with the place that it holds.
    fn step(&self, turn: ToKeep, answered: Option<String>) -> impl Future<Output = ()> + use<> {
        let step = step(Arc::clone(&self.app), self.lane, turn, answered);
        let place = Arc::clone(&self.place);
        async move {
            step.await;
            drop(place);
        }
    }

    /// Whether anything is to be kept.
    pub(super) fn is_wanted(&self) -> bool {
        self.turn.is_some()
    }

    /// Keeps it now. Whoever waits for it finds the turn remembered, unless that takes so long that nobody should.
    pub(super) async fn keep(mut self, answered: Option<String>) {
        if let Some(turn) = self.turn.take() {
            let time_max = self.app.limits.chat_memory_time_max;
            let step = self.step(turn, answered);
            let _ = timeout(time_max, tokio::spawn(step)).await;
        }
    }
}

impl Drop for Keeping {
    /// The answer broke off, or the client left.
    fn drop(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.step(turn, None));
        }
    }
}

/// Keeps a turn on a worker.
async fn step(app: Arc<App>, lane: Lane, turn: ToKeep, answered: Option<String>) {
    let keeping = Arc::clone(&app);
    let step = app.lane(lane).step(move || keep(&keeping, turn, answered));
    if step.await.is_err() {
        tracing::warn!("a turn was not kept");
    }
}

fn keep(app: &App, turn: ToKeep, answered: Option<String>) {
    let Some(scope) = &turn.chatting.writing else {
        return;
    };
    let said = SaidTurn {
        key: turn.turn.key,
        is_named: turn.is_named,
        conversation: turn.turn.conversation,
        asked: contents(&turn.turn.asked),
        asker: turn.turn.name.unwrap_or_else(|| "user".to_owned()),
        answered: answered.as_deref().map(contents).unwrap_or_default(),
    };
    // The answer is told already; what cannot be kept is missed and not worth more.
    if let Err(error) = app.engine.keep_turn(scope, said) {
        tracing::warn!(%error, "a turn was not kept");
    }
}

fn contents(text: &str) -> Vec<Content> {
    let contents = parts(text).into_iter().map(Content::new);
    contents.filter_map(Result::ok).collect()
}
