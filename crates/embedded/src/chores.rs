//! The thread that does the chores of a house, and an end in bounded time.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anchorhold_memory::Chores;

use crate::Error;

/// How long a chore that runs is waited for at the end.
const CHORE_TIME_MAX: Duration = Duration::from_secs(5);

/// The thread that does the chores; it ends when this is dropped.
pub struct ChoresThread {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ChoresThread {
    /// Starts the chores; what an earlier process left half done is finished first.
    pub fn start(chores: Chores) -> Result<Self, Error> {
        // Nobody is shown a memory in two places.
        chores.finish_moves()?;
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || {
            while stopped.recv_timeout(Duration::from_secs(1))
                == Err(mpsc::RecvTimeoutError::Timeout)
            {
                if let Err(error) = chores.tick() {
                    tracing::warn!(%error, "a chore is left for the next round");
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("chores".to_owned())
            .spawn(work)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Ends the chores and waits for the one that runs, however long it takes.
    pub fn finish(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A chore that panicked has said so in the log.
            drop(thread.join());
        }
    }
}

impl Drop for ChoresThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A chore that panicked has said so in the log.
        let is_over = within(CHORE_TIME_MAX, move || drop(thread.join()));
        if !is_over.unwrap_or(false) {
            tracing::warn!("a chore still runs and is left");
        }
    }
}

/// Does something on a thread of its own; says whether it was done in this time.
pub(crate) fn within(
    time_max: Duration,
    work: impl FnOnce() + Send + 'static,
) -> std::io::Result<bool> {
    let (tell, told) = mpsc::channel();
    let work = move || {
        work();
        // Nobody may be waiting any more.
        let _ = tell.send(());
    };
    std::thread::Builder::new()
        .name("close".to_owned())
        .spawn(work)?;
    Ok(told.recv_timeout(time_max) != Err(mpsc::RecvTimeoutError::Timeout))
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn what_does_not_end_is_left_in_time() {
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || assert!(stopped.recv().is_err());
        assert!(!within(Duration::from_millis(20), work).unwrap());
        drop(stop);
        assert!(within(Duration::from_mins(1), || {}).unwrap());
    }
}
