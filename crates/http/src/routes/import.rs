//! `POST /v1/import`: takes what was exported, line by line. A line that is refused stops no other.

mod cutter;
mod tally;

use std::sync::Arc;

use anchorhold_identity::{Scope, Write};
use anchorhold_memory::{Arrival, Error, ForeignVector};
use anchorhold_model::limits::{BATCH_MAX, IMPORT_COMMIT_BYTES};
use anchorhold_model::{NamespaceName, SubScopes};
use anchorhold_wire::Code;
use anchorhold_wire::export::{ExportLine, ImportLine, ImportReply, ImportedMemory, MEDIA_TYPE};

use crate::call::Call;
use crate::query::NAMESPACE;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::{Route, Shape, Speaks};
use crate::routes::WRITES;
use crate::stream::Sink;
use cutter::Cutter;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use cutter::fuzzing::import_cut;
use tally::Tally;

/// Why a line behind a newer head is refused.
const NEWER: &str = "the export is of a newer format; import it with a newer version";
/// What an import is sent as.
const MEDIA_TYPES: &[&str] = &[MEDIA_TYPE, "application/ndjson", "application/jsonl"];

pub(in crate::routes) fn route() -> Route {
    let line = Shape::of::<ExportLine>();
    Route::fed("/v1/import", "import", MEDIA_TYPES, Some(line), import)
        .summary("Import what was exported; memories that are there already are skipped.")
        .speaks(Speaks::ForUser)
        .query(&[NAMESPACE])
        .gives::<ImportReply>(200, "What became of the lines.")
        .refuses(WRITES)
}

fn import(call: Arc<Call>) -> Result<Box<dyn Sink>, Refusal> {
    let named = call.query.namespace()?;
    // Who may not write here is told before a line is read.
    let own = call.reserved(named.clone())?;
    Ok(Box::new(Import {
        target: Target {
            named,
            own,
            below: None,
            refusal: None,
            call,
        },
        cutter: Cutter::default(),
        batch: Batch::default(),
        tally: Tally::default(),
    }))
}

/// An import that is under way.
struct Import {
    target: Target,
    cutter: Cutter,
    batch: Batch,
    tally: Tally,
}

/// Lines that wait for their commit, all for one namespace.
#[derive(Default)]
struct Batch {
    below: SubScopes,
    lines: Vec<u64>,
    arrivals: Vec<Arrival>,
    bytes: usize,
}

/// Where memories go.
struct Target {
    call: Arc<Call>,
    named: Option<NamespaceName>,
    own: Scope<Write>,
    /// The sub-scope that was written to last.
    below: Option<(SubScopes, Scope<Write>)>,
    /// Why nothing can be below here; asked once.
    refusal: Option<(Code, String)>,
}

impl Sink for Import {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut rest = bytes;
        while let Some(cut) = self.cutter.cut(&mut rest) {
            self.line(cut)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> Result<Reply, Refusal> {
        if let Some(cut) = self.cutter.last() {
            self.line(cut)?;
        }
        self.flush()?;
        Reply::ok(&self.target.call, &self.tally.reply())
    }
}

impl Import {
    fn line(&mut self, cut: cutter::Cut) -> Result<(), Refusal> {
        let number = cut.number;
        let Some(text) = cut.text else {
            self.tally.too_long(number);
            return Ok(());
        };
        if text.iter().all(u8::is_ascii_whitespace) {
            self.tally.pass(&text);
            return Ok(());
        }
        match ImportLine::read(&text) {
            Ok(ImportLine::Head) => self.tally.begin(&text),
            Ok(ImportLine::End(end)) => self.tally.end(&end),
            Ok(ImportLine::Memory(memory)) => {
                self.tally.memory(&text);
                if self.tally.is_newer() {
                    self.tally.refuse(number, Code::NotAvailableYet, NEWER);
                    return Ok(());
                }
                return self.memory(number, *memory, text.len());
            }
            Err(rejection) => {
                let is_cut = cut.is_open && rejection.code == Code::JsonInvalid;
                self.tally.unread(&text, number, rejection);
                if is_cut {
                    self.tally.cut();
                }
            }
        }
        Ok(())
    }

    fn memory(&mut self, line: u64, memory: ImportedMemory, size: usize) -> Result<(), Refusal> {
        if memory.below != self.batch.below {
            self.flush()?;
            self.batch.below.clone_from(&memory.below);
        }
        self.batch.lines.push(line);
        self.batch.bytes += size;
        self.batch.arrivals.push(arrival(memory));
        if self.batch.arrivals.len() >= BATCH_MAX || self.batch.bytes >= IMPORT_COMMIT_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Keeps what waits, in one commit.
    fn flush(&mut self) -> Result<(), Refusal> {
        let Batch {
            below,
            lines,
            arrivals,
            ..
        } = std::mem::take(&mut self.batch);
        if arrivals.is_empty() {
            return Ok(());
        }
        let call = Arc::clone(&self.target.call);
        let engine = &call.app.engine;
        let request_id = self.target.call.request_id.clone();
        // A sub-scope is asked for anew: without this, one could come to be after the user was erased.
        engine.check(&self.target.own)?;
        // The tenant may demand another evidence since the lines before, and a key may have ended.
        call.existing::<Write>(self.target.named.clone())?;
        let is_awaited = || call.is_awaited();
        if !is_awaited() {
            return Err(Error::Abandoned.into());
        }
        let results = match self.target.scope(below) {
            Ok(scope) => engine.import_while(scope, arrivals, &is_awaited)?,
            Err((code, message)) => {
                for line in lines {
                    self.tally.refuse(line, code, message);
                }
                return Ok(());
            }
        };
        for (line, result) in lines.into_iter().zip(results) {
            match result {
                Ok(imported) => self.tally.count(imported),
                Err(error) => {
                    let (_, detail) = Refusal::from(error).into_detail(&request_id);
                    self.tally.refuse(line, detail.code, &detail.message);
                }
            }
        }
        Ok(())
    }
}

impl Target {
    /// The scope of a sub-scope, or why there is none.
    fn scope(&mut self, below: SubScopes) -> Result<&Scope<Write>, (Code, &str)> {
        if below == SubScopes::default() {
            return Ok(&self.own);
        }
        let is_known = matches!(&self.below, Some((known, _)) if *known == below);
        if !is_known && self.refusal.is_none() {
            match self.call.below(self.named.clone(), below.clone()) {
                Ok(scope) => self.below = Some((below, scope)),
                Err(refusal) => {
                    let (_, detail) = refusal.into_detail(&self.call.request_id);
                    self.refusal = Some((detail.code, detail.message));
                }
            }
        }
        match (&self.below, &self.refusal) {
            (_, Some((code, message))) => Err((*code, message)),
            (Some((_, scope)), None) => Ok(scope),
            (None, None) => Err((Code::Internal, "the gate answered nothing")),
        }
    }
}

fn arrival(memory: ImportedMemory) -> Arrival {
    let vector = memory.vector;
    Arrival {
        draft: memory.draft,
        version: memory.version,
        ordinal: memory.ordinal,
        created_at: memory.created_at,
        updated_at: memory.updated_at,
        expires_at: memory.expires_at,
        vector: vector.map(|(model, scale, values)| ForeignVector {
            model,
            scale,
            values,
        }),
    }
}
