//! Signed tokens (JWT, RFC 7519) of issuers that a tenant configured.
//!
//! INVARIANT: what a token says of itself chooses which keys of its configured issuer are tried, and
//! nothing else: not the algorithm, not a key, not an address to fetch one from.

use std::fmt;
use std::sync::Arc;

use anchorhold_crypto::{JwsAlgorithm, JwsKey};
use anchorhold_model::limits::JWT_BYTES_MAX;
use anchorhold_model::{Issuer, JwksUrl, Part, Timestamp, UserId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Number, Value};
use zeroize::Zeroizing;

/// An issuer whose tokens a tenant takes, with the keys that check them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtKeySet {
    /// What the tenant calls it.
    pub name: Part,
    /// Whose users its subjects are: `jwt:<name>`, or `local` on purpose.
    pub vouches: Issuer,
    /// What the claim `iss` must say.
    pub iss: String,
    /// What the claim `aud` must hold; without one it must be absent.
    pub audience: Option<String>,
    /// The claim that says `viewer` of whoever may only read.
    pub role_claim: Option<String>,
    /// How far the issuer's clock may be off, in seconds.
    pub leeway_seconds: u64,
    /// How far in the future `exp` may lie, in seconds; as far as the issuer likes without it.
    pub lifetime_seconds_max: Option<u64>,
    /// The keys.
    pub keys: JwtKeys,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JwtKeys {
    /// They were given with it.
    Given(Arc<[JwtKey]>),
    /// The issuer publishes them.
    Published(JwksSource),
}

/// Where an issuer publishes its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksSource {
    /// The address of the document.
    pub url: JwksUrl,
    /// What its keys may check; a key there is of one of these or passed over.
    pub algorithms: Vec<JwsAlgorithm>,
}

/// What published keys may check: not what everybody who reads them could sign.
pub const PUBLISHED_ALGORITHMS: [JwsAlgorithm; 3] = [
    JwsAlgorithm::Rs256,
    JwsAlgorithm::Es256,
    JwsAlgorithm::EdDsa,
];

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKeyForm {
    /// A shared secret, as the text itself.
    Secret,
    /// A public key as PEM.
    Pem,
    /// A key as JWK.
    Jwk,
}

/// A key that checks tokens.
#[derive(Clone)]
pub struct JwtKey {
    /// What the header's `kid` must say, if it must say something.
    pub kid: Option<String>,
    /// How it is written.
    pub form: JwtKeyForm,
    text: Zeroizing<String>,
    key: Arc<JwsKey>,
}

impl JwtKey {
    /// Reads a key; `None` when it is none of this algorithm.
    pub fn new(
        kid: Option<String>,
        algorithm: JwsAlgorithm,
        form: JwtKeyForm,
        text: String,
    ) -> Option<Self> {
        let text = Zeroizing::new(text);
        let key = match form {
            JwtKeyForm::Secret if algorithm == JwsAlgorithm::Hs256 => {
                JwsKey::from_secret(text.as_bytes())
            }
            JwtKeyForm::Secret => None,
            JwtKeyForm::Pem => JwsKey::from_pem(algorithm, &text),
            JwtKeyForm::Jwk => JwsKey::from_jwk(algorithm, &text),
        };
        let key = Arc::new(key?);
        Some(Self {
            kid,
            form,
            text,
            key,
        })
    }

    /// The algorithm, which no token changes.
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.key.algorithm()
    }

    /// As it was written, to be stored; a secret if it is a shared one.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl PartialEq for JwtKey {
    fn eq(&self, other: &Self) -> bool {
        let of = |key: &Self| (key.kid.clone(), key.form, key.algorithm());
        of(self) == of(other) && self.text == other.text
    }
}

impl Eq for JwtKey {}

impl fmt::Debug for JwtKey {
    /// Secrets do not belong into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "JwtKey({}, ..)", self.algorithm().as_str())
    }
}

/// Why a signed token does not count. For the operator; a stranger is told one thing for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtProblem {
    /// It is no JWT, or one with claims of other types.
    Malformed,
    /// It is of a type that is no token of access, or demands something that is unknown.
    Unsupported,
    /// No key of its issuer has its `kid`.
    KeyUnknown,
    /// Its `alg` is not that of the key.
    Algorithm,
    /// The signature is not by the key.
    Mismatch,
    /// It has no `exp`, or its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It would count for longer than tokens of this kind may.
    TooLong,
    /// It has no `sub`, or one that is no user id.
    Subject,
    /// It is of an issuer of another tenant.
    Foreign,
}

impl JwtProblem {
    /// Whether a key of its issuer has signed the token all the same.
    pub const fn is_signed(self) -> bool {
        match self {
            Self::Expired | Self::NotYet | Self::TooLong | Self::Subject | Self::Foreign => true,
            Self::Malformed
            | Self::Unsupported
            | Self::KeyUnknown
            | Self::Algorithm
            | Self::Mismatch => false,
        }
    }

    /// The word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "jwt_malformed",
            Self::Unsupported => "jwt_unsupported",
            Self::KeyUnknown => "jwt_key_unknown",
            Self::Algorithm => "jwt_algorithm",
            Self::Mismatch => "jwt_mismatch",
            Self::Expired => "jwt_expired",
            Self::NotYet => "jwt_not_yet",
            Self::TooLong => "jwt_too_long",
            Self::Subject => "jwt_subject",
            Self::Foreign => "jwt_foreign",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<Number>,
    nbf: Option<Number>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A token as it was sent; nothing in it is believed.
pub(crate) struct Unverified<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Header,
    claims: Claims,
}

