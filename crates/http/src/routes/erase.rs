//! `POST /v1/erase`: destroys a user with all that hangs on it, a session, or a named namespace.

use anchorhold_gate::Erased;
use anchorhold_identity::{Admin, NamedSession};
use anchorhold_memory::{Error, Receipt};
use anchorhold_wire::Code;
use anchorhold_wire::erase::{self as wire, Erase, EraseRequest};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::post("/v1/erase", "erase", erase)
        .summary("Destroy a user, a session or a named namespace.")
        .speaks(Speaks::ForUser)
        .takes::<EraseRequest>()
        .gives::<wire::Receipt>(
            200,
            "What was destroyed, and what is left of it for a while.",
        )
        .refuses(&[Code::UserNotFound, Code::IdConflict])
        .refuses(WRITES)
}

fn erase(call: &Call) -> Result<Reply, Refusal> {
    let engine = &call.app.engine;
    let receipt = match call.body::<EraseRequest>()? {
        Erase::User(id) => engine.erase_subject(&call.erasure(Erased::User(id))?)?,
        Erase::Own => engine.erase_subject(&call.erasure(Erased::Own)?)?,
        Erase::Session(id) => of(call, NamedSession::Id(id))?,
        Erase::SessionOf(handle) => of(call, NamedSession::Handle(handle))?,
        Erase::Namespace(name) => match call.existing::<Admin>(Some(name))? {
            Some(scope) => engine.erase_namespace(&scope)?,
            None => return Err(Refusal::namespace_not_found()),
        },
    };
    Reply::ok(call, &body(receipt))
}

fn of(call: &Call, session: NamedSession) -> Result<Receipt, Refusal> {
    let proof = call.erasure(Erased::Session(session))?;
    let receipt = call.app.engine.erase_subject(&proof);
    receipt.map_err(of_session)
}

/// The refusal of an end of a session: there is none of this handle, for one.
pub(super) fn of_session(error: Error) -> Refusal {
    match error {
        Error::NamespaceNotFound => Refusal::session_not_found(),
        error => error.into(),
    }
}

/// A receipt as replies show it.
pub(super) fn body(receipt: Receipt) -> wire::Receipt {
    let residues = receipt.residues.into_iter().map(|residue| wire::Residue {
        place: residue.place.to_owned(),
        until: Some(residue.until),
    });
    wire::Receipt {
        receipt_id: receipt.receipt_id,
        namespaces: receipt.namespaces,
        records: receipt.records,
        key_ids: receipt.key_ids,
        erased_at: receipt.erased_at,
        residues: residues.collect(),
        audit_id: receipt.audit_id,
    }
}
