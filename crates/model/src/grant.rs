//! A grant: which named namespaces a credential reaches, and with which access.

use std::fmt;

use crate::{AccessSet, NamespaceName, TextError};

/// Names exactly one named namespace, a subtree of whole segments, or all of a tenant.
/// Never another kind of namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantPattern {
    /// `org/acme`: that name alone.
    Exact(NamespaceName),
    /// `org/acme/**`: every name below it, whole segments; not the name itself.
    Subtree(NamespaceName),
    /// `**`: every named namespace of the tenant.
    Everything,
}

/// A pattern and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which named namespaces.
    pub pattern: GrantPattern,
    /// What may be done there.
    pub access: AccessSet,
}

impl GrantPattern {
    /// Reads `org/acme`, `org/acme/**` or `**`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text == "**" {
            return Ok(Self::Everything);
        }
        match text.strip_suffix("/**") {
            Some(root) => NamespaceName::parse(root).map(Self::Subtree),
            None => NamespaceName::parse(text).map(Self::Exact),
        }
    }

    /// Whether the pattern covers `name`.
    pub fn covers(&self, name: &NamespaceName) -> bool {
        #[cfg(feature = "sabotage")]
        if let Self::Subtree(root) = self
            && crate::sabotage::is(crate::sabotage::Bug::GrantByCharacters)
        {
            return name.to_string().starts_with(&root.to_string());
        }
        match self {
            Self::Exact(exact) => exact == name,
            Self::Subtree(root) => {
                let (root, name) = (root.segments(), name.segments());
                name.len() > root.len() && name.starts_with(root)
            }
            Self::Everything => true,
        }
    }
}

impl fmt::Display for GrantPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(formatter, "{name}"),
            Self::Subtree(root) => write!(formatter, "{root}/**"),
            Self::Everything => formatter.write_str("**"),
        }
    }
}

#[cfg(test)]
mod tests;
