//! A credential as its row says.

use std::sync::Arc;

use anchorhold_crypto::TokenHash;
use anchorhold_identity::CredentialRecord;
use anchorhold_model::UserId;

use crate::Error;
use crate::catalogue::bodies::{CredentialBody, GrantBody, JwtKeySetBody, decode, digits, parsed};
use crate::sealed_rows::Row;

/// A credential with the hash of its token.
pub(in crate::catalogue) struct StoredCredential {
    pub(in crate::catalogue) record: Arc<CredentialRecord>,
    pub(in crate::catalogue) hash: TokenHash,
}

pub(in crate::catalogue) fn stored_credential(row: &Row) -> Result<StoredCredential, Error> {
    let body: CredentialBody = decode(&row.body)?;
    let user = body.user.as_deref().map(UserId::parse).transpose();
    let grants = body.grants.iter().map(GrantBody::parse);
    let jwt = body.jwt.map(JwtKeySetBody::parse).transpose()?;
    Ok(StoredCredential {
        hash: TokenHash::from_bytes(digits(&body.hash)?),
        record: Arc::new(CredentialRecord {
            key: body.key,
            tenant: body.tenant,
            user: parsed(user)?,
            grants: grants.collect::<Result<_, _>>()?,
            invite: body.invite,
            origins: body.origins,
            name: body.name,
            hint: body.hint,
            is_brought: body.is_brought,
            jwt: jwt.map(Arc::new),
            viewer: body.viewer,
            act_as: body.act_as.map(Into::into),
            admin: body.admin,
            created_at: row.created_at,
            expires_at: body.expires_at,
            revoked_at: body.revoked_at,
            generation: body.generation,
        }),
    })
}
