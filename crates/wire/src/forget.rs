//! Forget: deletes the memories that ids or a filter name, never "everything".

use anchorhold_model::limits::FORGET_IDS_MAX;
use anchorhold_model::{Filter, NamespaceName, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, Rejection, Request, bounded, check, redacted_debug};

/// Deletes memories; exactly one of `ids` and `filter` is sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgetRequest {
    /// 1 to 1,000 ids.
    #[serde(default, deserialize_with = "bounded::list::<FORGET_IDS_MAX, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// Which memories, such as `{"tags": {"any": ["draft"]}}`.
    #[serde(default, deserialize_with = "bounded::filter")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// Whether to say only what would be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// A named namespace; the user's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}
redacted_debug!(ForgetRequest);

/// Which memories are meant.
#[derive(Clone, PartialEq)]
pub enum Selection {
    /// Those with these ids, as far as they are there.
    Ids(Vec<RecordId>),
    /// Those for which it holds.
    Filter(Filter),
}
redacted_debug!(Selection);

/// What is to be deleted, checked.
#[derive(Clone, PartialEq)]
pub struct Forget {
    /// Which memories.
    pub selection: Selection,
    /// Whether to say only what would be deleted.
    pub dry_run: bool,
    /// A named namespace.
    pub namespace: Option<NamespaceName>,
}
redacted_debug!(Forget);

impl Request for ForgetRequest {
    type Domain = Forget;

    fn into_domain(self) -> Result<Forget, Rejection> {
        let selection = match (&self.ids, &self.filter) {
            (Some(ids), None) => Selection::Ids(checked_ids(ids)?),
            (None, Some(filter)) => Selection::Filter(check::filter(filter)?),
            (Some(_), Some(_)) => {
                let message = "send \"ids\" or \"filter\", not both";
                return Err(Rejection::new(Code::RequestInvalid, message));
            }
            (None, None) => {
                let message = "send \"ids\" or \"filter\"; a request that names nothing never means everything";
                return Err(Rejection::new(Code::RequestInvalid, message));
            }
        };
        Ok(Forget {
            selection,
            dry_run: self.dry_run.unwrap_or(false),
            namespace: check::namespace(self.namespace.as_deref())?,
        })
    }
}

fn checked_ids(ids: &[String]) -> Result<Vec<RecordId>, Rejection> {
    if ids.is_empty() || ids.len() > FORGET_IDS_MAX {
        let rule = format!("must be a list of 1 to {FORGET_IDS_MAX} ids");
        return Err(Rejection::of_field(Code::RequestInvalid, "ids", rule));
    }
    ids.iter()
        .enumerate()
        .map(|(position, id)| check::record_id(&format!("ids[{position}]"), id))
        .collect()
}

/// What was deleted, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForgetReply {
    /// How many.
    pub deleted: u64,
    /// Which.
    pub ids: Vec<String>,
    /// True when nothing was deleted because the request asked for a rehearsal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}
