//! `POST /v1/backup`: the sealed bytes of one namespace, for the operator to keep.

use anchorhold_wire::Code;
use anchorhold_wire::backup::BackupRequest;

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

/// What a backup is on the way.
pub(super) const MEDIA_TYPE: &str = "application/octet-stream";

pub(super) fn route() -> Route {
    Route::post("/v1/backup", "backup", backup)
        .summary("Give out one namespace as it lies, sealed, while it is used.")
        .takes::<BackupRequest>()
        .gives_pieces(MEDIA_TYPE, None, "The backup; cut short it is none.")
        .refuses(&[
            Code::NamespaceNotFound,
            Code::NamespaceUnavailable,
            Code::NamespacePoisoned,
            Code::VersionConflict,
            Code::AuditUnavailable,
        ])
}

fn backup(call: &Call) -> Result<Reply, Refusal> {
    let custodian = call.operator()?.custodian();
    let namespace = call.body::<BackupRequest>()?;
    let backup = call.app.engine.backup(&custodian, namespace);
    let backup = backup.map_err(refused)?;
    let pieces = backup.map(|piece| piece.map_err(Refusal::from));
    Ok(Reply::pieces(MEDIA_TYPE, Box::new(pieces)))
}

/// The operator finds ids in a report, not in a list of a key.
pub(super) fn refused(error: anchorhold_memory::Error) -> Refusal {
    match error {
        anchorhold_memory::Error::NamespaceNotFound => Refusal::new(
            Code::NamespaceNotFound,
            "no namespace with this id lives; one that was erased has no key any more, and its \
             backups are noise",
        ),
        error => error.into(),
    }
}
