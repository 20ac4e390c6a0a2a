//! `GET /v1/export`: everything that a user or a named namespace keeps, line by line.

use anchorhold_crypto::Checksum;
use anchorhold_identity::Subtree;
use anchorhold_memory::{Export, ExportPiece, Exported};
use anchorhold_model::{Place, SubScopes, hex};
use anchorhold_wire::address::AddressBody;
use anchorhold_wire::export::{ExportEnd, ExportHead, ExportLine, ExportModel, FORMAT, MEDIA_TYPE};
use serde::Serialize;

use crate::ask::Again;
use crate::call::Call;
use crate::query::{NAMESPACE, VECTORS};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Shape, Speaks};
use crate::routes::WRITES;

pub(in crate::routes) fn route() -> Route {
    Route::get("/v1/export", "export", export)
        .summary("Export a user with all sub-scopes, or one named namespace.")
        .speaks(Speaks::ForUser)
        .query(&[NAMESPACE, VECTORS])
        .gives_pieces(
            MEDIA_TYPE,
            Some(Shape::of::<ExportLine>()),
            "A head, the memories in the order of arrival, and an end; a reply without the end was \
             cut.",
        )
        .refuses(WRITES)
}

fn export(call: &Call) -> Result<Reply, Refusal> {
    let with_vectors = call.query.vectors()?;
    let named = call.query.namespace()?;
    let Subtree { address, scopes } = call.subtree(named.clone())?;
    let whole = address.map(|address| address.place);
    let engine = &call.app.engine;
    let namespaces = count(scopes.len());
    let export = engine.export(scopes)?;
    let head = ExportHead {
        anchorhold_export: FORMAT,
        exported_at: call.app.clock.now(),
        namespace: whole
            .as_ref()
            .map_or_else(AddressBody::of_no_sandbox, AddressBody::from),
        namespaces,
        memories: export.memories().map(count),
        embedding: export
            .model()
            .filter(|_| with_vectors)
            .map(|(model, dimension)| ExportModel {
                model: model.to_owned(),
                dimension: count(dimension),
            }),
    };
    let lines = Lines {
        again: call.again(named),
        head: Some(head),
        whole,
        export: Some(export),
        with_vectors,
        checksum: Checksum::default(),
        memories: 0,
    };
    Ok(Reply::pieces(MEDIA_TYPE, Box::new(lines)))
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The pieces of an export as text.
struct Lines {
    again: Again,
    head: Option<ExportHead>,
    /// What was asked for; a line names what is below it.
    whole: Option<Place>,
    /// What is left; nothing behind the end.
    export: Option<Export>,
    with_vectors: bool,
    checksum: Checksum,
    memories: u64,
}

impl Lines {
    fn piece(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let mut text = Vec::new();
        if let Some(head) = self.head.take() {
            line(&mut text, &head)?;
        } else {
            let Some(export) = &mut self.export else {
                return Ok(None);
            };
            self.again.may_read()?;
            match export.next().transpose()? {
                Some(piece) => self.memories(&mut text, &piece)?,
                None => {
                    self.export = None;
                    let digest = format!("sha256:{}", hex(&self.checksum.sum()));
                    line(
                        &mut text,
                        &ExportEnd {
                            anchorhold_export_end: FORMAT,
                            memories: self.memories,
                            digest,
                        },
                    )?;
                }
            }
        }
        self.checksum.update(&text);
        Ok(Some(text))
    }

    fn memories(&mut self, text: &mut Vec<u8>, piece: &ExportPiece) -> Result<(), Refusal> {
        let below = match (&self.whole, &piece.place) {
            (Some(Place::User(_, whole)), Place::User(_, below)) if whole != below => below.clone(),
            _ => SubScopes::default(),
        };
        let model = piece.model.as_deref().filter(|_| self.with_vectors);
        for Exported { memory, vector } in &piece.memories {
            let vector = model.map(|model| (model, vector.scale(), vector.values()));
            line(text, &ExportLine::new(memory, &below, vector))?;
            self.memories += 1;
        }
        Ok(())
    }
}

impl Iterator for Lines {
    type Item = Result<Vec<u8>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        self.piece().transpose()
    }
}

/// Writes one line.
fn line(text: &mut Vec<u8>, line: &impl Serialize) -> Result<(), Refusal> {
    serde_json::to_writer(&mut *text, line)
        .map_err(|error| Refusal::internal(format!("a line cannot be written: {error}")))?;
    text.push(b'\n');
    Ok(())
}
