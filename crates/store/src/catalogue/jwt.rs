//! Issuers of signed tokens that a tenant takes: credentials that are found by who issued a token, and
//! for whom.

use std::sync::Arc;

use anchorhold_crypto::JwsAlgorithm;
use anchorhold_identity::{
    CredentialRecord, JwksSource, JwtKey, JwtKeyForm, JwtKeySet, JwtKeys, TenantAdmin,
};
use anchorhold_model::{Issuer, JwksUrl, KeyId, Part, TenantId};

use super::bodies::{
    CredentialBody, JwksSourceBody, JwtKeyBody, JwtKeyFormBody, JwtKeySetBody, decode, encode,
    parsed,
};
use super::keys::{Shown, stored_credential};
use super::lookups::CREDENTIALS;
use super::{Catalogue, Desk, next_row};
use crate::{Error, NewKey};

impl Catalogue {
    /// Takes tokens of an issuer. `Error::Exists` when its tokens for this audience are taken
    /// already, by whatever tenant, or when the tenant calls another issuer so.
    pub fn jwt_key_set_create(
        &self,
        admin: &TenantAdmin,
        set: &JwtKeySet,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let new = NewKey {
            name: set.name.as_str().to_owned(),
            ..NewKey::default()
        };
        let tenant = self.maker(admin, &new)?;
        let shown = Shown {
            hash: self.tokens.hash_issuer(&set.iss, set.audience.as_deref()),
            hint: String::new(),
            is_brought: false,
            jwt: Some(set.into()),
        };
        self.credential_insert(shown, Some(tenant), new)
    }

    /// `Error::Exists` when a living issuer of the tenant is called so: two that are called alike
    /// would share their users.
    pub(super) fn check_issuer(
        &self,
        desk: &Desk,
        tenant: Option<TenantId>,
        set: &JwtKeySetBody,
    ) -> Result<(), Error> {
        let parent = self.lookups.of_tenant(tenant);
        for row in &desk.rows.reader().children(CREDENTIALS, &parent)? {
            let record = stored_credential(row)?.record;
            let known = record.jwt.as_ref().filter(|_| record.revoked_at.is_none());
            if known.is_some_and(|known| known.name.as_str() == set.name) {
                return Err(Error::Exists);
            }
        }
        Ok(())
    }

    /// The issuers whose tokens a tenant takes, oldest first.
    pub fn jwt_key_set_list(
        &self,
        admin: &TenantAdmin,
    ) -> Result<Vec<Arc<CredentialRecord>>, Error> {
        let mut records = self.credentials_of(admin)?;
        records.retain(|record| record.jwt.is_some());
        Ok(records)
    }

    /// Gives an issuer other keys; the next token is checked by them. `Error::NotFound` for an issuer
    /// that is ended, or of another tenant.
    pub fn jwt_keys_replace(
        &self,
        admin: &TenantAdmin,
        id: KeyId,
        keys: &JwtKeys,
    ) -> Result<Arc<CredentialRecord>, Error> {
        let alias = self.lookups.key(id);
        let mut desk = self.desk()?;
        let row = desk.rows.reader().by_alias(CREDENTIALS, &alias)?;
        let row = row.ok_or(Error::NotFound)?;
        let mut body: CredentialBody = decode(&row.body)?;
        if body.tenant != Some(admin.tenant()) || body.revoked_at.is_some() {
            return Err(Error::NotFound);
        }
        let set = body.jwt.as_mut().ok_or(Error::NotFound)?;
        (set.keys, set.published) = bodies(keys);
        // What runs with a token by a key that is gone does not write any more.
        body.generation = body.generation.saturating_add(1);
        let row = next_row(row, self.now(), encode(&body)?);
        self.transact(&mut desk, |writer| writer.update(&row))?;
        let stored = self.remember_credential(&desk, &row)?;
        Ok(Arc::clone(&stored.record))
    }
}

impl From<&JwtKeySet> for JwtKeySetBody {
    fn from(set: &JwtKeySet) -> Self {
        let (keys, published) = bodies(&set.keys);
        Self {
            name: set.name.as_str().to_owned(),
            vouches: set.vouches.as_str().to_owned(),
            iss: set.iss.clone(),
            audience: set.audience.clone(),
            role_claim: set.role_claim.clone(),
            leeway_seconds: set.leeway_seconds,
            keys,
            published,
        }
    }
}

fn bodies(keys: &JwtKeys) -> (Vec<JwtKeyBody>, Option<JwksSourceBody>) {
    match keys {
        JwtKeys::Given(keys) => (keys.iter().map(Into::into).collect(), None),
        JwtKeys::Published(source) => {
            let algorithms = source.algorithms.iter();
            let source = JwksSourceBody {
                url: source.url.as_str().to_owned(),
                algorithms: algorithms.map(|known| known.as_str().to_owned()).collect(),
            };
            (Vec::new(), Some(source))
        }
    }
}

impl From<&JwtKey> for JwtKeyBody {
    fn from(key: &JwtKey) -> Self {
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm().as_str().to_owned(),
            form: match key.form {
                JwtKeyForm::Secret => JwtKeyFormBody::Secret,
                JwtKeyForm::Pem => JwtKeyFormBody::Pem,
                JwtKeyForm::Jwk => JwtKeyFormBody::Jwk,
            },
            text: key.text().to_owned(),
        }
    }
}

impl JwtKeySetBody {
    pub(super) fn parse(self) -> Result<JwtKeySet, Error> {
        let keys = match self.published {
            Some(source) => JwtKeys::Published(source.parse()?),
            None => {
                let keys = self.keys.into_iter().map(JwtKeyBody::parse);
                JwtKeys::Given(keys.collect::<Result<_, _>>()?)
            }
        };
        Ok(JwtKeySet {
            name: parsed(Part::parse(&self.name))?,
            vouches: parsed(Issuer::parse(&self.vouches))?,
            iss: self.iss,
            audience: self.audience,
            role_claim: self.role_claim,
            leeway_seconds: self.leeway_seconds,
            lifetime_seconds_max: None,
            keys,
        })
    }
}

impl JwksSourceBody {
    fn parse(self) -> Result<JwksSource, Error> {
        let what = "address of JWT keys";
        let algorithms = self.algorithms.iter();
        let algorithms = algorithms.map(|name| JwsAlgorithm::parse(name));
        Ok(JwksSource {
            url: JwksUrl::parse(&self.url).map_err(|_| Error::Malformed { what })?,
            algorithms: algorithms
                .collect::<Option<_>>()
                .ok_or(Error::Malformed { what })?,
        })
    }
}

impl JwtKeyBody {
    fn parse(self) -> Result<JwtKey, Error> {
        let form = match self.form {
            JwtKeyFormBody::Secret => JwtKeyForm::Secret,
            JwtKeyFormBody::Pem => JwtKeyForm::Pem,
            JwtKeyFormBody::Jwk => JwtKeyForm::Jwk,
        };
        JwsAlgorithm::parse(&self.algorithm)
            .and_then(|algorithm| JwtKey::new(self.kid, algorithm, form, self.text))
            .ok_or(Error::Malformed { what: "JWT key" })
    }
}
