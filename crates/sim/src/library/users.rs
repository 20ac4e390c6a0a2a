//! Users and their second names, and moves from one place to another.

use anchorhold_identity::{Extent, Missing};
use anchorhold_memory::{Error, Movable, UserRecord, Which};
use anchorhold_model::UserHandle;
use anchorhold_wire::relocation::{Move, MoveRequest, Moved};
use anchorhold_wire::user::{CreateUser, NameUser, PatchUser};
use serde_json::{Value, json};

use super::manage::receipt;
use super::{Answer, Call, Refused, text};

/// Stands between the user and its second name in a target.
pub(crate) const BETWEEN: &str = "/links/";

fn told(record: &UserRecord) -> Value {
    let links = record.links.iter().map(|(handle, user)| {
        json!({"handle": handle, "issuer": user.issuer.as_str(), "id": user.id.as_str()})
    });
    json!({
        "handle": record.handle,
        "issuer": record.user.issuer.as_str(),
        "id": record.user.id.as_str(),
        "role": record.role,
        "known": record.is_known,
        "linked_to": record.linked_to.as_ref().map(text),
        "links": links.collect::<Vec<_>>(),
        "created_at": record.created_at,
    })
}

fn handle(digits: &str) -> Result<UserHandle, Refused> {
    UserHandle::parse(digits).ok_or_else(|| Error::UserNotFound.into())
}

impl Call<'_> {
    pub(super) fn user_create(&self) -> Answer {
        let new = self.body::<CreateUser>()?;
        let proof = self.tenant_admin()?;
        let engine = &self.server.engine;
        let (record, is_new) = engine.user_create(&proof, &new.user, new.role)?;
        let mut body = told(&record);
        body["is_new"] = is_new.into();
        Ok(body)
    }

    pub(super) fn user_list(&self) -> Answer {
        let limit = self.limit()?;
        let proof = self.tenant_admin()?;
        let cursor = self.request.parameter("cursor");
        let page = self.server.engine.user_list(&proof, limit, cursor)?;
        Ok(json!({
            "users": page.users.iter().map(told).collect::<Vec<_>>(),
            "next_cursor": page.next_cursor,
        }))
    }

    pub(super) fn user_lookup(&self) -> Answer {
        let user = self.body::<NameUser>()?;
        let proof = self.tenant_admin()?;
        Ok(told(&self.server.engine.user_find(&proof, &user)?))
    }

    pub(super) fn user_get(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let user = handle(&self.request.target)?;
        Ok(told(&self.server.engine.user_get(&proof, user)?))
    }

    pub(super) fn user_change(&self) -> Answer {
        let role = self.body::<PatchUser>()?;
        let proof = self.tenant_admin()?;
        let user = handle(&self.request.target)?;
        Ok(told(&self.server.engine.user_change(&proof, user, role)?))
    }

    pub(super) fn user_erase(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let user = handle(&self.request.target)?;
        Ok(receipt(&self.server.engine.user_erase(&proof, user)?))
    }

    pub(super) fn user_link(&self) -> Answer {
        let name = self.body::<NameUser>()?;
        let proof = self.tenant_admin()?;
        let user = handle(&self.request.target)?;
        Ok(told(&self.server.engine.user_link(&proof, user, &name)?))
    }

    pub(super) fn user_unlink(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let both = self.request.target.split_once(BETWEEN);
        let (user, name) = both.ok_or(Error::UserNotFound)?;
        let (user, name) = (handle(user)?, handle(name)?);
        Ok(told(&self.server.engine.user_unlink(&proof, user, name)?))
    }

    pub(super) fn relocate(&self) -> Answer {
        let Move {
            from,
            to,
            moved,
            dry_run,
        } = self.body::<MoveRequest>()?;
        let proof = self.tenant_admin()?;
        let (what, extent) = match moved {
            Moved::Ids(ids) => (Movable::Some(Which::Ids(ids)), Extent::One),
            Moved::Filter(filter) => (Movable::Some(Which::Matching(filter)), Extent::One),
            Moved::Everything => (Movable::Everything, Extent::Subtree),
        };
        let missing = if dry_run {
            Missing::Empty
        } else {
            Missing::Reserve
        };
        let gate = &self.server.gate;
        let legs = gate.relocation(&proof, (from, to), extent, missing)?;
        let engine = &self.server.engine;
        let done = engine.relocate(&proof, &legs, &what, dry_run, &|| true)?;
        Ok(json!({
            "matched": done.matched,
            "moved": done.moved,
            "present": done.present,
            "left": done.left,
            "there": done.there,
            "destroyed": done.destroyed,
        }))
    }
}
