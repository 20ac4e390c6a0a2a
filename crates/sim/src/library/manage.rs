//! Erasing, who one is, namespaces and keys.

use anchorhold_gate::Erased;
use anchorhold_identity::{Admin, Missing, NamedSession, Read, Right, Scope, TenantAdmin};
use anchorhold_memory::{Error, NamespaceRecord, NewKey, Receipt};
use anchorhold_model::{KeyId, NamespaceId};
use anchorhold_wire::erase::{Erase as Doomed, EraseRequest};
use anchorhold_wire::key::{ActAs, CreateKey};
use anchorhold_wire::namespace::{CreateNamespace, PatchNamespace};
use serde_json::{Value, json};

use super::{Answer, Call, Refused, text};

pub(super) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "receipt_id": receipt.receipt_id,
        "namespaces": receipt.namespaces,
        "records": receipt.records,
        "key_ids": receipt.key_ids,
        "erased_at": receipt.erased_at,
        "residues": text(&receipt.residues),
        "audit_id": receipt.audit_id,
    })
}

fn described(record: &NamespaceRecord) -> Value {
    json!({
        "id": record.id,
        "name": record.name.to_string(),
        "description": record.description,
        "created_at": record.created_at,
    })
}

impl Call<'_> {
    pub(super) fn erase(&self) -> Answer {
        let (engine, gate) = (&self.server.engine, &self.server.gate);
        let erased = match self.body::<EraseRequest>()? {
            Doomed::User(id) => Erased::User(id),
            Doomed::Own => Erased::Own,
            Doomed::Session(id) => Erased::Session(NamedSession::Id(id)),
            Doomed::SessionOf(handle) => Erased::Session(NamedSession::Handle(handle)),
            Doomed::Namespace(name) => {
                let scope = self.scope::<Admin>(Some(name), Missing::Empty)?;
                let scope = scope.ok_or(Error::NamespaceNotFound)?;
                return Ok(receipt(&engine.erase_namespace(&scope)?));
            }
        };
        let proof = self.gate(None, |ask| gate.subject_erasure(ask, erased))?;
        Ok(receipt(&engine.erase_subject(&proof)?))
    }

    pub(super) fn whoami(&self) -> Answer {
        let who = self.gate(None, |ask| self.server.gate.who(ask))?;
        Ok(json!({
            "tenant": who.tenant.as_str(),
            "subject": text(&who.subject),
            "strength": text(&who.strength),
            "mode": who.trust_mode,
            "place": text(&who.place),
            "namespace": who.namespace,
            "grants": text(&who.grants),
            "key_id": who.key.to_string(),
        }))
    }

    pub(super) fn namespace_create(&self) -> Answer {
        let new = self.body::<CreateNamespace>()?;
        let proof = self.gate(None, |ask| self.server.gate.creation(ask, new.name))?;
        let engine = &self.server.engine;
        Ok(described(
            &engine.namespace_create(&proof, new.description)?,
        ))
    }

    pub(super) fn namespace_list(&self) -> Answer {
        let limit = self.limit()?;
        let proof = self.gate(None, |ask| self.server.gate.listing(ask))?;
        let cursor = self.request.parameter("cursor");
        let page = self.server.engine.namespace_list(&proof, limit, cursor)?;
        Ok(json!({
            "namespaces": page.namespaces.iter().map(described).collect::<Vec<_>>(),
            "next_cursor": page.next_cursor,
        }))
    }

    fn by_id<A: Right>(&self) -> Result<Scope<A>, Refused> {
        let id = NamespaceId::parse(&self.request.target).ok_or(Error::NamespaceNotFound)?;
        self.gate(None, |ask| self.server.gate.scope_by_id(ask, id))
    }

    pub(super) fn namespace_get(&self) -> Answer {
        let scope = self.by_id::<Read>()?;
        Ok(described(&self.server.engine.namespace_describe(&scope)?))
    }

    pub(super) fn namespace_update(&self) -> Answer {
        let changes = self.body::<PatchNamespace>()?;
        let scope = self.by_id::<Admin>()?;
        let engine = &self.server.engine;
        Ok(described(
            &engine.namespace_update(&scope, changes.description)?,
        ))
    }

    pub(super) fn namespace_delete(&self) -> Answer {
        let scope = self.by_id::<Admin>()?;
        Ok(receipt(&self.server.engine.erase_namespace(&scope)?))
    }

    pub(super) fn tenant_admin(&self) -> Result<TenantAdmin, Refused> {
        self.gate(None, |ask| self.server.gate.tenant_admin(ask))
    }

    pub(super) fn key_create(&self) -> Answer {
        let new = self.body::<CreateKey>()?;
        let proof = self.tenant_admin()?;
        let new = NewKey {
            name: new.name,
            user: new.user,
            viewer: new.viewer,
            invite: None,
            origins: new.origins,
            act_as: match new.act_as {
                ActAs::No => None,
                ActAs::Read => Some(anchorhold_identity::ActAs::Read),
                ActAs::Full => Some(anchorhold_identity::ActAs::Full),
            },
            admin: new.admin,
            grants: new.grants,
            expires_at: None,
        };
        let (token, record) = self.server.engine.key_create(&proof, new)?;
        Ok(json!({
            "key": token.reveal().as_str(),
            "key_id": record.key.to_string(),
            "record": text(&record),
        }))
    }

    pub(super) fn key_list(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let keys = self.server.engine.key_list(&proof)?;
        Ok(json!({"keys": keys.iter().map(text).collect::<Vec<_>>()}))
    }

    pub(super) fn key_revoke(&self) -> Answer {
        let proof = self.tenant_admin()?;
        let key = KeyId::parse(&self.request.target).ok_or(Error::KeyNotFound)?;
        self.server.engine.key_revoke(&proof, key)?;
        Ok(json!({"revoked": true}))
    }
}
