//! Time as a parameter: nothing below `cli` asks the operating system what time it is.

use std::time::Duration;

use crate::Timestamp;

/// Where time comes from. The only real implementation is in `cli`; tests bring their own.
pub trait Clock: Send + Sync {
    /// Wall time, for what people read and for stored deadlines.
    fn now(&self) -> Timestamp;
    /// Time since an arbitrary start that never runs back, for limits and time-outs.
    fn monotonic(&self) -> Duration;
}
