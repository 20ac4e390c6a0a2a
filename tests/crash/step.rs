//! One request and what it changes.

use serde_json::{Value, json};

use super::history::{Changes, Kept, Place};

/// A request that changes all of its places or none.
#[derive(Clone)]
pub(crate) struct Step {
    /// The verb as the audit log has it.
    pub(crate) verb: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) body: Option<Value>,
    /// The status of success.
    pub(crate) status: u16,
    pub(crate) changes: Changes,
}

/// What a memory holds at first or after a change; `what` occurs in every part of it.
pub(crate) fn kept(user: &str, what: &str, version: u64) -> Kept {
    Kept {
        content: format!("{user} {what}"),
        tags: vec![format!("tag {what}"), user.to_owned()],
        topic: format!("topic {what}"),
        version,
    }
}

fn draft(place: &Place, kept: &Kept) -> Value {
    let mut body = facets(kept);
    body["id"] = json!(place.id);
    body
}

fn facets(kept: &Kept) -> Value {
    json!({"content": kept.content, "tags": kept.tags, "metadata": {"topic": kept.topic}})
}

impl Step {
    pub(crate) fn remember(place: Place, kept: Kept) -> Self {
        Self {
            verb: "remember",
            method: "POST",
            target: "/v1/memories".to_owned(),
            body: Some(draft(&place, &kept)),
            status: 201,
            changes: [(place, Some(kept))].into(),
        }
    }

    pub(crate) fn batch(memories: Vec<(Place, Kept)>) -> Self {
        let drafts: Vec<_> = memories
            .iter()
            .map(|(place, kept)| draft(place, kept))
            .collect();
        let kept = |(place, kept)| (place, Some(kept));
        Self {
            verb: "remember_batch",
            method: "POST",
            target: "/v1/memories/batch".to_owned(),
            body: Some(json!({"memories": drafts})),
            status: 200,
            changes: memories.into_iter().map(kept).collect(),
        }
    }

    pub(crate) fn change(place: Place, kept: Kept) -> Self {
        Self {
            verb: "change",
            method: "PATCH",
            target: format!("/v1/memories/{}", place.id),
            body: Some(facets(&kept)),
            status: 200,
            changes: [(place, Some(kept))].into(),
        }
    }

    pub(crate) fn delete(place: Place) -> Self {
        Self {
            verb: "delete",
            method: "DELETE",
            target: format!("/v1/memories/{}", place.id),
            body: None,
            status: 200,
            changes: [(place, None)].into(),
        }
    }

    pub(crate) fn forget(places: Vec<Place>) -> Self {
        let ids: Vec<_> = places.iter().map(|place| place.id.clone()).collect();
        Self {
            verb: "forget",
            method: "POST",
            target: "/v1/forget".to_owned(),
            body: Some(json!({"ids": ids})),
            status: 200,
            changes: places.into_iter().map(|place| (place, None)).collect(),
        }
    }

    /// Forgets a user as a whole; `places` are all that it has.
    pub(crate) fn erase(user: &str, places: Vec<Place>) -> Self {
        Self {
            verb: "erase_user",
            method: "POST",
            target: "/v1/erase".to_owned(),
            body: Some(json!({"user": user})),
            status: 200,
            changes: places.into_iter().map(|place| (place, None)).collect(),
        }
    }
}
