//! Runs verbs on threads that may block: so many at once, so many waiting in order, no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

/// Why a verb gave no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// Every place is taken; the verb did not begin.
    Overloaded,
    /// It panicked.
    Panicked,
}

/// A bounded pool with a bounded queue.
pub(crate) struct Pool {
    workers_max: usize,
    waiters_max: usize,
    /// Room for what runs and what waits.
    places: Arc<Semaphore>,
    /// Room for what runs; the semaphore serves in the order of arrival.
    workers: Arc<Semaphore>,
    /// Steps that run; they hold a worker and no place.
    steps: Arc<AtomicUsize>,
}

impl Pool {
    pub(crate) fn new(workers: usize, waiters_max: usize) -> Self {
        let workers_max = workers.clamp(1, 512);
        Self {
            workers_max,
            waiters_max,
            places: Arc::new(Semaphore::new(workers_max.saturating_add(waiters_max))),
            workers: Arc::new(Semaphore::new(workers_max)),
            steps: Arc::default(),
        }
    }

    /// Runs `work` on a thread of its own. Once begun it runs to its end, also when the caller
    /// leaves: a commit is never cut in half. Work that takes long asks `Call::is_awaited` itself.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Unanswered::Overloaded)?;
        let worker = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|_| Unanswered::Overloaded)?;
        let task = tokio::task::spawn_blocking(move || {
            // Both go back when the work ends, not when the caller leaves.
            let _held = (place, worker);
            work()
        });
        task.await.map_err(|_| Unanswered::Panicked)
    }

    /// Runs one step of a stream, after those who came before. It is never refused: what bounds the
    /// streams bounds the steps that wait.
    pub(crate) async fn step<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let worker = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|_| Unanswered::Overloaded)?;
        let step = Step::new(&self.steps);
        let task = tokio::task::spawn_blocking(move || {
            let _held = (worker, step);
            work()
        });
        task.await.map_err(|_| Unanswered::Panicked)
    }

    /// Waits until nothing runs.
    pub(crate) async fn idle(&self) {
        let all = u32::try_from(self.workers_max).unwrap_or(u32::MAX);
        // It fails only when the semaphore is closed, which nobody does.
        let _ = self.workers.acquire_many(all).await;
    }

    /// Verbs that run.
    pub(crate) fn running(&self) -> usize {
        self.workers_max - self.workers.available_permits()
    }

    /// Verbs that wait.
    pub(crate) fn waiting(&self) -> usize {
        let taken = self.workers_max + self.waiters_max - self.places.available_permits();
        let in_place = self
            .running()
            .saturating_sub(self.steps.load(Ordering::Relaxed));
        taken.saturating_sub(in_place)
    }
}

/// Counts a step while it runs.
struct Step(Arc<AtomicUsize>);

impl Step {
    fn new(steps: &Arc<AtomicUsize>) -> Self {
        steps.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(steps))
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
