//! What machines ask: health, readiness, the document, the counters.

pub(super) mod healthz;
pub(super) mod metrics;
pub(super) mod openapi;
pub(super) mod readyz;
