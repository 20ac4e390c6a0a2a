//! Query parameters: known ones, once each, within their limits; an unknown one is refused with
//! the name that was probably meant.

use std::collections::BTreeMap;

use anchorhold_model::NamespaceName;
use anchorhold_wire::{Code, page_limit};

use crate::refusal::Refusal;

/// A parameter of a route, as the OpenAPI document shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// The name.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) description: &'static str,
    /// Its JSON type in the document.
    pub(crate) kind: &'static str,
}

/// The named namespace, for routes without a body.
pub(crate) const NAMESPACE: Parameter = Parameter {
    name: "namespace",
    description: "A named namespace such as `org/acme`; the user's own when absent.",
    kind: "string",
};
/// The length of a page.
pub(crate) const LIMIT: Parameter = Parameter {
    name: "limit",
    description: "How many, 1 to 200; 50 when absent.",
    kind: "integer",
};
/// Where a page begins.
pub(crate) const CURSOR: Parameter = Parameter {
    name: "cursor",
    description: "The `next_cursor` of the page before; accepted for a day, for this list alone.",
    kind: "string",
};

/// Whether an export carries vectors.
pub(crate) const VECTORS: Parameter = Parameter {
    name: "vectors",
    description: "`false` leaves the vectors out; an import embeds the texts then.",
    kind: "boolean",
};

/// The parameters of one request, decoded.
#[derive(Debug, Default)]
pub(crate) struct Query(BTreeMap<&'static str, String>);

impl Query {
    /// Reads the raw query of a request to a route that knows `known`.
    pub(crate) fn read(raw: Option<&str>, known: &[Parameter]) -> Result<Self, Refusal> {
        let mut values = BTreeMap::new();
        let pairs = raw.unwrap_or_default().split('&');
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).unwrap_or_default();
            let Some(known) = known.iter().find(|known| known.name == name) else {
                return Err(unknown(&name, known));
            };
            let value = decode(value).ok_or_else(|| {
                let rule = "must be UTF-8, escaped with % and two hexadecimal digits";
                Refusal::of_field(Code::RequestInvalid, known.name, rule)
            })?;
            if values.insert(known.name, value).is_some() {
                let rule = "stands twice in the query; send it once";
                return Err(Refusal::of_field(Code::RequestInvalid, known.name, rule));
            }
        }
        Ok(Self(values))
    }

    /// All of them by their names.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn into_values(self) -> BTreeMap<&'static str, String> {
        self.0
    }

    fn get(&self, parameter: Parameter) -> Option<&str> {
        self.0.get(parameter.name).map(String::as_str)
    }

    /// The named namespace.
    pub(crate) fn namespace(&self) -> Result<Option<NamespaceName>, Refusal> {
        let name = self.get(NAMESPACE).map(NamespaceName::parse).transpose();
        name.map_err(|error| Refusal::of_field(Code::NameInvalid, NAMESPACE.name, error))
    }

    /// The length of a page.
    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        let limit = match self.get(LIMIT) {
            None => None,
            // What is no number is refused as a number out of range is.
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(text.parse().unwrap_or(0))
            }
            Some(_) => Some(0),
        };
        Ok(page_limit(limit)?)
    }

    /// Whether vectors are asked for.
    pub(crate) fn vectors(&self) -> Result<bool, Refusal> {
        match self.get(VECTORS) {
            None | Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => {
                let rule = "must be true or false";
                Err(Refusal::of_field(Code::RequestInvalid, VECTORS.name, rule))
            }
        }
    }

    /// Where a page begins.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.get(CURSOR)
    }
}

fn unknown(name: &str, known: &[Parameter]) -> Refusal {
    let shown: String = name.escape_debug().take(80).collect();
    let letters_max = (name.chars().count() / 3).clamp(1, 3);
    let nearest = known
        .iter()
        .filter(|_| name.len() <= 64)
        .map(|known| (strsim::damerau_levenshtein(name, known.name), known.name))
        .filter(|(distance, _)| *distance <= letters_max)
        .min();
    let names: Vec<&str> = known.iter().map(|known| known.name).collect();
    let hint = match nearest {
        Some((_, nearest)) => format!("is no query parameter here, did you mean \"{nearest}\"?"),
        None if known.is_empty() => "is no query parameter here; this route knows none".to_owned(),
        None => format!("is no query parameter here; known are {}", names.join(", ")),
    };
    Refusal::of_field(Code::RequestInvalid, &shown, hint)
}

/// Undoes the escapes of `application/x-www-form-urlencoded`; `None` for what is none.
fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}
