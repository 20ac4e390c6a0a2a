//! Exports: one JSON object a line, a head, the memories, an end. Imports read the same lines.

use anchorhold_model::limits::TAGS_MAX;
use anchorhold_model::{Draft, Importance, Memory, MemoryType, Part, SubScopes, Timestamp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::address::AddressBody;
use crate::{
    Code, Rejection, Request, bounded, check, object, parse, redacted_debug, schema, walk, word,
};

/// The media type of exports and imports.
pub const MEDIA_TYPE: &str = "application/x-ndjson";
/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u64 = 1;

/// The first line of an export.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExportHead {
    /// The format of the lines that follow: 1.
    pub anchorhold_export: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub exported_at: Timestamp,
    /// What was asked for.
    pub namespace: AddressBody,
    /// How many namespaces follow: more than one for a user with sub-scopes.
    pub namespaces: u64,
    /// How many memories follow; null when several namespaces do.
    pub memories: Option<u64>,
    /// What made the vectors; null when there are none.
    pub embedding: Option<ExportModel>,
}
redacted_debug!(ExportHead);

/// What made the vectors of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportModel {
    /// The name of the model.
    pub model: String,
    /// Numbers per vector.
    pub dimension: u64,
}

/// A line of an export: one memory with everything that recall needs of it. An import needs the
/// content alone.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportLine {
    /// The id, a UUID; made anew when absent, and then the line is kept again by every import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The text.
    pub content: String,
    /// What sort of memory it is.
    #[serde(rename = "type", default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::memory_type)]
    pub memory_type: Option<MemoryType>,
    /// How much it matters, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<f64>,
    /// Tags, in the caller's order.
    #[serde(default, deserialize_with = "bounded::list::<TAGS_MAX, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// What the caller keeps beside it.
    #[serde(default, deserialize_with = "bounded::metadata")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The conversation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub event_time: Option<Timestamp>,
    /// When it was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
    /// From when on it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// 1 at creation, one more with each change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Its place in the order of arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<u64>,
    /// The sub-scope of the user that it is kept in; the user's own namespace when absent.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ExportScope>,
    /// The vector of the text.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<ExportVector>,
}
redacted_debug!(ExportLine);

/// A sub-scope of a user.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportScope {
    /// The workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}
redacted_debug!(ExportScope);

/// A vector as `scale * values`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportVector {
    /// The model that made it. A vector of another model than the server's is left aside, and the
    /// text is embedded.
    pub model: String,
    /// Base64 of the scale, a 32-bit float with the lowest byte first, and of one signed byte for
    /// each number.
    pub data: String,
}
redacted_debug!(ExportVector);

/// The last line of an export. One without it was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportEnd {
    /// The format: 1.
    pub anchorhold_export_end: u64,
    /// How many memories stood before it.
    pub memories: u64,
    /// `sha256:` and the digits of the sum of all bytes before this line.
    pub digest: String,
}

impl ExportLine {
    /// The line of a memory; the vector is its scale and values.
    pub fn new(memory: &Memory, below: &SubScopes, vector: Option<(&str, f32, &[i8])>) -> Self {
        let facets = &memory.facets;
        let text = |part: &Option<Part>| part.as_ref().map(|part| part.as_str().to_owned());
        let scope = (*below != SubScopes::default()).then(|| ExportScope {
            workspace: text(&below.workspace),
            agent: text(&below.agent),
            thread: text(&below.thread),
        });
        let metadata = facets.metadata.to_object();
        Self {
            id: Some(facets.id.to_string()),
            content: memory.content.as_str().to_owned(),
            memory_type: Some(facets.memory_type),
            importance: Some(facets.importance.value()),
            tags: (!facets.tags.is_empty()).then(|| facets.tags.clone()),
            metadata: (!metadata.is_empty()).then_some(metadata),
            speaker: facets.speaker.clone(),
            conversation: facets.conversation.clone(),
            event_time: facets.event_time,
            created_at: Some(facets.created_at),
            updated_at: Some(facets.updated_at),
            expires_at: facets.expires_at,
            version: Some(facets.version),
            ordinal: Some(facets.ordinal),
            scope,
            vector: vector.map(|(model, scale, values)| ExportVector {
                model: model.to_owned(),
                data: packed(scale, values),
            }),
        }
    }
}

fn packed(scale: f32, values: &[i8]) -> String {
    let mut bytes = scale.to_le_bytes().to_vec();
    bytes.extend(values.iter().map(|value| value.cast_unsigned()));
    BASE64_STANDARD.encode(bytes)
}

/// The scale and the values; `None` for what is no vector at all.
fn unpacked(data: &str) -> Option<(f32, Vec<i8>)> {
    let bytes = BASE64_STANDARD.decode(data).ok()?;
    let (scale, values) = bytes.split_first_chunk::<4>()?;
    let values = values.iter().map(|byte| byte.cast_signed()).collect();
    Some((f32::from_le_bytes(*scale), values))
}

