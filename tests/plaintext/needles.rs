//! Finds byte strings in whatever form they were written: as they are, in hexadecimal, base64 or
//! UTF-16. Each half counts, so that a string which was cut or wrapped is found too.

use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a needle that the search looks up at every position.
const FIRST: usize = 6;

struct Needle {
    label: String,
    form: &'static str,
    bytes: Vec<u8>,
}

/// What is looked for.
#[derive(Default)]
pub(crate) struct Needles {
    all: Vec<Needle>,
    by_first: BTreeMap<[u8; FIRST], Vec<usize>>,
    /// The first two bytes of any needle: most positions end here.
    pairs: BTreeSet<[u8; 2]>,
}

impl Needles {
    /// Looks for `bytes`, at least 32 of them, from now on.
    pub(crate) fn add(&mut self, label: &str, bytes: &[u8]) {
        assert!(
            bytes.len() >= 32,
            "{label} is too short to be found for sure"
        );
        let (first, last) = bytes.split_at(bytes.len() / 2);
        for half in [first, last] {
            for (form, bytes) in forms(half) {
                self.insert(Needle {
                    label: label.to_owned(),
                    form,
                    bytes,
                });
            }
        }
    }

    fn insert(&mut self, needle: Needle) {
        let first = needle.bytes[..FIRST].try_into().unwrap();
        self.by_first.entry(first).or_default().push(self.all.len());
        self.pairs.insert([needle.bytes[0], needle.bytes[1]]);
        self.all.push(needle);
    }

    /// One sentence for each needle that occurs in what was found at `place`.
    pub(crate) fn search(&self, place: &str, haystack: &[u8]) -> BTreeSet<String> {
        let mut hits = BTreeSet::new();
        let mut is_first = vec![false; 1 << 16];
        for pair in &self.pairs {
            is_first[usize::from(u16::from_be_bytes(*pair))] = true;
        }
        for (position, window) in haystack.windows(FIRST).enumerate() {
            if !is_first[usize::from(u16::from_be_bytes([window[0], window[1]]))] {
                continue;
            }
            let candidates = self.by_first.get(window).into_iter().flatten();
            for needle in candidates.map(|index| &self.all[*index]) {
                if haystack[position..].starts_with(&needle.bytes) {
                    let Needle { label, form, .. } = needle;
                    hits.insert(format!("{place} holds {label} {form}"));
                }
            }
        }
        hits
    }
}

fn forms(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |order: fn(u16) -> [u8; 2]| {
        let units = bytes.iter().map(move |byte| order(u16::from(*byte)));
        units.flatten().collect::<Vec<u8>>()
    };
    let mut forms = vec![
        ("as text", bytes.to_vec()),
        ("as hexadecimal", hexadecimal(bytes).into_bytes()),
        (
            "as hexadecimal",
            hexadecimal(bytes).to_uppercase().into_bytes(),
        ),
        ("as UTF-16", wide(u16::to_le_bytes)),
        ("as UTF-16", wide(u16::to_be_bytes)),
    ];
    for shift in 0..3 {
        // What stands before moves the bytes against the groups of three; the characters that
        // also hold bits of neighbours are left out.
        let shifted = base64(&[&b"xyz"[..shift], bytes].concat());
        let inner = shifted[4..shifted.len() - 4].to_owned();
        forms.push((
            "as base64",
            inner.replace('+', "-").replace('/', "_").into_bytes(),
        ));
        forms.push(("as base64", inner.into_bytes()));
    }
    forms
}

/// Lower-case digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let pair = |byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(pair).collect()
}

/// The standard alphabet, filled up with `=`.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let is_filling = position > group.len();
            let six = usize::try_from(bits >> (18 - 6 * position) & 63).unwrap();
            text.push(if is_filling {
                '='
            } else {
                char::from(ALPHABET[six])
            });
        }
    }
    text
}
