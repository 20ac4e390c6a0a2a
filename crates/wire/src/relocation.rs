//! Moves: memories of one place of a tenant go to another one, as its admins decide.

use anchorhold_model::limits::FORGET_IDS_MAX;
use anchorhold_model::{Filter, Part, Place, RecordId, SubScopes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::forget::{ForgetRequest, Selection};
use crate::user::NameUser;
use crate::{Code, Rejection, Request, bounded, check, redacted_debug};

/// A place of the tenant: a user, the shared namespace or a named one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceName {
    /// True for the one shared namespace of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
    /// A named namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The id of a user, as the issuer writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Who vouches for the id; `local` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// A workspace of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// An agent of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// A thread of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}
redacted_debug!(PlaceName);

impl PlaceName {
    fn place(self, field: &str) -> Result<Place, Rejection> {
        let below = |name: &str| format!("{field}.{name}");
        let part = |name: &str, text: Option<String>| {
            let parsed = text.map(|text| Part::parse(&text)).transpose();
            parsed.map_err(|error| Rejection::of_field(Code::NameInvalid, &below(name), error))
        };
        let parts = SubScopes {
            workspace: part("workspace", self.workspace)?,
            agent: part("agent", self.agent)?,
            thread: part("thread", self.thread)?,
        };
        let is_bare = parts == SubScopes::default() && self.issuer.is_none();
        match (self.shared, self.namespace, self.user) {
            (Some(true), None, None) if is_bare => Ok(Place::Shared),
            (None, Some(name), None) if is_bare => {
                check::namespace_name(&below("namespace"), &name).map(Place::Named)
            }
            (None, None, Some(id)) => {
                let issuer = self.issuer;
                let user = NameUser { id, issuer }.into_domain();
                let user = user.map_err(|rejection| {
                    let inside = rejection.field.as_deref().map(|inside| match inside {
                        "id" => below("user"),
                        other => below(other),
                    });
                    Rejection {
                        field: inside,
                        ..rejection
                    }
                })?;
                Ok(Place::User(user, parts))
            }
            _ => {
                let rule = "must be {\"shared\": true}, {\"namespace\": \"..\"}, or {\"user\": \"..\"} with \"issuer\", \"workspace\", \"agent\" and \"thread\" as needed";
                Err(Rejection::of_field(Code::RequestInvalid, field, rule))
            }
        }
    }
}

/// Moves memories; exactly one of `ids`, `filter` and `everything` is sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Where they are.
    pub from: PlaceName,
    /// Where they go. A user who is not known is known then; a named namespace must be there.
    pub to: PlaceName,
    /// 1 to 1,000 ids; those that are not there are passed over.
    #[serde(default, deserialize_with = "bounded::list::<FORGET_IDS_MAX, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// Which memories, such as `{"created_at": {"lte": "2026-06-30T23:59:59Z"}}`.
    #[serde(default, deserialize_with = "bounded::filter")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// True for all of them; the namespaces are destroyed once they are empty. From user to user all
    /// workspaces, agents and threads go along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everything: Option<bool>,
    /// Whether to say only what would be moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}
redacted_debug!(MoveRequest);

/// Which memories are meant.
#[derive(Clone, PartialEq)]
pub enum Moved {
    /// Those with these ids.
    Ids(Vec<RecordId>),
    /// Those for which it holds.
    Filter(Filter),
    /// All of them.
    Everything,
}
redacted_debug!(Moved);

/// A move, checked.
#[derive(Clone, PartialEq)]
pub struct Move {
    /// Where the memories are.
    pub from: Place,
    /// Where they go.
    pub to: Place,
    /// Which.
    pub moved: Moved,
    /// Whether to say only what would be moved.
    pub dry_run: bool,
}
redacted_debug!(Move);

impl Request for MoveRequest {
    type Domain = Move;

    fn into_domain(self) -> Result<Move, Rejection> {
        let (ids, filter) = (self.ids, self.filter);
        let moved = match (self.everything, ids.is_some() || filter.is_some()) {
            (Some(true), false) => Moved::Everything,
            (None, true) => {
                let which = ForgetRequest {
                    ids,
                    filter,
                    ..ForgetRequest::default()
                };
                match which.into_domain()?.selection {
                    Selection::Ids(ids) => Moved::Ids(ids),
                    Selection::Filter(filter) => Moved::Filter(filter),
                }
            }
            _ => {
                let message = "send one of \"ids\", \"filter\" and \"everything\": true; a request that names nothing never means everything";
                return Err(Rejection::new(Code::RequestInvalid, message));
            }
        };
        Ok(Move {
            from: self.from.place("from")?,
            to: self.to.place("to")?,
            moved,
            dry_run: self.dry_run.unwrap_or(false),
        })
    }
}

/// What a move did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveReply {
    /// Memories that were meant.
    pub matched: u64,
    /// Those that are there now and were not before. With `present` they are all that were meant.
    pub moved: u64,
    /// Those that were there already, the same in everything; they are gone from where they were.
    pub present: u64,
    /// Memories that are left where they were.
    pub left: u64,
    /// Memories that are there now.
    pub there: u64,
    /// Namespaces that were empty then and are destroyed, each with its key.
    pub destroyed: u64,
    /// True when nothing was moved because the request asked for a rehearsal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}
