//! Users of a tenant, and people whom it does not know.

use serde_json::json;

use super::Listener::Tenant;
use super::{Line, line, to};

const NOBODY: &str = "/v1/users/usr_00000000000000000000000000000000";
const NOWHERE: &str = "/v1/quarantine/sbx_00000000000000000000000000000000";

pub(super) fn lines() -> Vec<Line> {
    vec![
        line(Tenant, "POST /v1/users", "", |world| {
            to("/v1/users").body(json!({"id": format!("new-{}", world.serial())}))
        }),
        line(Tenant, "GET /v1/users", "", |_| to("/v1/users")),
        line(Tenant, "POST /v1/users/lookup", "of nobody", |_| {
            to("/v1/users/lookup").body(json!({"id": "nobody"}))
        }),
        line(Tenant, "GET /v1/users/{id}", "of nobody", |_| to(NOBODY)),
        line(Tenant, "PATCH /v1/users/{id}", "of nobody", |_| {
            to(NOBODY).body(json!({"role": "admin"}))
        }),
        line(Tenant, "DELETE /v1/users/{id}", "of nobody", |_| to(NOBODY)),
        line(Tenant, "POST /v1/users/{id}/links", "of nobody", |_| {
            to(format!("{NOBODY}/links")).body(json!({"id": "alice"}))
        }),
        line(
            Tenant,
            "DELETE /v1/users/{id}/links/{link_id}",
            "of nobody",
            |_| {
                to(format!(
                    "{NOBODY}/links/usr_00000000000000000000000000000001"
                ))
            },
        ),
        line(Tenant, "POST /v1/invites", "", |world| {
            to("/v1/invites").body(json!({"user": format!("new-{}", world.serial())}))
        }),
        line(Tenant, "GET /v1/invites", "", |_| to("/v1/invites")),
        line(Tenant, "DELETE /v1/invites/{key_id}", "of nobody", |_| {
            to("/v1/invites/key_00000000000000000000000000000000")
        }),
        line(Tenant, "POST /v1/invites/redeem", "", |_| {
            to("/v1/invites/redeem")
        }),
        line(Tenant, "POST /v1/register", "", |_| to("/v1/register")),
        line(Tenant, "GET /v1/quarantine", "", |_| to("/v1/quarantine")),
        line(Tenant, "GET /v1/quarantine/{id}", "of nobody", |_| {
            to(NOWHERE)
        }),
        line(
            Tenant,
            "POST /v1/quarantine/{id}/approve",
            "of nobody",
            |_| to(format!("{NOWHERE}/approve")).body(json!({"user": "alice"})),
        ),
        line(Tenant, "DELETE /v1/quarantine/{id}", "of nobody", |_| {
            to(NOWHERE)
        }),
    ]
}
