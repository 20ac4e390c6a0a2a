//! What a tenant configured about identities, for people.

use anchorhold_client::wire::sources::{IdentityBody, SourceListed};

use super::said;
use crate::exit::Error;
use crate::output::Output;

/// Shows it.
pub(super) fn show(body: &IdentityBody, output: Output) -> Result<(), Error> {
    let row = |source: &SourceListed| {
        vec![
            said(source.source),
            source.header.clone(),
            said(source.trust),
            source.issuer.clone(),
            if source.from_proxies { "yes" } else { "no" }.to_owned(),
        ]
    };
    let rows: Vec<_> = body.sources.iter().map(row).collect();
    output.table(
        &["source", "header", "trust", "users of", "from proxies"],
        &rows,
    )?;
    let proxies = match body.trusted_proxies.as_slice() {
        [] => "nobody".to_owned(),
        networks => networks.join(", "),
    };
    output.line(&format!("trusted proxies: {proxies}"))?;
    let signs = if body.open_webui_signs {
        "must sign who its users are"
    } else {
        "does not sign who its users are"
    };
    output.line(&format!("Open WebUI {signs}"))?;
    let sessions = &body.sessions;
    output.line(&format!(
        "sessions end after {} seconds without use; {} at a time, {} new ones a minute for each peer; \
         unknown ids: {}; cookie: {}",
        sessions.idle_seconds,
        sessions.live_max,
        sessions.new_per_minute,
        said(sessions.client_ids),
        said(sessions.cookie),
    ))?;
    let quarantine = &body.quarantine;
    output.line(&format!(
        "sandboxes end after {} seconds without use; {} at a time, {} new ones a minute for each peer; \
         {} memories in each",
        quarantine.idle_seconds,
        quarantine.live_max,
        quarantine.new_per_minute,
        quarantine.memories_max,
    ))?;
    let pointer = body.metadata_pointer.as_deref().unwrap_or("nowhere");
    let fields = if body.body_user { "yes" } else { "no" };
    output.line(&format!(
        "bodies name users at: {pointer}; in user and safety_identifier where nothing else does: {fields}"
    ))?;
    match body.shared_read_until {
        None => Ok(()),
        Some(until) => output.line(&format!("users find what is shared too, until {until}")),
    }
}
