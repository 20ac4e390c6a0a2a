//! Body of a fuzz target: cursors are taken by who issued them, for a day, and unchanged.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a target fails by panicking"
)]

use anchorhold_crypto::{MacKey, Secret};

use super::*;

const DAY: i64 = 24 * 3_600 * 1_000;

/// Two numbers and an id, how much later it comes back, a change of it, and a wild text or name.
pub(crate) fn cursor(data: &[u8]) {
    let Some((fixed, rest)) = data.split_first_chunk::<44>() else {
        return;
    };
    let number = |at: usize| i64::from_be_bytes(fixed[at..at + 8].try_into().unwrap());
    let now = Timestamp::from_milliseconds(number(0));
    let position = Position {
        ordinal: number(8).cast_unsigned(),
        id: RecordId::from_bytes(fixed[16..32].try_into().unwrap()),
    };
    let later = Timestamp::from_milliseconds(now.milliseconds().saturating_add(number(32)));
    let change = [fixed[40], fixed[41], fixed[42], fixed[43]];
    let is_young = later <= now.plus_seconds(CURSOR_HOURS_MAX * 3_600);
    assert!(is_young || later.milliseconds() - now.milliseconds() > DAY);

    let (ours, theirs) = (key(1), key(2));
    let sign = |payload: &[u8]| Ok(ours.sign(&[ROUTE, payload]));
    let by = |key: &MacKey, text: &str| {
        checked(text, later, |payload, mac| {
            Ok(key.verify(&[ROUTE, payload], mac))
        })
    };
    let text = written(position, now, sign).unwrap();
    assert_eq!(by(&ours, &text).ok(), is_young.then_some(position));
    assert!(by(&theirs, &text).is_err());
    let changed = changed(&text, change);
    assert!(changed == text || by(&ours, &changed).is_err());

    let Ok(wild) = std::str::from_utf8(rest) else {
        return;
    };
    // A fuzzer sees what is compared, and so learns what our key has signed; theirs signs nothing.
    assert!(by(&theirs, wild).is_err());
    let name_by = |key: &MacKey, text: &str| {
        checked_name(text, later, |position, mac| key.verify(&[position], mac))
    };
    assert!(name_by(&theirs, wild).is_err());
    if let Ok(name) = NamespaceName::parse(wild) {
        let text = written_name(&name, now, |position| ours.sign(&[position]));
        assert!(name_by(&ours, &text).ok() == is_young.then_some(name));
        assert!(name_by(&theirs, &text).is_err());
        let changed = self::changed(&text, change);
        assert!(changed == text || name_by(&ours, &changed).is_err());
    }
}

fn key(byte: u8) -> MacKey {
    MacKey::new(Secret::new([byte; 32]))
}

/// One character of a cursor put in the place of another one, or the cursor cut or made longer.
fn changed(text: &str, [kind, at, high, low]: [u8; 4]) -> String {
    let at = (usize::from(at) << 8 | usize::from(high)) % text.len();
    match kind % 4 {
        0 => text[..at].to_owned(),
        1 => format!("{text}{}", char::from(low & 0x7f)),
        2 => text.to_uppercase(),
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = low & 0x7f;
            String::from_utf8(bytes).unwrap()
        }
    }
}
