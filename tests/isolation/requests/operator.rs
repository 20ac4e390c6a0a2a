//! What the operator asks: tenants, and who may say who their users are.

use serde_json::json;

use super::{Line, Listener, line, to};

pub(super) fn lines() -> Vec<Line> {
    let mut lines = tenants();
    lines.extend(identities());
    lines
}

fn tenants() -> Vec<Line> {
    use Listener::Operator;
    vec![
        line(Operator, "POST /v1/tenants", "", |world| {
            to("/v1/tenants").body(json!({"name": format!("tenant-{}", world.serial())}))
        }),
        line(Operator, "GET /v1/tenants", "", |_| to("/v1/tenants")),
        line(Operator, "PATCH /v1/tenants/{name}", "", |_| {
            to("/v1/tenants/spare").body(json!({"trust_mode": "strict"}))
        }),
        line(Operator, "POST /v1/tenants/{name}/keys", "", |_| {
            to("/v1/tenants/acme/keys").body(json!({"name": "a new key"}))
        }),
        line(Operator, "GET /v1/tenants/{name}/keys", "", |_| {
            to("/v1/tenants/acme/keys")
        }),
        line(
            Operator,
            "DELETE /v1/tenants/{name}/keys/{key_id}",
            "",
            |world| to(format!("/v1/tenants/acme/keys/{}", world.key_id())),
        ),
        line(Operator, "POST /v1/verify", "", |_| {
            to("/v1/verify").body(json!({}))
        }),
        line(Operator, "POST /v1/backup", "of nobody", |_| {
            to("/v1/backup").body(json!({"namespace": format!("ns_{}", "0".repeat(32))}))
        }),
        line(Operator, "POST /v1/restore", "of no backup", |_| {
            to("/v1/restore").bytes(b"noise")
        }),
    ]
}

/// Who may say who the users of a tenant are.
fn identities() -> Vec<Line> {
    use Listener::Operator;
    vec![
        line(Operator, "GET /v1/identity/resolutions", "", |_| {
            to("/v1/identity/resolutions")
        }),
        line(Operator, "POST /v1/identity/explain", "", |_| {
            to("/v1/identity/explain").body(json!({"headers": {}}))
        }),
        line(Operator, "GET /v1/tenants/{name}/identity", "", |_| {
            to("/v1/tenants/acme/identity")
        }),
        line(Operator, "PATCH /v1/tenants/{name}/identity", "", |_| {
            to("/v1/tenants/acme/identity").body(json!({"trusted_proxies": []}))
        }),
        line(
            Operator,
            "DELETE /v1/tenants/{name}/identity/open-webui-secret",
            "",
            |_| to("/v1/tenants/acme/identity/open-webui-secret"),
        ),
        line(Operator, "POST /v1/tenants/{name}/hmac-keys", "", |_| {
            to("/v1/tenants/acme/hmac-keys").body(json!({"name": ""}))
        }),
        line(Operator, "GET /v1/tenants/{name}/hmac-keys", "", |_| {
            to("/v1/tenants/acme/hmac-keys")
        }),
        line(
            Operator,
            "DELETE /v1/tenants/{name}/hmac-keys/{key_id}",
            "",
            |world| to(format!("/v1/tenants/acme/hmac-keys/{}", world.key_id())),
        ),
        line(Operator, "POST /v1/tenants/{name}/jwt-key-sets", "", |_| {
            to("/v1/tenants/acme/jwt-key-sets").body(json!({"name": "", "iss": "", "keys": []}))
        }),
        line(Operator, "GET /v1/tenants/{name}/jwt-key-sets", "", |_| {
            to("/v1/tenants/acme/jwt-key-sets")
        }),
        line(
            Operator,
            "PATCH /v1/tenants/{name}/jwt-key-sets/{key_id}",
            "",
            |world| {
                let key =
                    json!({"algorithm": "HS256", "secret": "a secret of thirty-two bytes, ok"});
                let path = format!("/v1/tenants/acme/jwt-key-sets/{}", world.key_id());
                to(path).body(json!({"keys": [key]}))
            },
        ),
        line(
            Operator,
            "DELETE /v1/tenants/{name}/jwt-key-sets/{key_id}",
            "",
            |world| {
                let path = format!("/v1/tenants/acme/jwt-key-sets/{}", world.key_id());
                to(path)
            },
        ),
    ]
}
