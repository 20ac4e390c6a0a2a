//! Bodies of fuzz targets: the rows of a namespace file that are not records.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use anchorhold_crypto::{EpochKey, NamespaceKey, SealKey, Secret};
use anchorhold_model::{NamespaceId, Random, Stream};

use super::extract::{Entry, Extract};
use super::state::State;
use crate::Head;
use crate::backend::{EpochRow, ExtractRow, StateRow};

const NAMESPACE: NamespaceId = NamespaceId::from_bytes([3; 16]);

struct Always(u8);

impl Random for Always {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

/// A number and the bytes of an epoch: exactly those that commit to a key of this namespace open.
pub(crate) fn epoch_row(data: &[u8]) {
    let Some((number, value)) = data.split_first_chunk::<8>() else {
        return;
    };
    let number = i64::from_be_bytes(*number);
    let key = NamespaceKey::generate(&Always(5), Stream::PROCESS);
    let row = EpochRow::from_stored(number, value);
    assert_eq!(
        row.is_some(),
        value.len() == 64 && u32::try_from(number).is_ok()
    );
    let Some(row) = row else { return };
    assert_eq!(i64::from(row.number), number);
    assert_eq!(row.value(), value);
    assert!(EpochKey::verify(&key, &row.salt, &row.commitment).is_err());
    let derived = EpochKey::derive(&key, &row.salt);
    let true_row = EpochRow {
        commitment: *derived.commitment(),
        ..row
    };
    let read = EpochRow::from_stored(number, &true_row.value()).unwrap();
    assert_eq!(read, true_row);
    assert!(EpochKey::verify(&key, &read.salt, &read.commitment).is_ok());
    let mut other_salt = read.salt;
    other_salt[usize::from(value[0] & 31)] ^= value[1] | 1;
    assert!(EpochKey::verify(&key, &other_salt, &read.commitment).is_err());
}

/// The bytes of a state, and a change of the sealed row. The first byte says whether they are put
/// behind a head that is right.
pub(crate) fn state_row(data: &[u8]) {
    let Some((&[road, at, turned], rest)) = data.split_first_chunk::<3>() else {
        return;
    };
    let bytes = if road & 1 == 0 {
        rest.to_vec()
    } else {
        let mut bytes = vec![2];
        bytes.extend_from_slice(rest);
        bytes
    };
    let key = SealKey::new(&Secret::new([1; 32]));
    let sealed = key.seal([9; 12], NAMESPACE.as_bytes(), &bytes).unwrap();
    let open = |head, sealed: &[u8]| {
        let sealed = sealed.to_vec();
        State::open(&key, NAMESPACE, &StateRow { head, sealed }).ok()
    };
    let read = State::parse(&bytes);
    let head = read.as_ref().map(|state| state.head).unwrap_or_default();
    assert!(open(head, &sealed) == read);
    let Some(state) = read else { return };
    let row = state.seal(&key, NAMESPACE, [8; 12]).unwrap();
    assert!(open(row.head, &row.sealed) == Some(state.clone()));
    let behind = Head {
        sequence: head.sequence ^ u64::from(turned | 1),
        ..head
    };
    assert!(open(behind, &row.sealed).is_none());
    let mut changed = row.sealed.clone();
    let place = usize::from(at) % changed.len();
    changed[place] ^= turned | 1;
    assert!(open(row.head, &changed).is_none());
    let elsewhere = NamespaceId::from_bytes([4; 16]);
    assert!(State::open(&key, elsewhere, &row).is_err());
    // What is written in another order is read as the same state, and written in its own.
    assert!(row.sealed.len() <= sealed.len());
    assert_eq!(state.emptied().records(), 0);
}

/// The bytes of an extract: entries are read up to what can be none, and written as they were.
pub(crate) fn extract(data: &[u8]) {
    let Some((&[at, turned], bytes)) = data.split_first_chunk::<2>() else {
        return;
    };
    let key = SealKey::new(&Secret::new([1; 32]));
    let number = u64::from(at);
    let associated = [&[1], NAMESPACE.as_bytes().as_slice(), &number.to_be_bytes()].concat();
    let row = ExtractRow {
        number,
        sealed: key.seal([9; 12], &associated, bytes).unwrap(),
    };
    let opened = Extract::open(&key, NAMESPACE, &row).unwrap();
    let mut written = Extract::default();
    for entry in opened.entries() {
        written.push(entry);
    }
    let kept = |extract: &Extract| -> Vec<(u64, [u8; 16], Vec<u8>)> {
        let owned = |entry: Entry<'_>| (entry.sequence, entry.tag, entry.summary.to_vec());
        extract.entries().map(owned).collect()
    };
    assert_eq!(kept(&written), kept(&opened));
    let again = written.seal(&key, NAMESPACE, number, [9; 12]).unwrap();
    let read = Extract::open(&key, NAMESPACE, &again).unwrap();
    assert_eq!(kept(&read), kept(&opened));
    assert!(again.sealed.len() <= row.sealed.len());
    let moved = ExtractRow {
        number: number ^ u64::from(turned | 1),
        sealed: row.sealed.clone(),
    };
    assert!(Extract::open(&key, NAMESPACE, &moved).is_none());
    let mut changed = row;
    let place = usize::from(at) % changed.sealed.len();
    changed.sealed[place] ^= turned | 1;
    assert!(Extract::open(&key, NAMESPACE, &changed).is_none());
}
