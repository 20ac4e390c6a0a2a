//! Counters of the process for the operator: by route template and class of status, never by
//! anything a caller chose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::exchange::Answered;
use crate::state::App;

/// Which listener a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    /// Tenant and user routes.
    Tenant,
    /// Operator routes.
    Operator,
    /// None: tenant and user routes inside an application.
    Application,
}

/// Method, template and class of status.
type Series = (&'static str, &'static str, u16);

/// The counters.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Series, u64>>,
    tenant_connections: AtomicU64,
    operator_connections: AtomicU64,
}

impl Metrics {
    /// Counts a reply; without a route it was refused before one was found.
    pub(crate) fn count(&self, answered: Option<Answered>, status: u16) {
        let (method, template) = answered.map_or(("none", "none"), |answered| {
            (answered.method, answered.template)
        });
        // A counter is right also after a panic elsewhere.
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests
            .entry((method, template, status / 100))
            .or_insert(0) += 1;
    }

    pub(crate) fn opened(&self, listener: Listener) {
        self.connections(listener).fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn closed(&self, listener: Listener) {
        self.connections(listener).fetch_sub(1, Ordering::Relaxed);
    }

    fn connections(&self, listener: Listener) -> &AtomicU64 {
        match listener {
            Listener::Tenant | Listener::Application => &self.tenant_connections,
            Listener::Operator => &self.operator_connections,
        }
    }
}

/// The counters in the text format of Prometheus.
pub(crate) fn text(app: &App) -> String {
    let mut text = String::new();
    let requests = {
        let requests = &app.metrics.requests;
        let requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.clone()
    };
    family(
        &mut text,
        "requests_total",
        "counter",
        "Replies by route and class of status.",
    );
    for ((method, route, class), count) in requests {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{class}xx\"");
        line(&mut text, "requests_total", &labels, count);
    }
    family(&mut text, "connections", "gauge", "Open connections.");
    for (label, listener) in [
        ("tenant", Listener::Tenant),
        ("operator", Listener::Operator),
    ] {
        let count = app.metrics.connections(listener).load(Ordering::Relaxed);
        line(
            &mut text,
            "connections",
            &format!("listener=\"{label}\""),
            count,
        );
    }
    family(
        &mut text,
        "workers",
        "gauge",
        "Verbs that run and verbs that wait for a worker.",
    );
    for (label, count) in [
        ("running", app.pool.running()),
        ("waiting", app.pool.waiting()),
    ] {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        line(&mut text, "workers", &format!("state=\"{label}\""), count);
    }
    family(
        &mut text,
        "refusals_total",
        "counter",
        "Refusals by what was demanded of the identity, and why.",
    );
    for ((mode, reason), count) in app.gate.resolutions().refusals() {
        let labels = format!("trust_mode=\"{mode}\",reason=\"{reason}\"");
        line(&mut text, "refusals_total", &labels, count);
    }
    family(
        &mut text,
        "jwks_fetches_total",
        "counter",
        "Fetches of keys that issuers publish, by how they ended.",
    );
    for (outcome, count) in app.engine.jwks_outcomes() {
        let labels = format!("outcome=\"{outcome}\"");
        line(&mut text, "jwks_fetches_total", &labels, count);
    }
    text
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# HELP anchorhold_http_{name} {help}");
    let _ = writeln!(text, "# TYPE anchorhold_http_{name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, count: u64) {
    let _ = writeln!(text, "anchorhold_http_{name}{{{labels}}} {count}");
}
