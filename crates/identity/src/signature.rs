//! Signed requests: what a signature covers, byte for byte, and when one counts.
//!
//! A request is signed by five headers beside those that name somebody: `x-anchorhold-key-id`,
//! `x-anchorhold-timestamp` (seconds since 1970, decimal), `x-anchorhold-nonce` (16 to 64 of
//! `A-Z a-z 0-9 - _`, never used twice) and `x-anchorhold-signature` (64 lower-case hexadecimal digits
//! of HMAC-SHA-256 over [`canonical`]).

use anchorhold_crypto::{RequestKey, SIGNATURE_BYTES, Secret};
use anchorhold_model::{Timestamp, unhex};

use crate::replays::Seen;
use crate::{Caller, Denial, Evidence, Headers, HmacKey, IdentityHeader, Reason};

/// How old a signed request may be, in seconds.
pub const WINDOW_SECONDS: u64 = 60;
/// How far ahead of ours a client's clock may be, in seconds.
pub const SKEW_SECONDS: u64 = 5;

/// The first field of what is signed.
const VERSION: &[u8] = b"anchorhold-hmac-1";
const NONCE_BYTES_MIN: usize = 16;
const NONCE_BYTES_MAX: usize = 64;

/// What a signature covers beside the headers.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path and the query, as sent and not decoded.
    pub target: &'a str,
    /// SHA-256 of the body; none of one that comes in pieces, which nobody has whole.
    pub body_sha256: Option<[u8; SIGNATURE_BYTES]>,
    /// The body, where it is JSON and was read whole; it is covered by its hash.
    pub body: Option<&'a [u8]>,
    /// Names this one request among all.
    pub request: [u8; 16],
    /// When it came.
    pub arrived: Timestamp,
    /// Asked again of a request that was let in before.
    pub is_again: bool,
}

/// What stands in the headers of a signed request. A header that is absent is an empty field.
#[derive(Clone, Copy, Default)]
pub struct Fields<'a> {
    /// `x-anchorhold-key-id`.
    pub key_id: &'a str,
    /// `x-anchorhold-timestamp`.
    pub timestamp: &'a str,
    /// `x-anchorhold-nonce`.
    pub nonce: &'a str,
    /// `host`.
    pub host: &'a str,
    /// `x-anchorhold-user`.
    pub user: &'a str,
    /// `x-anchorhold-workspace`.
    pub workspace: &'a str,
    /// `x-anchorhold-agent`.
    pub agent: &'a str,
    /// `x-anchorhold-thread`.
    pub thread: &'a str,
    /// `x-anchorhold-namespace`.
    pub namespace: &'a str,
    /// `x-isolation-key`.
    pub isolation_key: &'a str,
}

/// What is signed: the version, key id, time stamp, nonce, method, target, host, user, workspace, agent,
/// thread, namespace and isolation key, each as 4 bytes of its length (big-endian) and its bytes, then
/// the 32 bytes of SHA-256 of the body.
pub fn canonical(
    fields: &Fields<'_>,
    method: &str,
    target: &str,
    body_sha256: &[u8; SIGNATURE_BYTES],
) -> Vec<u8> {
    let texts = [
        fields.key_id,
        fields.timestamp,
        fields.nonce,
        method,
        target,
        fields.host,
        fields.user,
        fields.workspace,
        fields.agent,
        fields.thread,
        fields.namespace,
        fields.isolation_key,
    ];
    let parts = std::iter::once(VERSION).chain(texts.iter().map(|text| text.as_bytes()));
    let mut bytes = Vec::new();
    for part in parts {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(part);
    }
    bytes.extend(body_sha256);
    bytes
}

/// Why a signature does not count. For the operator; a stranger is told one thing for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureProblem {
    /// Some of the headers of a signature are there, and not all.
    Incomplete,
    /// The time stamp, the nonce or the signature is not written as it must be.
    Malformed,
    /// No living key of the tenant has this id.
    KeyUnknown,
    /// It is too old, or from before this server could tell a replay.
    TooOld,
    /// It is from the future.
    TooEarly,
    /// It is of another request, or by another key.
    Mismatch,
    /// The nonce was used before.
    Replayed,
    /// The body comes in pieces, and is acted on before anybody has it whole.
    BodyInPieces,
}

impl SignatureProblem {
    /// The word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "signature_incomplete",
            Self::Malformed => "signature_malformed",
            Self::KeyUnknown => "signature_key_unknown",
            Self::TooOld => "signature_too_old",
            Self::TooEarly => "signature_too_early",
            Self::Mismatch => "signature_mismatch",
            Self::Replayed => "signature_replayed",
            Self::BodyInPieces => "signature_body_in_pieces",
        }
    }
}

