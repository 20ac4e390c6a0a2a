//! Putting a backup in the place of what a namespace holds: everything is checked before anything
//! is replaced, and a crash leaves the old state or the new one.

use std::io::Write as _;
use std::sync::atomic::Ordering;

use anchorhold_crypto::{Label, MacKey};
use anchorhold_identity::Custody;
use anchorhold_model::{NamespaceId, Stream};

use super::Vault;
use super::inspect::checked;
use super::keys::state_key;
use super::state::State;
use crate::backend::{Draft, Look};
use crate::container::{HEAD_BYTES, Heading, PIECE_BYTES, Signer, TAIL_BYTES, refused};
use crate::{Error, Head, Store};

/// How far the generation rises when what stood in its place does not open: further than any
/// reader of it has seen.
const GENERATIONS_LEFT_OUT: u64 = 1 << 32;
/// The same for numbers of key epochs.
const EPOCHS_LEFT_OUT: u32 = 1 << 16;

/// A backup that is being taken in, piece by piece. Dropped before its end it changes nothing.
pub struct Restore {
    install: [u8; 16],
    pending: Vec<u8>,
    begun: Option<Begun>,
}

/// What is known once the head was read and found to be true.
struct Begun {
    custody: Custody,
    heading: Heading,
    signer: Signer,
    draft: Draft,
    left: u64,
}

/// What a restore came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The namespace.
    pub namespace: NamespaceId,
    /// Records in it.
    pub records: u64,
    /// Where it stands now.
    pub head: Head,
}

impl Restore {
    pub(crate) const fn new(install: [u8; 16]) -> Self {
        Self {
            install,
            pending: Vec::new(),
            begun: None,
        }
    }

    /// The namespace, once enough came to know it.
    pub fn namespace(&self) -> Option<NamespaceId> {
        self.begun.as_ref().map(|begun| begun.heading.namespace)
    }

    /// Takes the next bytes, cut anywhere.
    pub fn take(
        &mut self,
        store: &Store,
        custodian: &anchorhold_identity::Custodian,
        bytes: &[u8],
    ) -> Result<(), Error> {
        self.pending.extend_from_slice(bytes);
        if self.begun.is_none() {
            let Some((head, rest)) = self.pending.split_first_chunk::<HEAD_BYTES>() else {
                return Ok(());
            };
            let heading = Heading::parse(head)?;
            if heading.install != self.install {
                return Err(refused("is of another installation"));
            }
            let custody = store.custody(custodian, heading.namespace)?;
            self.begun = Some(store.vault.restore_begin(custody, heading, head)?);
            self.pending = rest.to_vec();
        }
        match &mut self.begun {
            Some(begun) => begun.feed(&mut self.pending),
            None => Ok(()),
        }
    }

    /// Everything came: checks it, and replaces what the namespace holds.
    pub fn finish(mut self, store: &Store) -> Result<Restored, Error> {
        let Some(begun) = self.begun.take() else {
            return Err(refused("is cut short"));
        };
        store.vault.restore_finish(begun, &self.pending)
    }
}

impl Begun {
    /// Writes whole pieces down; what is left over waits for more.
    fn feed(&mut self, pending: &mut Vec<u8>) -> Result<(), Error> {
        while self.left > 0 {
            let left = usize::try_from(self.left).unwrap_or(usize::MAX);
            let length = left.min(PIECE_BYTES);
            if pending.len() < length {
                return Ok(());
            }
            let rest = pending.split_off(length);
            self.signer.add(pending);
            self.draft.file.write_all(pending)?;
            self.left = self
                .left
                .saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
            *pending = rest;
        }
        if pending.len() > TAIL_BYTES {
            return Err(refused("goes on behind its end"));
        }
        Ok(())
    }
}

impl Vault {
    fn restore_begin(
        &self,
        custody: Custody,
        heading: Heading,
        head: &[u8; HEAD_BYTES],
    ) -> Result<Begun, Error> {
        let key = self.namespace_key(&custody)?;
        let signer = Signer::new(MacKey::new(key.derive(Label::Backup)), &heading);
        if !signer.is_head(head) {
            return Err(refused("was changed, or is not of this namespace"));
        }
        let draft = self.nursery.backend.draft(&custody)?;
        Ok(Begun {
            left: heading.length,
            custody,
            heading,
            signer,
            draft,
        })
    }

    fn restore_finish(&self, begun: Begun, tail: &[u8]) -> Result<Restored, Error> {
        if begun.left > 0 || tail.len() < TAIL_BYTES {
            return Err(refused("is cut short"));
        }
        if !begun.signer.is_tail(tail) {
            return Err(refused("was changed"));
        }
        let Begun {
            custody,
            heading,
            draft,
            ..
        } = begun;
        draft.file.sync_all()?;
        let key = self.namespace_key(&custody)?;
        let session = self.nursery.backend.look_at_draft(&custody, &draft)?;
        let whole = checked(&session, &custody, key);
        let state = whole.map_err(|_| refused("holds bytes that do not open"))?;
        drop(session);
        if state.head != heading.head {
            return Err(refused("holds another state than it says"));
        }
        let head = self.replace(&custody, state.clone(), draft)?;
        Ok(Restored {
            namespace: heading.namespace,
            records: state.records(),
            head,
        })
    }

    /// Puts a checked file in place. Nobody uses the namespace meanwhile: its writers are told to
    /// try again, and what they hold of the old state is worth nothing from here on.
    fn replace(&self, custody: &Custody, mut state: State, draft: Draft) -> Result<Head, Error> {
        if self.is_closed.load(Ordering::SeqCst) {
            return Err(Error::Unavailable);
        }
        let namespace = custody.namespace();
        let pin = self.table.pin_quietly(namespace);
        let mut cell = pin.cell()?;
        if !self.registry.is_living(namespace)? {
            return Err(Error::Void);
        }
        let key = self.namespace_key(custody)?;
        let open = cell.take().and_then(|handle| handle.close_replaced());
        let old = match open {
            Some(state) => Some(state),
            None => self.state_on_disk(custody, &key).ok(),
        };
        // INVARIANT: both numbers of the head rise, whatever stood here, so that nobody takes what
        // it knows of the old state for true.
        let (old_head, old_epoch) = match &old {
            Some(old) => (old.head, old.epoch_newest),
            None => (
                Head {
                    sequence: state.head.sequence,
                    generation: state.head.generation.saturating_add(GENERATIONS_LEFT_OUT),
                },
                state.epoch_newest.saturating_add(EPOCHS_LEFT_OUT),
            ),
        };
        state.head = Head {
            sequence: state.head.sequence.max(old_head.sequence).saturating_add(1),
            generation: state
                .head
                .generation
                .max(old_head.generation)
                .saturating_add(1),
        };
        state.epoch_newest = state.epoch_newest.max(old_epoch);
        state.place = state.place.max(old.map_or(0, |old| old.place));
        let mut nonce = [0; 12];
        let random = &self.nursery.foundation.random;
        random.fill(Stream(namespace.as_bytes()), &mut nonce);
        let row = state.seal(&state_key(&key), namespace, nonce)?;
        self.nursery.backend.draft_settle(custody, draft, &row)?;
        self.logs.forget(namespace);
        Ok(state.head)
    }

    fn state_on_disk(
        &self,
        custody: &Custody,
        key: &anchorhold_crypto::NamespaceKey,
    ) -> Result<State, Error> {
        let session = self.nursery.backend.look(custody, Look::Idle)?;
        let (row, _) = session.meta_kept(custody)?;
        State::open(&state_key(key), custody.namespace(), &row)
    }
}
