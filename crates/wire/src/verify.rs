//! What a look at everything that is stored finds, page by page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Rejection, Request};

/// Looks at a part of what is stored; without `next` at the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether to finish what a crash left undone; heeded on the first page.
    #[serde(default)]
    pub repair: bool,
    /// Whether to list the namespaces that were looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub list: bool,
}

impl Request for Verify {
    type Domain = Self;

    fn into_domain(self) -> Result<Self, Rejection> {
        Ok(self)
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checked {
    /// Rows of the catalogue.
    pub rows: u64,
    /// Wrapped keys of namespaces.
    pub keys: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Records, each opened.
    pub records: u64,
    /// Audit chains.
    pub chains: u64,
    /// Links of audit chains.
    pub links: u64,
}

/// A namespace that was looked at and is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookedAt {
    /// The opaque id.
    pub namespace: String,
    /// The name of its tenant.
    pub tenant: Option<String>,
    /// Records in it.
    pub records: u64,
}

/// One finding: ids and words, never a name or content of a user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct FindingBody {
    /// The opaque id of the namespace, where it is one.
    pub namespace: Option<String>,
    /// The name of its tenant, where it has one.
    pub tenant: Option<String>,
    /// Which part: `install`, `catalogue`, `keyring`, `namespace_key`, `namespace_file`,
    /// `namespace_log` or `audit_chain`.
    pub role: String,
    /// What is wrong with it, in a word.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// What a part of the look found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerifyPage {
    /// How much was looked at.
    pub checked: Checked,
    /// What is not what was stored.
    pub damage: Vec<FindingBody>,
    /// What a crash left undone; it harms nobody.
    pub unfinished: Vec<FindingBody>,
    /// What a crash left undone and this request has finished.
    pub finished: Vec<FindingBody>,
    /// The namespaces that are whole, when a list was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<LookedAt>,
    /// What to send for the next page; `null` on the last.
    pub next: Option<String>,
}

impl VerifyPage {
    /// Adds what the next page found.
    pub fn extend(&mut self, page: Self) {
        self.checked.rows += page.checked.rows;
        self.checked.keys += page.checked.keys;
        self.checked.namespaces += page.checked.namespaces;
        self.checked.records += page.checked.records;
        self.checked.chains += page.checked.chains;
        self.checked.links += page.checked.links;
        self.damage.extend(page.damage);
        self.unfinished.extend(page.unfinished);
        self.finished.extend(page.finished);
        self.namespaces.extend(page.namespaces);
        self.next = page.next;
    }
}
