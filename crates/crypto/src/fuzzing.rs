//! Bodies of fuzz targets: the text of keys, and everything that is sealed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

use anchorhold_model::{NamespaceId, Random, RecordId, Stream, hex};

use crate::{Binding, EpochKey, NamespaceKey, SALT_BYTES, Token, TokenClass, Wrapped, WrappingKey};

/// Answers the bytes that the input began with.
struct Given([u8; 32]);

impl Random for Given {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        for (slot, byte) in bytes.iter_mut().zip(self.0) {
            *slot = byte;
        }
    }
}

/// The next bytes of the input; zeros behind its end.
fn next<const N: usize>(data: &mut &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let taken = data.len().min(N);
    bytes[..taken].copy_from_slice(&data[..taken]);
    *data = &data[taken..];
    bytes
}

/// A text is a key exactly when it is written as the documents say, and then it is shown again as
/// it was read. Some inputs are read as the digits of a key with a change in its text.
pub fn key_text(mut data: &[u8]) {
    let [road] = next(&mut data);
    let text = if road & 1 == 0 {
        let Ok(text) = std::str::from_utf8(data) else {
            return;
        };
        text.to_owned()
    } else {
        let class = [
            TokenClass::Secret,
            TokenClass::Publishable,
            TokenClass::Operator,
        ][usize::from(road >> 1) % 3];
        let whole = Token::generate(class, &Given(next(&mut data)), Stream::PROCESS).reveal();
        let [at, new] = next(&mut data);
        let mut bytes = whole.into_bytes();
        if road & 0x80 != 0 {
            let at = usize::from(at) % bytes.len();
            bytes[at] = new & 0x7f;
        }
        String::from_utf8(bytes).unwrap()
    };
    let token = Token::parse(&text);
    assert_eq!(token.is_some(), is_key(&text));
    if let Some(token) = token {
        assert!(token.reveal() == text);
        assert!(text.starts_with(&token.hint()) && token.hint().len() < 11);
        assert!(text.starts_with(token.class().prefix()));
    }
}

/// Whether a text is a key, by the words of the documents: a prefix, 64 digits, and 8 digits of
/// BLAKE3 of prefix and secret.
fn is_key(text: &str) -> bool {
    let Some((prefix, digits)) = text.split_once('_') else {
        return false;
    };
    let is_digit = |byte: &u8| b"0123456789abcdef".contains(byte);
    if !["ah", "ahp", "aho"].contains(&prefix)
        || digits.len() != 72
        || !digits.as_bytes().iter().all(is_digit)
    {
        return false;
    }
    let secret: Vec<u8> = (0..32)
        .map(|place| u8::from_str_radix(&digits[place * 2..place * 2 + 2], 16).unwrap())
        .collect();
    let mut hasher = blake3::Hasher::new_derive_key("anchorhold v1 api key checksum");
    hasher.update(format!("{prefix}_").as_bytes());
    hasher.update(&secret);
    hex(&hasher.finalize().as_bytes()[..4]) == digits[64..]
}

/// What was sealed opens at its place alone and whole alone; other bytes open nowhere.
pub fn sealed_record(mut data: &[u8]) {
    let key = NamespaceKey::generate(&Given(next(&mut data)), Stream::PROCESS);
    let salt: [u8; SALT_BYTES] = [data.first().copied().unwrap_or(0); SALT_BYTES];
    let home = Binding {
        namespace: NamespaceId::from_bytes(next(&mut data)),
        key_epoch: u32::from_be_bytes(next(&mut data)),
        kind: next::<1>(&mut data)[0],
        id: RecordId::from_bytes(next(&mut data)),
        version: u64::from_be_bytes(next(&mut data)),
    };
    let [at, turned] = next(&mut data);
    let nonce = next(&mut data);
    let epoch = EpochKey::derive(&key, &salt);
    let sealed = epoch.seal(nonce, &home, data).unwrap();
    assert!(epoch.open(&home, &sealed).unwrap() == data);
    assert!(epoch.open(&home, data).is_err());
    let mut changed = sealed.clone();
    let place = usize::from(at) % changed.len();
    changed[place] ^= turned;
    assert_eq!(epoch.open(&home, &changed).is_ok(), turned == 0);
    assert!(epoch.open(&home, &sealed[..place]).is_err());
    // The place, as bytes: a record that is moved in any way does not open.
    let mut elsewhere = home;
    elsewhere.version ^= u64::from(turned);
    elsewhere.kind ^= at & turned;
    assert_eq!(epoch.open(&elsewhere, &sealed).is_ok(), elsewhere == home);
    let mut commitment = *epoch.commitment();
    commitment[place % 32] ^= turned;
    let verified = EpochKey::verify(&key, &salt, &commitment);
    assert_eq!(verified.is_ok(), turned == 0);
}

/// A wrapped key opens under its key and context alone; other bytes wrap nothing.
pub fn wrapped_key(mut data: &[u8]) {
    let outer = WrappingKey::generate(&Given(next(&mut data)), Stream::PROCESS);
    let inner = NamespaceKey::generate(&Given(next(&mut data)), Stream::PROCESS);
    let [at, turned] = next(&mut data);
    let random = Given(next(&mut data));
    let wrapped = outer.wrap_namespace(&inner, data, &random, Stream::PROCESS);
    let wrapped = wrapped.unwrap();
    let opened = outer.unwrap_namespace(&wrapped, data).unwrap();
    let label = crate::Label::Data;
    assert_eq!(opened.derive(label).expose(), inner.derive(label).expose());
    let mut changed = wrapped.as_bytes().to_vec();
    let place = usize::from(at) % changed.len();
    changed[place] ^= turned;
    let changed = Wrapped::from_stored(&changed).unwrap();
    assert_eq!(outer.unwrap_namespace(&changed, data).is_ok(), turned == 0);
    let context = [data, &[at]].concat();
    assert!(outer.unwrap_namespace(&wrapped, &context).is_err());
    if let Ok(wild) = Wrapped::from_stored(data) {
        assert!(outer.unwrap_namespace(&wild, b"").is_err());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_is_a_key_exactly_when_it_is_written_as_one() {
        anchorhold_fuzzing::replay("key_text", super::key_text);
    }

    #[test]
    fn no_bytes_open_but_those_that_were_sealed() {
        anchorhold_fuzzing::replay("sealed_record", super::sealed_record);
        anchorhold_fuzzing::replay("wrapped_key", super::wrapped_key);
    }
}