/// What a token showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: UserId,
    /// Whoever it is may only read.
    pub(crate) is_viewer: bool,
}

/// Whether a text can only be meant as a signed token.
pub(crate) fn is_meant(text: &str) -> bool {
    // Base64 of `{"`, as a header begins, and two points or more.
    text.starts_with("ey") && text.bytes().filter(|byte| *byte == b'.').count() >= 2
}

impl<'a> Unverified<'a> {
    /// Reads a token in its compact form.
    pub(crate) fn read(text: &'a str) -> Result<Self, JwtProblem> {
        let malformed = JwtProblem::Malformed;
        if text.len() > JWT_BYTES_MAX {
            return Err(malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(malformed)?;
        Ok(Self {
            header: json(header).ok_or(malformed)?,
            claims: json(claims).ok_or(malformed)?,
            signed,
            signature,
        })
    }

    /// Who it says has issued it.
    pub(crate) fn iss(&self) -> Option<&str> {
        self.claims.iss.as_deref()
    }

    /// For whom it says it is.
    pub(crate) fn audiences(&self) -> &[String] {
        match &self.claims.aud {
            None => &[],
            Some(Audience::One(one)) => std::slice::from_ref(one),
            Some(Audience::Many(many)) => many,
        }
    }

    /// Which key it says has signed it.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Whether a key of this source may have signed it; where none may, none is fetched.
    pub(crate) fn check_source(&self, source: &JwksSource) -> Result<(), JwtProblem> {
        self.check_header()?;
        let mut known = source.algorithms.iter();
        if known.any(|algorithm| algorithm.as_str() == self.header.alg) {
            return Ok(());
        }
        Err(JwtProblem::Algorithm)
    }

    /// What it shows, if one of `keys` has signed it and its time is now.
    pub(crate) fn verify(
        &self,
        set: &JwtKeySet,
        keys: &[JwtKey],
        now: Timestamp,
    ) -> Result<Shown, JwtProblem> {
        self.check_header()?;
        let mut keys = self.fitting(keys).peekable();
        if keys.peek().is_none() {
            return Err(JwtProblem::KeyUnknown);
        }
        let mut fitting = keys.filter(|key| key.algorithm().as_str() == self.header.alg);
        let mut problem = JwtProblem::Algorithm;
        let is_signed = fitting.any(|key| {
            problem = JwtProblem::Mismatch;
            key.key.verify(self.signed, self.signature)
        });
        if !is_signed {
            return Err(problem);
        }
        self.check_claims(set, now)?;
        let id = self.claims.sub.as_deref().map(UserId::parse);
        let Some(Ok(id)) = id else {
            return Err(JwtProblem::Subject);
        };
        let is_viewer = set.role_claim.as_deref().is_some_and(|claim| {
            let said = self.claims.others.get(claim);
            said.is_some_and(says_viewer)
        });
        Ok(Shown { id, is_viewer })
    }

    fn check_header(&self) -> Result<(), JwtProblem> {
        let is_token = self.header.typ.as_deref().is_none_or(|typ| {
            let typ = typ.strip_prefix("application/").unwrap_or(typ);
            ["jwt", "at+jwt"]
                .iter()
                .any(|known| typ.eq_ignore_ascii_case(known))
        });
        if self.header.crit.is_some() || !is_token {
            return Err(JwtProblem::Unsupported);
        }
        Ok(())
    }

    /// The keys that its `kid` may mean.
    fn fitting<'keys>(&self, keys: &'keys [JwtKey]) -> impl Iterator<Item = &'keys JwtKey> {
        let is_only = keys.len() == 1;
        keys.iter()
            .filter(move |key| match (&key.kid, &self.header.kid) {
                (None, _) => true,
                (Some(_), None) => is_only,
                (Some(known), Some(named)) => known == named,
            })
    }

    fn check_claims(&self, set: &JwtKeySet, now: Timestamp) -> Result<(), JwtProblem> {
        let is_for_us = match &set.audience {
            Some(ours) => self.audiences().contains(ours),
            None => self.claims.aud.is_none(),
        };
        if self.iss() != Some(set.iss.as_str()) || !is_for_us {
            return Err(JwtProblem::Foreign);
        }
        let ends = self.claims.exp.as_ref().and_then(time);
        if ends.is_none_or(|ends| ends.plus_seconds(set.leeway_seconds) <= now) {
            return Err(JwtProblem::Expired);
        }
        let latest = set.lifetime_seconds_max;
        let latest = latest.map(|seconds| now.plus_seconds(seconds + set.leeway_seconds));
        if latest.is_some_and(|latest| ends.is_some_and(|ends| ends > latest)) {
            return Err(JwtProblem::TooLong);
        }
        let begins = self.claims.nbf.as_ref().map(time);
        let early = now.plus_seconds(set.leeway_seconds);
        if begins.is_some_and(|begins| begins.is_none_or(|begins| begins > early)) {
            return Err(JwtProblem::NotYet);
        }
        Ok(())
    }
}

/// A time in seconds since 1970; a part of a second does not count.
fn time(seconds: &Number) -> Option<Timestamp> {
    let text = seconds.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    // Of a number with an exponent the whole part says nothing.
    let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = is_plain.then(|| whole.parse().ok()).flatten()?;
    Some(Timestamp::from_milliseconds(0).plus_seconds(seconds))
}

fn says_viewer(said: &Value) -> bool {
    match said {
        Value::String(role) => role == "viewer",
        Value::Array(roles) => roles.iter().any(says_viewer),
        _ => false,
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(part).ok()?);
    // What nobody reads would else be passed over whatever its bytes are.
    serde_json::from_str(std::str::from_utf8(&bytes).ok()?).ok()
}
