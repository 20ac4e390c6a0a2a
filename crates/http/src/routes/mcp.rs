//! `POST /mcp`, where tools for models are had, and the two addresses that say how to get in.

mod context;

use anchorhold_mcp::Tool;
use anchorhold_wire::Code;
use anchorhold_wire::mcp::{McpMessage, ResourceMetadata};

use super::{forget, memories, recall};
use crate::call::Call;
use crate::mcp;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Guard, Route, Speaks};

pub(in crate::routes) fn route() -> Route {
    Route::spoken(mcp::PATH, "mcp")
        .summary("Send one message of the Model Context Protocol; its tools keep, find and forget memories.")
        .speaks(Speaks::ForUser)
        .takes::<McpMessage>()
        .gives::<McpMessage>(200, "What is answered.")
        .gives_nothing(202, "It was a notification; nothing is due.")
        .refuses(&[Code::AccessForbidden])
}

pub(in crate::routes) fn metadata() -> Route {
    described("/.well-known/oauth-protected-resource", "mcp_metadata")
}

pub(in crate::routes) fn metadata_of_path() -> Route {
    described(
        "/.well-known/oauth-protected-resource/mcp",
        "mcp_metadata_of_path",
    )
}

fn described(template: &'static str, verb: &'static str) -> Route {
    Route::get(template, verb, describe)
        .summary("Say how a client of the Model Context Protocol gets in (RFC 9728).")
        .guard(Guard::Open)
        .gives::<ResourceMetadata>(200, "The metadata of the protected resource /mcp.")
        .refuses(&[Code::AccessForbidden])
}

fn describe(call: &Call) -> Result<Reply, Refusal> {
    let address = mcp::address(&call.app, call.arrival.is_encrypted, &call.headers);
    let nameless = || Refusal::of_field(Code::RequestInvalid, "host", "must be a name and a port");
    let resource = address.ok_or_else(nameless)?;
    let base = resource.strip_suffix(mcp::PATH).unwrap_or(&resource);
    let options = &call.app.mcp.options;
    Reply::ok(
        call,
        &ResourceMetadata {
            resource_documentation: format!("{base}/openapi.json"),
            resource: resource.clone(),
            resource_name: "Anchorhold".to_owned(),
            bearer_methods_supported: vec!["header".to_owned()],
            authorization_servers: options.authorization_servers.clone(),
        },
    )
}

/// The route that does what a tool asks.
pub(crate) fn of_tool(tool: Tool) -> Route {
    match tool {
        Tool::Store => memories::create::route(),
        Tool::Recall => recall::route(),
        Tool::Context => context::route(),
        Tool::List => memories::list::route(),
        Tool::Forget => forget::route(),
        Tool::Append => memories::batch::route(),
    }
}
