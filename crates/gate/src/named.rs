//! Which named namespace a request names: in its body, its query or a header, but only one.

use anchorhold_identity::{IdentityHeader, Reason};
use anchorhold_model::NamespaceName;

use crate::Ask;

pub(crate) fn one(ask: &Ask<'_>) -> Result<Option<NamespaceName>, Reason> {
    let header = IdentityHeader::Namespace;
    let from_header = match ask
        .headers
        .identity(header)
        .map_err(|denial| denial.reason)?
    {
        None => None,
        Some(text) => Some(
            NamespaceName::parse(text).map_err(|error| Reason::NameInvalid {
                field: header.name().into(),
                error,
            })?,
        ),
    };
    let mut names = ask.named.iter().chain(&from_header);
    let Some(first) = names.next() else {
        return Ok(None);
    };
    if names.any(|name| name != first) {
        return Err(Reason::NamespaceConflict);
    }
    Ok(Some(first.clone()))
}
