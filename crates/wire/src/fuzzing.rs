//! Bodies of fuzz targets: the bodies of requests, and the lines of an import.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

use anchorhold_model::{Facets, Memory, RecordId, Timestamp};
use serde::Serialize;

use crate::export::{ExportLine, ImportLine, ImportedMemory};
use crate::forget::ForgetRequest;
use crate::key::CreateKey;
use crate::memory::{BatchMemories, CreateMemory};
use crate::namespace::{CreateNamespace, PatchNamespace};
use crate::patch::PatchMemory;
use crate::recall::RecallRequest;
use crate::tenant::{CreateTenant, PatchTenant};
use crate::{Code, Rejection, Request, erase::EraseRequest, parse};

/// Characters of a refusal: a rule, a name that is cut short, and the names that are known.
const MESSAGE_CHARACTERS_MAX: usize = 600;

/// A byte that says which request it is, and its body. What is accepted is written and read again
/// as the same; a refusal is short and of a code for bodies.
pub fn body(data: &[u8]) {
    let Some((which, body)) = data.split_first() else {
        return;
    };
    match which % 11 {
        0 => both::<CreateMemory>(body),
        1 => both::<BatchMemories>(body),
        2 => both::<PatchMemory>(body),
        3 => both::<RecallRequest>(body),
        4 => both::<ForgetRequest>(body),
        5 => both::<EraseRequest>(body),
        6 => both::<CreateKey>(body),
        7 => both::<CreateTenant>(body),
        8 => both::<PatchTenant>(body),
        9 => both::<CreateNamespace>(body),
        _ => both::<PatchNamespace>(body),
    }
}

fn both<R: Request + Serialize>(body: &[u8]) {
    let read = match parse::<R>(body) {
        Ok(read) => read,
        Err(rejection) => return refused(&rejection),
    };
    let written = serde_json::to_vec(&read).unwrap();
    // What is beyond every limit need not be written again.
    if let Err(refusal) = read.into_domain() {
        return refused(&refusal);
    }
    let again = parse::<R>(&written).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(serde_json::to_vec(&again).unwrap() == written);
    // White space around a body says nothing, and a list around it is no body.
    let spaced = [b" \n", body, b"\t"].concat();
    assert!(serde_json::to_vec(&parse::<R>(&spaced).ok().unwrap()).unwrap() == written);
    assert!(parse::<R>(&[b"[", body, b"]"].concat()).is_err());
    assert!(again.into_domain().is_ok());
}

fn refused(rejection: &Rejection) {
    assert!(
        rejection.message.chars().count() <= MESSAGE_CHARACTERS_MAX,
        "{}",
        rejection.message
    );
    assert!(matches!(
        rejection.code,
        Code::JsonInvalid
            | Code::RequestInvalid
            | Code::NameInvalid
            | Code::FilterInvalid
            | Code::GrantPatternInvalid
            | Code::ContentTooLarge
            | Code::NotAvailableYet
    ));
}

/// One line of an import. A memory that is read, written as an export writes it and read again is
/// the same, bit for bit.
pub fn import_line(line: &[u8]) {
    let memory = match ImportLine::read(line) {
        Ok(ImportLine::Memory(memory)) => *memory,
        Ok(ImportLine::Head | ImportLine::End(_)) => return,
        Err(rejection) => return refused(&rejection),
    };
    let written = written(&memory);
    let Ok(ImportLine::Memory(again)) = ImportLine::read(&written) else {
        panic!("an exported line is refused");
    };
    let kept = |memory: &ImportedMemory| {
        let vector = memory.vector.as_ref();
        vector.map(|(model, scale, values)| (model.clone(), scale.to_bits(), values.clone()))
    };
    assert!(again.draft.content == memory.draft.content);
    assert!(again.draft.metadata == memory.draft.metadata);
    assert!(again.draft.tags == memory.draft.tags);
    assert!(again.below == memory.below);
    assert_eq!(again.version, memory.version);
    assert_eq!(again.expires_at, memory.expires_at);
    assert!(kept(&again) == kept(&memory));
    assert!(self::written(&again) == written);
}

fn written(memory: &ImportedMemory) -> Vec<u8> {
    let draft = &memory.draft;
    let epoch = Timestamp::from_milliseconds(0);
    let facets = Facets {
        id: draft.id.unwrap_or(RecordId::from_bytes([1; 16])),
        version: memory.version,
        ordinal: memory.ordinal.unwrap_or(1),
        memory_type: draft.memory_type,
        importance: draft.importance,
        tags: draft.tags.clone(),
        metadata: draft.metadata.clone(),
        speaker: draft.speaker.clone(),
        conversation: draft.conversation.clone(),
        event_time: draft.event_time,
        created_at: memory.created_at.unwrap_or(epoch),
        updated_at: memory.updated_at.unwrap_or(epoch),
        expires_at: memory.expires_at,
    };
    let content = draft.content.clone();
    let vector = memory.vector.as_ref();
    let vector = vector.map(|(model, scale, values)| (model.as_str(), *scale, values.as_slice()));
    let line = ExportLine::new(&Memory { facets, content }, &memory.below, vector);
    serde_json::to_vec(&line).unwrap()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_body_that_is_accepted_reads_back_as_itself() {
        anchorhold_fuzzing::replay("body", super::body);
    }

    #[test]
    fn a_line_of_an_import_reads_back_as_an_export_writes_it() {
        anchorhold_fuzzing::replay("import_line", super::import_line);
    }
}
