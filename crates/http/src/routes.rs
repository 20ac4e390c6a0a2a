//! The routes of each listener. A path that stands in one list alone is 404 on the other listener.

mod backup;
mod batch;
mod chat;
mod erase;
mod explain;
mod export;
mod forget;
mod import;
mod invites;
mod jwt_key_sets;
mod keys;
mod mcp;
mod memories;
mod namespaces;
mod operations;
mod quarantine;
mod recall;
mod resolutions;
mod restore;
mod sessions;
mod tenants;
mod users;
mod verify;
mod whoami;

use anchorhold_wire::Code;

use crate::route::Route;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use import::import_cut;
pub(crate) use mcp::of_tool;

/// What any read of a namespace may meet.
const READS: &[Code] = &[
    Code::NamespaceUnavailable,
    Code::NamespacePoisoned,
    Code::VersionConflict,
];

/// What any write may meet beside that.
const WRITES: &[Code] = &[
    Code::NamespaceUnavailable,
    Code::NamespacePoisoned,
    Code::VersionConflict,
    Code::AuditUnavailable,
    Code::QuotaExceeded,
];

/// The tenant listener.
pub(crate) fn tenant() -> Vec<Route> {
    let routes = vec![
        operations::healthz::route(),
        operations::readyz::route(),
        operations::openapi::tenant_route(),
        memories::create::route(),
        memories::batch::route(),
        memories::list::route(),
        memories::get::route(),
        memories::update::route(),
        memories::delete::route(),
        recall::route(),
        chat::route(),
        chat::short_route(),
        chat::completions(),
        chat::embeddings(),
        chat::models(),
        chat::short_models(),
        chat::injection(),
        forget::route(),
        batch::route(),
        erase::route(),
        export::route(),
        import::route(),
        namespaces::create::route(),
        namespaces::list::route(),
        namespaces::get::route(),
        namespaces::update::route(),
        namespaces::delete::route(),
        namespaces::relocate::route(),
        mcp::route(),
        mcp::metadata(),
        mcp::metadata_of_path(),
        whoami::route(),
        sessions::list::route(),
        sessions::end::route(),
        sessions::sweep::route(),
        quarantine::list::route(),
        quarantine::show::route(),
        quarantine::approve::route(),
        quarantine::reject::route(),
        invites::create::route(),
        invites::list::route(),
        invites::redeem::route(),
        invites::revoke::route(),
        invites::register::route(),
        users::create::route(),
        users::list::route(),
        users::lookup::route(),
        users::get::route(),
        users::change::route(),
        users::erase::route(),
        users::link::route(),
        users::unlink::route(),
        keys::create::route(),
        keys::list::route(),
        keys::revoke::route(),
    ];
    #[cfg(test)]
    let routes = routes
        .into_iter()
        .chain(crate::stream::tests::routes())
        .collect();
    routes
}

/// The operator listener; no route of it reads memories.
pub(crate) fn operator() -> Vec<Route> {
    vec![
        operations::healthz::route(),
        operations::readyz::route(),
        operations::openapi::operator_route(),
        operations::metrics::route(),
        tenants::create::route(),
        tenants::list::route(),
        tenants::update::route(),
        tenants::create_key::route(),
        tenants::list_keys::route(),
        tenants::revoke_key::route(),
        tenants::show_identity::route(),
        tenants::change_identity::route(),
        tenants::remove_open_webui_secret::route(),
        tenants::create_hmac_key::route(),
        tenants::list_hmac_keys::route(),
        tenants::revoke_hmac_key::route(),
        jwt_key_sets::create::route(),
        jwt_key_sets::list::route(),
        jwt_key_sets::replace_keys::route(),
        jwt_key_sets::end::route(),
        explain::route(),
        resolutions::route(),
        verify::route(),
        backup::route(),
        restore::route(),
    ]
}
