//! Sandboxes, as the admins of a tenant see them.

use anchorhold_memory::{Error, Page, SandboxRecord};
use anchorhold_model::SandboxHandle;
use anchorhold_wire::quarantine::ApproveSandbox;
use serde_json::{Value, json};

use super::manage::receipt;
use super::{Answer, Call, Refused, shown, text};

fn told(record: &SandboxRecord) -> Value {
    json!({
        "sandbox": record.handle,
        "key_id": record.by,
        "claim": record.claim.as_ref().map(text),
        "source": record.source,
        "is_asserted": record.is_asserted,
        "approved_for": record.approved_for.as_ref().map(text),
        "created_at": record.created_at,
        "used_at": record.used_at,
        "expires_at": record.expires_at,
        "has_namespace": record.namespace.is_some(),
    })
}

impl Call<'_> {
    fn sandbox(&self) -> Result<SandboxHandle, Refused> {
        let sandbox = SandboxHandle::parse(&self.request.target);
        sandbox.ok_or_else(|| Error::NamespaceNotFound.into())
    }

    pub(super) fn sandbox_list(&self) -> Answer {
        let limit = self.limit()?;
        let proof = self.tenant_admin()?;
        let records = self.server.engine.sandbox_list(&proof, limit)?;
        Ok(json!({"sandboxes": records.iter().map(told).collect::<Vec<_>>()}))
    }

    pub(super) fn sandbox_show(&self) -> Answer {
        let page = Page {
            limit: self.limit()?,
            cursor: self.request.parameter("cursor").map(str::to_owned),
        };
        let proof = self.tenant_admin()?;
        let sandbox = self.sandbox()?;
        let scope = self.server.gate.sandbox(&proof, sandbox)?;
        let engine = &self.server.engine;
        let one = engine.sandbox_show(&proof, sandbox, scope.as_ref(), &page)?;
        let memories = scope.iter().flat_map(|scope| {
            let memories = one.listed.memories.iter();
            memories.map(|memory| shown(scope, memory))
        });
        let mut body = told(&one.record);
        body["version"] = one.version.into();
        body["memories"] = memories.collect();
        body["next_cursor"] = one.listed.next_cursor.into();
        Ok(body)
    }

    pub(super) fn sandbox_approve(&self) -> Answer {
        let approval = self.body::<ApproveSandbox>()?;
        let proof = self.tenant_admin()?;
        let sandbox = self.sandbox()?;
        let from = self.server.gate.sandbox(&proof, sandbox)?;
        let to = self.server.gate.approved(&proof, approval.user)?;
        let engine = &self.server.engine;
        let places = (from.as_ref(), &to);
        let done = engine.sandbox_approve(&proof, sandbox, places, approval.version)?;
        Ok(json!({
            "user": text(&done.user),
            "moved": done.moved,
            "receipt": receipt(&done.receipt),
        }))
    }

    pub(super) fn sandbox_reject(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let rejected = self.server.engine.sandbox_reject(&proof, self.sandbox()?)?;
        Ok(receipt(&rejected))
    }
}
