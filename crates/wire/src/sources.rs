//! What a tenant configured about identities: the headers that name its users, the proxies that may
//! say who a user is, whether a secret is shared with Open WebUI.

use anchorhold_model::limits::{JWT_BYTES_MAX, REGISTRATIONS_MAX};
use anchorhold_model::{
    Change, HeaderKind, HeaderSource, IdentityChanges, IpNet, Issuer, JsonPointer, Sources,
    SourcesError, Timestamp, Trust, network,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::quarantine::{PatchQuarantine, QuarantineBody};
use crate::session::{PatchSessions, SessionsBody};
use crate::{Code, Rejection, Request, check, object, redacted_debug, schema, word};

const LOCAL_OR_ABSENT: &str = "must be \"local\", or absent for users of the header's own";

/// A header that names the user, in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceBody {
    /// Whose header it is; `header` is one of your own.
    #[serde(deserialize_with = "word::required")]
    #[schema(schema_with = schema::header_kind)]
    pub source: HeaderKind,
    /// The name of the header, lower case; the usual one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// How far it is believed, `always` when absent. From a key with `act_as` or a trusted proxy a
    /// header is *asserted*, from anybody else *claimed*; this makes it less and never more.
    #[serde(default, deserialize_with = "word::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::trust)]
    pub trust: Option<Trust>,
    /// `local` when a header of your own names the users of `x-anchorhold-user`, on purpose; else
    /// they are those of `header:<name>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Whether the word of a trusted proxy counts in this header: `true` when absent for one of your
    /// own, which the proxy removes from what its clients send, else `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_proxies: Option<bool>,
}

/// Changes what a tenant configured about identities; what is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchIdentity {
    /// The networks whose peers may say who a user is, such as `10.0.0.0/8` or `192.0.2.7`; at most 64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<Vec<String>>,
    /// The headers that name a user, at most 16, those first that count first among equals. Headers of
    /// your own that are not among them are read no more; the usual ones that are not among them stay
    /// as they are and come after them.
    #[serde(default, deserialize_with = "object::list")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<SourceBody>>,
    /// What Open WebUI has as `FORWARD_USER_INFO_HEADER_JWT_SECRET`, 32 bytes or more; its plain headers
    /// are refused from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_webui_secret: Option<String>,
    /// How sessions live, where the tenant has them.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<PatchSessions>,
    /// How sandboxes live, where the tenant is in mode `quarantine`.
    #[serde(default, deserialize_with = "object::optional")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<PatchQuarantine>,
    /// New users in a minute that one peer may register with any key of the tenant: 0 (nobody, as usual)
    /// to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registrations_per_minute: Option<u64>,
    /// Until when requests of users find what is in the shared namespace too, while memories move from
    /// there; null for no longer.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, format = DateTime, required = false)]
    pub shared_read_until: Change<Timestamp>,
    /// Where JSON bodies name their users (RFC 6901), such as `/metadata/user_id`: a claim, whoever sends
    /// it. Null for nowhere.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, required = false)]
    pub metadata_pointer: Change<String>,
    /// Whether `user` and `safety_identifier` in bodies of the OpenAI API name a user where nothing else
    /// does: a claim too. True as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_user: Option<bool>,
}
redacted_debug!(PatchIdentity);

impl Request for PatchIdentity {
    type Domain = IdentityChanges;

    fn into_domain(self) -> Result<IdentityChanges, Rejection> {
        let changes = IdentityChanges {
            trusted_proxies: self.trusted_proxies.map(networks).transpose()?,
            headers: self.sources.map(headers).transpose()?,
            open_webui_secret: self.open_webui_secret.map(secret).transpose()?.map(Some),
            sessions: self.sessions.map(PatchSessions::changes).transpose()?,
            quarantine: self.quarantine.map(PatchQuarantine::changes).transpose()?,
            registrations_per_minute: self
                .registrations_per_minute
                .map(|number| {
                    check::within("registrations_per_minute", number, 0..=REGISTRATIONS_MAX)
                })
                .transpose()?,
            shared_read_until: self.shared_read_until,
            metadata_pointer: pointer(self.metadata_pointer)?,
            body_user: self.body_user,
        };
        if changes == IdentityChanges::default() {
            let message = "nothing is changed; send \"trusted_proxies\", \"sources\", \"open_webui_secret\", \"sessions\", \"quarantine\", \"registrations_per_minute\", \"shared_read_until\", \"metadata_pointer\" or \"body_user\"";
            return Err(Rejection::new(Code::RequestInvalid, message));
        }
        Ok(changes)
    }
}

