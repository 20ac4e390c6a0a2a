//! Body of a fuzz target: the head of a backup is read as it was written, and signed as a whole.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a target fails by panicking"
)]

use anchorhold_crypto::{MacKey, Secret};

use super::{FIELDS_BYTES, HEAD_BYTES, Heading, MAGIC, Signer};

/// A change of the head, whether it begins as one, and its bytes.
pub(crate) fn backup_head(data: &[u8]) {
    let Some((&[road, at, turned], rest)) = data.split_first_chunk::<3>() else {
        return;
    };
    let mut bytes = [0; HEAD_BYTES];
    for (slot, byte) in bytes.iter_mut().zip(rest) {
        *slot = *byte;
    }
    if road & 1 == 1 {
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&1_u32.to_be_bytes());
    }
    let Ok(heading) = Heading::parse(&bytes) else {
        assert!(road & 1 == 0, "a head that begins as one is refused");
        return;
    };
    let fields = heading.fields();
    // A time outside of what times there are is brought to the nearest one.
    assert!(fields[..60] == bytes[..60] && fields[68..] == bytes[68..FIELDS_BYTES]);
    let signer = Signer::new(MacKey::new(Secret::new([1; 32])), &heading);
    assert!(!signer.is_head(&bytes));
    let head: [u8; HEAD_BYTES] = signer.head(&heading).try_into().unwrap();
    assert!(signer.is_head(&head) && Heading::parse(&head).ok() == Some(heading));
    let mut changed = head;
    changed[usize::from(at) % HEAD_BYTES] ^= turned | 1;
    assert!(!signer.is_head(&changed));
    let other = Signer::new(MacKey::new(Secret::new([2; 32])), &heading);
    assert!(!other.is_head(&head));
    let (mut one, mut two) = (signer.tail(), other.tail());
    assert!(signer.is_tail(&one) && !signer.is_tail(&two));
    one[usize::from(at & 15)] ^= turned | 1;
    two[0] ^= 1;
    assert!(!signer.is_tail(&one) && !other.is_tail(&two));
}
