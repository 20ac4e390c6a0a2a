//! How far a long evaluation is: a bar on a terminal, a few lines elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use anchorhold_model::Clock as _;
use indicatif::{ProgressBar, ProgressStyle};

use anchorhold::system::SystemClock;

/// One long step.
pub(super) struct Progress {
    name: &'static str,
    total: usize,
    done: usize,
    /// How much is done when the next line is due.
    next_line: usize,
    clock: SystemClock,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A step of `total` parts.
    pub(super) fn new(name: &'static str, total: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
            let template = "{prefix:14} {bar:40} {pos}/{len} {per_sec} {eta_precise} left";
            let style = ProgressStyle::with_template(template);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_prefix(name)
        });
        Self {
            name,
            total,
            done: 0,
            next_line: total.div_ceil(4),
            clock: SystemClock::new(),
            bar,
        }
    }

    /// Some parts are done.
    pub(super) fn advance(&mut self, parts: usize) {
        self.done += parts;
        if let Some(bar) = &self.bar {
            bar.inc(u64::try_from(parts).unwrap_or(0));
        } else if self.done >= self.next_line {
            self.next_line = self.done + self.total.div_ceil(4);
            self.line();
        }
    }

    /// The step is over.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self) {
        let spent = self.clock.monotonic();
        let left = u32::try_from(self.total.saturating_sub(self.done)).unwrap_or(u32::MAX);
        let done = u32::try_from(self.done).unwrap_or(u32::MAX).max(1);
        let rate = f64::from(done) / spent.as_secs_f64().max(1e-3);
        let remaining = Duration::from_secs_f64(f64::from(left) / rate.max(1e-3));
        eprintln!(
            "{}: {}/{} ({rate:.0}/s, {} s left)",
            self.name,
            self.done,
            self.total,
            remaining.as_secs()
        );
    }
}
