//! Pages of browsers on the operator listener: none but its own, and none by a name that somebody's
//! name server could point here.

use anchorhold_wire::Code;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::credential::{host_address, host_name};
use crate::metrics::Listener;
use crate::refusal::Refusal;

/// Refuses a foreign page. A request without `Origin` is no page; its `Host` decides nothing.
pub(crate) fn check(listener: Listener, headers: &HeaderMap) -> Result<(), Refusal> {
    let is_operator = listener == Listener::Operator;
    if !is_operator || !headers.contains_key(ORIGIN) || is_own_page(headers) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::AccessForbidden,
        "no page of another origin may use the operator listener; leave out the header Origin",
    ))
}

fn is_own_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(ORIGIN), text(HOST)) else {
        return false;
    };
    let rest = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    let is_certain =
        host_name(host).eq_ignore_ascii_case("localhost") || host_address(host).is_some();
    rest == Some(host) && is_certain && headers.get_all(ORIGIN).iter().count() == 1
}
