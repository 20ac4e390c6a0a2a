//! Named namespaces: made, listed, described, dropped.

use anchorhold_model::limits::DESCRIPTION_BYTES_MAX;
use anchorhold_model::{Change, NamespaceId, NamespaceName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::erase::Receipt;
use crate::{Code, Rejection, Request, check, redacted_debug};

/// Makes a named namespace.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateNamespace {
    /// 1 to 8 segments, such as `org/acme`.
    pub name: String,
    /// What it is for, at most 1,024 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
redacted_debug!(CreateNamespace);

/// A namespace to make, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct NewNamespace {
    /// The name.
    pub name: NamespaceName,
    /// What it is for.
    pub description: Option<String>,
}
redacted_debug!(NewNamespace);

impl Request for CreateNamespace {
    type Domain = NewNamespace;

    fn into_domain(self) -> Result<NewNamespace, Rejection> {
        Ok(NewNamespace {
            name: check::namespace_name("name", &self.name)?,
            description: description(self.description)?,
        })
    }
}

/// Describes a named namespace anew.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchNamespace {
    /// What it is for; null takes the description away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, required = false)]
    pub description: Change<String>,
}
redacted_debug!(PatchNamespace);

/// The new description, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct NamespaceChanges {
    /// What it is for from now on.
    pub description: Option<String>,
}
redacted_debug!(NamespaceChanges);

impl Request for PatchNamespace {
    type Domain = NamespaceChanges;

    fn into_domain(self) -> Result<NamespaceChanges, Rejection> {
        if self.description.is_keep() {
            let message = "nothing is changed; send \"description\"";
            return Err(Rejection::new(Code::RequestInvalid, message));
        }
        Ok(NamespaceChanges {
            description: description(self.description.apply(None))?,
        })
    }
}

/// An empty description is none.
fn description(text: Option<String>) -> Result<Option<String>, Rejection> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => {
            check::text("description", &text, DESCRIPTION_BYTES_MAX)?;
            Ok(Some(text))
        }
    }
}

/// A named namespace.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamespaceBody {
    /// Names this incarnation; another after the namespace was dropped and made again.
    #[schema(value_type = String)]
    pub id: NamespaceId,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}
redacted_debug!(NamespaceBody);

/// The named namespaces that the key may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamespaceList {
    /// The namespaces.
    pub namespaces: Vec<NamespaceBody>,
    /// What the next request sends as `cursor`; null on the last page.
    pub next_cursor: Option<String>,
}

/// A named namespace is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamespaceDeleted {
    /// The id that was asked for.
    #[schema(value_type = String)]
    pub id: NamespaceId,
    /// Always true.
    pub deleted: bool,
    /// What was destroyed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}