/// The headers of a signature, read.
struct Shown<'a> {
    fields: Fields<'a>,
    stamped: Timestamp,
    signature: [u8; SIGNATURE_BYTES],
}

/// Whether the request is signed by a key of the tenant. A signature that is there and does not
/// count is a refusal, never as if it were absent.
pub(crate) fn is_signed(caller: &Caller, evidence: &Evidence<'_>) -> Result<bool, Denial> {
    let refused = |problem| Err(caller.denied(Reason::SignatureInvalid(problem)));
    let shown = match shown(evidence.headers) {
        Ok(Some(shown)) => shown,
        Ok(None) => return Ok(false),
        Err(reason) => return Err(caller.denied(reason)),
    };
    let (Some(tenant), Some((message, replays))) = (caller.tenant(), evidence.message) else {
        return refused(SignatureProblem::Mismatch);
    };
    let Some(body) = message.body_sha256 else {
        return refused(SignatureProblem::BodyInPieces);
    };
    let key = tenant.identity.hmac_key(shown.fields.key_id);
    // A key that nobody has is tried like any other, so that time does not tell which it was.
    let stand_in = Secret::new([0; 32]);
    let secret = key.map_or(&stand_in, HmacKey::secret);
    let bytes = canonical(&shown.fields, message.method, message.target, &body);
    let matches = RequestKey::new(secret).verify(&bytes, &shown.signature);
    let Some(key) = key else {
        return refused(SignatureProblem::KeyUnknown);
    };
    if !matches {
        return refused(SignatureProblem::Mismatch);
    }
    if shown.stamped.plus_seconds(WINDOW_SECONDS) < message.arrived {
        return refused(SignatureProblem::TooOld);
    }
    if shown.stamped > message.arrived.plus_seconds(SKEW_SECONDS) {
        return refused(SignatureProblem::TooEarly);
    }
    if message.is_again {
        return Ok(true);
    }
    let (nonce, arrived) = (shown.fields.nonce, message.arrived);
    match replays.see(key.id, nonce, shown.stamped, arrived, message.request) {
        Seen::First => Ok(true),
        Seen::Before => refused(SignatureProblem::Replayed),
        Seen::Forgotten => refused(SignatureProblem::TooOld),
        Seen::Full => Err(caller.denied(Reason::Unavailable)),
    }
}

/// Reads the headers of a signature; nothing when there are none of them.
fn shown(headers: Headers<'_>) -> Result<Option<Shown<'_>>, Reason> {
    let one = |header| headers.identity(header).map_err(|denial| denial.reason);
    let shown = [
        one(IdentityHeader::KeyId)?,
        one(IdentityHeader::Timestamp)?,
        one(IdentityHeader::Nonce)?,
        one(IdentityHeader::Signature)?,
    ];
    if shown.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [Some(key_id), Some(timestamp), Some(nonce), Some(signature)] = shown else {
        return Err(Reason::SignatureInvalid(SignatureProblem::Incomplete));
    };
    let (Some(stamped), true, Some(signature)) =
        (stamp(timestamp), is_nonce(nonce), unhex(signature))
    else {
        return Err(Reason::SignatureInvalid(SignatureProblem::Malformed));
    };
    let named = |header| one(header).map(Option::unwrap_or_default);
    let fields = Fields {
        key_id,
        timestamp,
        nonce,
        host: host(headers),
        user: named(IdentityHeader::User)?,
        workspace: named(IdentityHeader::Workspace)?,
        agent: named(IdentityHeader::Agent)?,
        thread: named(IdentityHeader::Thread)?,
        namespace: named(IdentityHeader::Namespace)?,
        isolation_key: named(IdentityHeader::IsolationKey)?,
    };
    Ok(Some(Shown {
        fields,
        stamped,
        signature,
    }))
}

/// The one `Host`; nothing when there is none or more.
fn host(headers: Headers<'_>) -> &str {
    let mut hosts = headers.values("host");
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => std::str::from_utf8(host).unwrap_or_default(),
        _ => "",
    }
}

/// Up to 12 digits, written in the one way that there is.
fn stamp(text: &str) -> Option<Timestamp> {
    let is_plain = text.len() <= 12
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    let seconds = is_plain.then(|| text.parse().ok()).flatten()?;
    Some(Timestamp::from_milliseconds(0).plus_seconds(seconds))
}

fn is_nonce(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (NONCE_BYTES_MIN..=NONCE_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}