fn pointer(change: Change<String>) -> Result<Change<JsonPointer>, Rejection> {
    Ok(match change {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(text) => {
            let parsed = JsonPointer::parse(&text);
            Change::Set(parsed.map_err(|error| invalid("metadata_pointer", error))?)
        }
    })
}

pub(crate) fn invalid(field: &str, error: impl std::fmt::Display) -> Rejection {
    Rejection::of_field(Code::RequestInvalid, field, error)
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>, Rejection> {
    let items = texts.iter().enumerate().map(|(position, text)| {
        network(text).map_err(|error| invalid(&format!("trusted_proxies[{position}]"), error))
    });
    let networks: Vec<IpNet> = items.collect::<Result<_, Rejection>>()?;
    let sources = Sources::new(networks, Vec::new());
    let sources = sources.map_err(|error| invalid("trusted_proxies", error))?;
    Ok(sources.trusted_proxies().to_vec())
}

fn headers(bodies: Vec<SourceBody>) -> Result<Vec<HeaderSource>, Rejection> {
    let items = bodies.iter().enumerate().map(|(position, body)| {
        let invalid = |part: &str, error| invalid(&format!("sources[{position}].{part}"), error);
        let is_local = match body.issuer.as_deref() {
            None => false,
            Some(Issuer::LOCAL) => true,
            Some(_) => return Err(invalid("issuer", LOCAL_OR_ABSENT.to_owned())),
        };
        let trust = body.trust.unwrap_or_default();
        let source = HeaderSource::new(body.source, body.header.as_deref(), trust, is_local);
        let source = source.map_err(|error| {
            let part = match error {
                SourcesError::NotLocal => "issuer",
                _ => "header",
            };
            invalid(part, error.to_string())
        })?;
        Ok(HeaderSource {
            from_proxies: body.from_proxies.unwrap_or(source.from_proxies),
            ..source
        })
    });
    let headers: Vec<HeaderSource> = items.collect::<Result<_, Rejection>>()?;
    // Whether they can stand beside each other and the usual ones.
    Sources::new(Vec::new(), headers.clone()).map_err(|error| invalid("sources", error))?;
    Ok(headers)
}

fn secret(text: String) -> Result<String, Rejection> {
    if text.len() > JWT_BYTES_MAX {
        return Err(invalid("open_webui_secret", "is longer than any"));
    }
    Ok(text)
}

/// A header that names the user, in replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceListed {
    /// Whose header it is.
    #[schema(schema_with = schema::header_kind)]
    pub source: HeaderKind,
    /// The name of the header.
    pub header: String,
    /// How far it is believed.
    #[schema(schema_with = schema::trust)]
    pub trust: Trust,
    /// Whose users it names.
    pub issuer: String,
    /// Whether the word of a trusted proxy counts in it.
    pub from_proxies: bool,
}

/// What a tenant configured about identities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityBody {
    /// The networks whose peers may say who a user is.
    pub trusted_proxies: Vec<String>,
    /// The headers that name a user, in their order.
    pub sources: Vec<SourceListed>,
    /// Whether Open WebUI must sign who its users are.
    pub open_webui_signs: bool,
    /// How sessions live, where the tenant has them.
    pub sessions: SessionsBody,
    /// How sandboxes live, where the tenant is in mode `quarantine`.
    pub quarantine: QuarantineBody,
    /// New users in a minute that one peer may register; 0 for nobody.
    #[serde(default)]
    pub registrations_per_minute: u64,
    /// Until when requests of users find what is in the shared namespace too.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub shared_read_until: Option<Timestamp>,
    /// Where JSON bodies name their users.
    #[serde(default)]
    pub metadata_pointer: Option<String>,
    /// Whether `user` and `safety_identifier` name a user where nothing else does.
    #[serde(default)]
    pub body_user: bool,
}
