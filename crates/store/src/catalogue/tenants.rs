//! Tenants: made, listed and changed by the operator.

use std::sync::Arc;

use anchorhold_crypto::{Wrapped, WrappingKey};
use anchorhold_identity::{IdentitySettings, Operator, TenantRecord};
use anchorhold_model::{PolicyChanges, Stream, TenantId, TenantName, TenantPolicy, hex};

use super::bodies::{FORMAT, IdentityBody, TenantBody, decode, digits, encode, parsed};
use super::lookups::TENANTS;
use super::{Catalogue, Desk, identity, new_row, next_row};
use crate::Error;
use crate::sealed_rows::Row;

/// A tenant with its key.
pub(super) struct StoredTenant {
    pub(super) record: Arc<TenantRecord>,
    pub(super) wrapping: Arc<WrappingKey>,
}

impl Catalogue {
    /// Makes a tenant and its wrapping key. `Error::Exists` when the name is taken.
    pub fn tenant_create(
        &self,
        _: &Operator,
        name: TenantName,
        policy: TenantPolicy,
    ) -> Result<Arc<TenantRecord>, Error> {
        if policy.needs_consent() {
            return Err(Error::EgressForbidden);
        }
        let lookup = self.lookups.tenant_name(&name);
        let (stream, random) = (Stream(&lookup), &*self.foundation.random);
        let mut bytes = [0; 16];
        random.fill(stream, &mut bytes);
        let id = TenantId::from_bytes(bytes);
        let wrapping = WrappingKey::generate(random, stream);
        let wrapped = self
            .foundation
            .kek
            .wrap_tenant(&wrapping, id.as_bytes(), random, stream)
            .map_err(|error| Error::of_sealed("wrapping key", error))?;
        let body = TenantBody {
            format: FORMAT,
            id,
            name: name.as_str().to_owned(),
            policy: policy.clone(),
            identity: IdentityBody::default(),
            moves: Vec::new(),
            wrapped: hex(wrapped.as_bytes()),
        };
        let parent = self.lookups.of_installation();
        let mut row = new_row(TENANTS, lookup, parent, self.now(), encode(&body)?);
        row.alias = Some(self.lookups.tenant(id));
        let stored = Arc::new(StoredTenant {
            record: Arc::new(TenantRecord {
                id,
                name,
                policy,
                identity: IdentitySettings::default(),
                created_at: row.created_at,
            }),
            wrapping: Arc::new(wrapping),
        });
        let mut desk = self.desk()?;
        self.transact(&mut desk, |writer| writer.insert(&row))?;
        self.caches.tenants.put(*id.as_bytes(), Arc::clone(&stored));
        Ok(Arc::clone(&stored.record))
    }

    /// All tenants, by name.
    pub fn tenant_list(&self, _: &Operator) -> Result<Vec<Arc<TenantRecord>>, Error> {
        let parent = self.lookups.of_installation();
        let rows = self.desk()?.rows.reader().children(TENANTS, &parent)?;
        let mut records = rows
            .iter()
            .map(|row| Ok(Arc::clone(&self.stored_tenant(row)?.record)))
            .collect::<Result<Vec<_>, Error>>()?;
        records.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(records)
    }

    /// Changes what a tenant is given. `Error::NotFound` when there is no such tenant.
    pub fn tenant_update(
        &self,
        _: &Operator,
        name: &TenantName,
        changes: PolicyChanges,
    ) -> Result<Arc<TenantRecord>, Error> {
        let lookup = self.lookups.tenant_name(name);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().get(TENANTS, &lookup)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: TenantBody = decode(&row.body)?;
        let after = body.policy.changed(changes);
        body.policy = after.ok_or(Error::EgressForbidden)?;
        self.put_tenant(&mut desk, next_row(row, self.now(), encode(&body)?))
    }

    /// Replaces the row of a tenant.
    pub(super) fn put_tenant(&self, desk: &mut Desk, row: Row) -> Result<Arc<TenantRecord>, Error> {
        let stored = Arc::new(self.stored_tenant(&row)?);
        self.transact(desk, |writer| writer.update(&row))?;
        let id = *stored.record.id.as_bytes();
        self.caches.tenants.put(id, Arc::clone(&stored));
        Ok(Arc::clone(&stored.record))
    }

    /// A tenant by id, from memory or from its row.
    pub(super) fn tenant_by_id(
        &self,
        tenant: TenantId,
    ) -> Result<Option<Arc<StoredTenant>>, Error> {
        if let Some(stored) = self.caches.tenants.get(tenant.as_bytes()) {
            return Ok(Some(stored));
        }
        let alias = self.lookups.tenant(tenant);
        let desk = self.desk()?;
        let row = desk.rows.reader().by_alias(TENANTS, &alias)?;
        self.remember_tenant(&desk, row)
    }

    /// A tenant by name.
    pub(super) fn tenant_by_name(
        &self,
        name: &TenantName,
    ) -> Result<Option<Arc<StoredTenant>>, Error> {
        let lookup = self.lookups.tenant_name(name);
        let desk = self.desk()?;
        let row = desk.rows.reader().get(TENANTS, &lookup)?;
        self.remember_tenant(&desk, row)
    }

    /// `_` shows that the caller holds the desk.
    fn remember_tenant(
        &self,
        _: &Desk,
        row: Option<Row>,
    ) -> Result<Option<Arc<StoredTenant>>, Error> {
        let Some(row) = row else { return Ok(None) };
        let stored = Arc::new(self.stored_tenant(&row)?);
        self.caches
            .tenants
            .put(*stored.record.id.as_bytes(), Arc::clone(&stored));
        Ok(Some(stored))
    }

    pub(super) fn stored_tenant(&self, row: &Row) -> Result<StoredTenant, Error> {
        let body: TenantBody = decode(&row.body)?;
        let of_key = |error| Error::of_sealed("wrapping key", error);
        let wrapped: [u8; anchorhold_crypto::WRAPPED_BYTES] = digits(&body.wrapped)?;
        let wrapped = Wrapped::from_stored(&wrapped).map_err(of_key)?;
        let wrapping = self
            .foundation
            .kek
            .unwrap_tenant(&wrapped, body.id.as_bytes())
            .map_err(of_key)?;
        Ok(StoredTenant {
            record: Arc::new(TenantRecord {
                id: body.id,
                name: parsed(TenantName::parse(&body.name))?,
                policy: body.policy,
                identity: identity::settings(&body.identity)?,
                created_at: row.created_at,
            }),
            wrapping: Arc::new(wrapping),
        })
    }
}