/// A memory of an import, checked.
#[derive(Clone, PartialEq)]
pub struct ImportedMemory {
    /// The memory.
    pub draft: Draft,
    /// The version it had.
    pub version: u64,
    /// Its place in the order of arrival.
    pub ordinal: Option<u64>,
    /// When it was stored.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// From when on it is gone.
    pub expires_at: Option<Timestamp>,
    /// The sub-scope below the user that the import is for.
    pub below: SubScopes,
    /// The model of its vector, the scale and the values. Nothing about them is checked.
    pub vector: Option<(String, f32, Vec<i8>)>,
}
redacted_debug!(ImportedMemory);

impl Request for ExportLine {
    type Domain = ImportedMemory;

    fn into_domain(self) -> Result<ImportedMemory, Rejection> {
        let id = self.id.as_deref().map(|id| check::record_id("id", id));
        let draft = Draft {
            memory_type: self.memory_type.unwrap_or_default(),
            importance: match self.importance {
                None => Importance::default(),
                Some(value) => check::importance(value)?,
            },
            tags: check::tags(self.tags.unwrap_or_default())?,
            metadata: check::metadata(self.metadata.unwrap_or_default())?,
            event_time: self.event_time,
            speaker: check::label("speaker", self.speaker)?,
            conversation: check::label("conversation", self.conversation)?,
            id: id.transpose()?,
            ..Draft::new(check::content(self.content)?)
        };
        let part = |field: &str, text: Option<String>| {
            let part = text.as_deref().map(Part::parse).transpose();
            part.map_err(|error| check::name_invalid(field, error))
        };
        let scope = self.scope.unwrap_or_default();
        let below = SubScopes {
            workspace: part("scope.workspace", scope.workspace)?,
            agent: part("scope.agent", scope.agent)?,
            thread: part("scope.thread", scope.thread)?,
        };
        let vector = self.vector.and_then(|vector| {
            let (scale, values) = unpacked(&vector.data)?;
            Some((vector.model, scale, values))
        });
        Ok(ImportedMemory {
            draft,
            version: check::within("version", self.version.unwrap_or(1), 1..=VERSION_MAX)?
                .min(VERSION_TAKEN_MAX),
            ordinal: self.ordinal,
            created_at: self.created_at,
            updated_at: self.updated_at,
            expires_at: self.expires_at,
            below,
            vector,
        })
    }
}

/// The largest version of a line: every program can count it.
const VERSION_MAX: u64 = 1 << 53;
/// The largest version that is taken over; one above it comes in as this. Nobody makes as many
/// changes as there are between the two, so what was imported is exported as what may be imported.
const VERSION_TAKEN_MAX: u64 = 1 << 52;

/// A line of an import.
#[derive(Clone, PartialEq)]
pub enum ImportLine {
    /// The head of an export in a format that this version reads.
    Head,
    /// A memory.
    Memory(Box<ImportedMemory>),
    /// The end of an export.
    End(ExportEnd),
}
redacted_debug!(ImportLine);

impl ImportLine {
    /// Reads a line. A head of a newer format is [`Code::NotAvailableYet`].
    pub fn read(line: &[u8]) -> Result<Self, Rejection> {
        // What is no object at all is refused below, where every body is.
        let marks: Marks = serde_json::from_slice(line).unwrap_or_default();
        match marks {
            Marks {
                anchorhold_export: Some(format),
                ..
            } => {
                walk::check(line)?;
                head(&format).map(|()| Self::Head)
            }
            Marks {
                anchorhold_export_end: Some(format),
                ..
            } => {
                head(&format)?;
                parse(line).map(Self::End)
            }
            _ => {
                let line: ExportLine = parse(line)?;
                line.into_domain().map(|memory| Self::Memory(memory.into()))
            }
        }
    }
}

/// What tells a head and an end from a memory.
#[derive(Default, Deserialize)]
struct Marks {
    anchorhold_export: Option<Value>,
    anchorhold_export_end: Option<Value>,
}

fn head(format: &Value) -> Result<(), Rejection> {
    match format.as_u64() {
        Some(FORMAT) => Ok(()),
        Some(newer) if newer > FORMAT => Err(Rejection::new(
            Code::NotAvailableYet,
            "the export is of a newer format; import it with a newer version",
        )),
        _ => Err(Rejection::new(
            Code::RequestInvalid,
            "the export says no format that there is",
        )),
    }
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReply {
    /// Memories that are kept now.
    pub imported: u64,
    /// Memories that were there already with the same content, or whose time was over.
    pub skipped: u64,
    /// Lines that were refused.
    pub refused: u64,
    /// The first 1,000 of them.
    pub errors: Vec<ImportError>,
    /// False when an export was cut or changed on the way: its end is missing, or does not fit what
    /// stood before it. What arrived is kept; send the whole again.
    pub complete: bool,
}

/// Why a line was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportError {
    /// The number of the line; the first is 1.
    pub line: u64,
    /// The reason, for programs.
    pub code: Code,
    /// The reason, for people.
    pub message: String,
}
