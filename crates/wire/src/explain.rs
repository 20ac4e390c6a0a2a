//! What a request would be taken for, step by step.

use std::collections::BTreeMap;
use std::net::IpAddr;

use anchorhold_model::{Isolation, KeyId, TrustMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::whoami::{Strength, SubjectBody, WhoamiReply};
use crate::{Code, Rejection, Request, redacted_debug, schema};

/// Header lines of a request.
const LINES_MAX: usize = 128;
/// Bytes of the name of a header.
const NAME_BYTES_MAX: usize = 256;

/// Header lines of one name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Values {
    /// One line.
    One(String),
    /// Several lines of the same name.
    Many(Vec<String>),
}

impl Values {
    /// The lines.
    pub fn of(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// A request to be explained; it is not made.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// Its headers, the credential among them: a value by its name, or a list of values.
    pub headers: BTreeMap<String, Values>,
    /// The address of the other end of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub peer: Option<IpAddr>,
    /// Its method, for a signed request; `GET` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Its path and query, for a signed request; `/v1/whoami` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Its body, for a signed request and for one whose body may name its user; empty when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}
redacted_debug!(Explain Values);

impl Request for Explain {
    type Domain = Self;

    fn into_domain(self) -> Result<Self, Rejection> {
        let lines: usize = self.headers.values().map(|values| values.of().len()).sum();
        let is_name = |name: &str| {
            let is_allowed =
                |byte: u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte);
            (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_allowed)
        };
        let is_text = |text: &String| text.bytes().all(|byte| byte >= b' ' && byte != 0x7f);
        let are_headers = self
            .headers
            .iter()
            .all(|(name, values)| is_name(name) && values.of().iter().all(is_text));
        if lines > LINES_MAX || !are_headers {
            let rule = format!("must be at most {LINES_MAX} lines such as HTTP can carry");
            return Err(Rejection::of_field(Code::RequestInvalid, "headers", rule));
        }
        Ok(self)
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PieceBody {
    /// Where it comes from, such as `api_key` or `open_webui_jwt`.
    pub source: String,
    /// Who is named.
    pub subject: SubjectBody,
    /// Whose second name that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_to: Option<SubjectBody>,
    /// How sure that is.
    pub strength: Strength,
    /// Whether it decides.
    pub decides: bool,
}

/// Why the request would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusalBody {
    /// The status that its sender would see.
    pub status: u16,
    /// The code that its sender would see.
    pub code: String,
    /// The reason as the audit log has it; more exact than the code.
    pub reason: String,
    /// What its sender would be told.
    pub message: String,
}

/// What the request would be taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainReply {
    /// The tenant of the credential; null when the credential does not count.
    pub tenant: Option<String>,
    /// The credential.
    #[schema(value_type = Option<String>)]
    pub key_id: Option<KeyId>,
    /// What the tenant demands of identities.
    #[schema(schema_with = schema::trust_mode)]
    pub trust_mode: Option<TrustMode>,
    /// How its requests find a namespace.
    #[schema(schema_with = schema::isolation)]
    pub isolation: Option<Isolation>,
    /// Whether the peer is of a network that may say who a user is.
    pub trusted_peer: bool,
    /// All evidence, in the order of the tenant.
    pub evidence: Vec<PieceBody>,
    /// The rule that applies: what becomes of evidence of this strength in this mode.
    pub ruling: Option<String>,
    /// What `GET /v1/whoami` would say; null when the request would be refused.
    pub whoami: Option<WhoamiReply>,
    /// Why it would be refused.
    pub refusal: Option<RefusalBody>,
    /// What an operator should know besides.
    pub advisories: Vec<String>,
}
