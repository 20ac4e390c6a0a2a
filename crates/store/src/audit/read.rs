//! Reading a chain back: every link is checked and opened on the way.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind};

use anchorhold_model::{TenantId, hex};

use super::Audit;
use super::chain::{self, Content};
use super::entry::{self, Entry, Told};
use super::frame::{self, Found, Position};
use crate::Error;

/// A chain that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Links of the chain, heads of epochs among them.
    pub entries: u64,
    /// The hash of the last one, hexadecimal: write it down elsewhere to find a chain that was cut.
    pub head: String,
}

impl Audit {
    /// The newest entries of a tenant, newest first.
    pub fn entries(&self, tenant: TenantId, limit: usize) -> Result<Vec<Entry>, Error> {
        let mut newest: BTreeMap<u64, Entry> = BTreeMap::new();
        self.walk(tenant, |sequence, bytes| {
            match entry::decode(bytes)? {
                Told::Began(entry) => {
                    newest.insert(sequence, *entry);
                    if newest.len() > limit {
                        newest.pop_first();
                    }
                }
                Told::Ended {
                    intent,
                    outcome,
                    at,
                } => {
                    if let Some(entry) = newest.get_mut(&intent) {
                        entry.outcome = outcome;
                        entry.settled_at = Some(at);
                    }
                }
            }
            Ok(())
        })?;
        Ok(newest.into_values().rev().collect())
    }

    /// The entry of a tenant with this id; the whole chain is read for it.
    pub fn entry(&self, tenant: TenantId, id: &str) -> Result<Option<Entry>, Error> {
        let mut found = None;
        self.walk(tenant, |_, bytes| {
            if let Told::Began(entry) = entry::decode(bytes)?
                && entry.id == id
            {
                found = Some(*entry);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Checks and opens every link. `Error::Tampered` for a changed, removed or moved one; a chain
    /// that was cut behind a link is found by comparing the head.
    pub fn verify(&self, tenant: TenantId) -> Result<Verified, Error> {
        let end = self.walk(tenant, |_, bytes| entry::decode(bytes).map(drop))?;
        Ok(Verified {
            entries: end.sequence,
            head: hex(&end.head),
        })
    }

    fn walk(
        &self,
        tenant: TenantId,
        mut visit: impl FnMut(u64, &[u8]) -> Result<(), Error>,
    ) -> Result<Position, Error> {
        let log = self.log(tenant)?;
        // Entries that are appended while this runs are for the next time.
        let end = log.end()?;
        let mut at = Position::start(tenant);
        let file = match File::open(log.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return agree(end, at),
            Err(error) => return Err(error.into()),
        };
        let mut reader = BufReader::new(file);
        let mut epoch = None;
        while end.is_none_or(|end| at.sequence < end.sequence) {
            let Found::Link(content, after) = frame::read(&mut reader, &at)? else {
                break;
            };
            match chain::open(log.keys(), epoch.as_ref(), tenant, &at, &content)? {
                Content::Epoch(next) => epoch = Some(next),
                Content::Entry(bytes) => visit(at.sequence, &bytes)?,
            }
            at = after;
        }
        agree(end, at)
    }
}

/// What this process wrote must be there.
fn agree(end: Option<Position>, at: Position) -> Result<Position, Error> {
    if end.is_none_or(|end| end == at) {
        Ok(at)
    } else {
        Err(Error::Tampered { what: "audit log" })
    }
}
