//! The hierarchy of keys: KEK, a tenant's wrapping key, a namespace's key, and what is derived.

use anchorhold_model::{Random, Stream};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::{Error, SealKey, Secret};

/// What a derived key is for. The text is part of the on-disk format: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Records.
    Data,
    /// Index snapshots.
    Index,
    /// MACs of cursors.
    Cursor,
    /// Pseudonyms in the audit log.
    Pseudonym,
    /// Exports.
    Export,
    /// The digest of all live records.
    Digest,
    /// Commitments.
    Commit,
    /// The rotation of the vector space.
    Rotation,
    /// Ids of records.
    Ids,
    /// Wrapping of other keys.
    Wrap,
    /// Lookup MACs of the catalogue.
    Lookup,
    /// Rows of the catalogue.
    Catalogue,
    /// Hashes of API keys.
    Token,
    /// Entries of the audit log.
    Audit,
    /// The state row of a namespace file.
    State,
    /// Containers of backups.
    Backup,
    /// Ids of MCP sessions.
    McpSession,
}

impl Label {
    const fn text(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Index => "index",
            Self::Cursor => "cursor",
            Self::Pseudonym => "pseudonym",
            Self::Export => "export",
            Self::Digest => "digest",
            Self::Commit => "commit",
            Self::Rotation => "rotation",
            Self::Ids => "ids",
            Self::Wrap => "wrap",
            Self::Lookup => "lookup",
            Self::Catalogue => "catalogue",
            Self::Token => "token",
            Self::Audit => "audit",
            Self::State => "state",
            Self::Backup => "backup",
            Self::McpSession => "mcp-session",
        }
    }
}

/// Bytes of a wrapped key: commitment, nonce, key, tag.
pub const WRAPPED_BYTES: usize = 32 + 12 + 32 + 16;

/// A key sealed under another one, with the other one's commitment in front.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped(Vec<u8>);

impl Wrapped {
    /// Takes stored bytes of the right length.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, Error> {
        (bytes.len() == WRAPPED_BYTES)
            .then(|| Self(bytes.to_vec()))
            .ok_or(Error::Malformed)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! key {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        pub struct $name(Secret);

        impl $name {
            /// A fresh random key.
            pub fn generate(random: &dyn Random, stream: Stream<'_>) -> Self {
                let mut bytes = [0; 32];
                random.fill(stream, &mut bytes);
                let key = Self(Secret::new(bytes));
                bytes.zeroize();
                key
            }

            /// The key for one use.
            pub fn derive(&self, label: Label) -> Secret {
                self.0.derive(&[b"anchorhold/v1/", label.text().as_bytes()])
            }
        }
    };
}

key!(
    /// The root key of an installation, kept outside the data directory.
    Kek
);
key!(
    /// Keys of the installation itself, wrapped by the KEK.
    InstallKey
);
key!(
    /// The key of one tenant that wraps the keys of its namespaces.
    WrappingKey
);
key!(
    /// The key of one incarnation of one namespace.
    NamespaceKey
);

impl Kek {
    /// Takes key bytes that came from outside.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// The bytes, to be written into the key file at first start.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

macro_rules! wraps {
    ($outer:ident, $inner:ident, $wrap:ident, $unwrap:ident) => {
        impl $outer {
            /// Seals the inner key; `context` (what the key belongs to) must be the same to open it.
            pub fn $wrap(
                &self,
                key: &$inner,
                context: &[u8],
                random: &dyn Random,
                stream: Stream<'_>,
            ) -> Result<Wrapped, Error> {
                wrap(&self.0, &key.0, context, random, stream)
            }

            /// Opens the inner key, or says that this is not the key that sealed it.
            pub fn $unwrap(&self, wrapped: &Wrapped, context: &[u8]) -> Result<$inner, Error> {
                unwrap(&self.0, wrapped, context).map($inner)
            }
        }
    };
}

wraps!(Kek, InstallKey, wrap_install, unwrap_install);
wraps!(Kek, WrappingKey, wrap_tenant, unwrap_tenant);
wraps!(WrappingKey, NamespaceKey, wrap_namespace, unwrap_namespace);

fn wrap(
    outer: &Secret,
    inner: &Secret,
    context: &[u8],
    random: &dyn Random,
    stream: Stream<'_>,
) -> Result<Wrapped, Error> {
    let mut nonce = [0; 12];
    random.fill(stream, &mut nonce);
    let mut bytes = commitment(outer).to_vec();
    bytes.extend_from_slice(&wrap_key(outer).seal(nonce, context, inner.expose())?);
    Wrapped::from_stored(&bytes)
}

fn unwrap(outer: &Secret, wrapped: &Wrapped, context: &[u8]) -> Result<Secret, Error> {
    let (committed, sealed) = wrapped
        .0
        .split_first_chunk::<32>()
        .ok_or(Error::Malformed)?;
    if !bool::from(committed.ct_eq(&commitment(outer))) {
        return Err(Error::WrongKey);
    }
    let mut plain = wrap_key(outer).open(context, sealed)?;
    let bytes: [u8; 32] = plain.as_slice().try_into().map_err(|_| Error::Malformed)?;
    plain.zeroize();
    Ok(Secret::new(bytes))
}

fn wrap_key(outer: &Secret) -> SealKey {
    SealKey::new(&outer.derive(&[b"anchorhold/v1/", Label::Wrap.text().as_bytes()]))
}

/// GCM does not commit to its key, so 32 bytes that only this key derives stand beside it.
fn commitment(outer: &Secret) -> [u8; 32] {
    *outer
        .derive(&[b"anchorhold/v1/", Label::Commit.text().as_bytes()])
        .expose()
}

#[cfg(test)]
mod tests;
