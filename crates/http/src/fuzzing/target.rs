//! Path and query: what is accepted has one reading, and writing that reading gives it back.

use std::collections::BTreeMap;

use crate::path;
use crate::query::{CURSOR, LIMIT, NAMESPACE, Parameter, Query, VECTORS};

const KNOWN: [Parameter; 4] = [NAMESPACE, LIMIT, CURSOR, VECTORS];

pub(super) fn check(target: &str) {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    if path::check(path).is_ok() {
        canonical(path);
    }
    let expected = slow_query(query.unwrap_or_default());
    let read = Query::read(query, &KNOWN).ok().map(Query::into_values);
    assert!(read == expected, "{query:?}");
}

/// An accepted path has one reading of each segment, without structure, and no other path that is
/// accepted is written as that reading is, but for delimiters that some clients escape.
fn canonical(path: &str) {
    let segments: Vec<String> = path
        .strip_prefix('/')
        .unwrap()
        .split('/')
        .map(|segment| decoded(segment, false).unwrap())
        .collect();
    for segment in &segments {
        let structure = |one: char| one.is_ascii_control() || matches!(one, '/' | '\\' | ';');
        assert!(!segment.contains(structure));
        assert!(segment != "." && segment != "..");
    }
    let written: Vec<String> = segments.iter().map(|segment| encoded(segment)).collect();
    let written = format!("/{}", written.join("/"));
    assert!(path::check(&written).is_ok(), "{path} as {written}");
    let mut unescaped = path.to_owned();
    for delimiter in "!$&'()*+,=:@".chars() {
        let escape = format!("%{:02X}", u32::from(delimiter));
        unescaped = unescaped.replace(&escape, &delimiter.to_string());
    }
    assert!(unescaped == written, "{path} and {written} are one");
}

fn encoded(segment: &str) -> String {
    segment
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            byte if b"-._~!$&'()*+,=:@".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Undoes escapes, by looking at one character after the other.
fn decoded(text: &str, plus_is_space: bool) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digit = |behind: usize| char::from(*bytes.get(at + behind)?).to_digit(16);
        match byte {
            b'%' => {
                decoded.push(u8::try_from(digit(1)? * 16 + digit(2)?).ok()?);
                at += 2;
            }
            b'+' if plus_is_space => decoded.push(b' '),
            byte => decoded.push(*byte),
        }
        at += 1;
    }
    String::from_utf8(decoded).ok()
}

/// Known names, once each, each with a value that can be read; else nothing.
fn slow_query(query: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut values = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, '=');
        let name = decoded(halves.next()?, true)?;
        let known = KNOWN.iter().find(|known| known.name == name)?;
        let value = decoded(halves.next().unwrap_or(""), true)?;
        if values.insert(known.name, value).is_some() {
            return None;
        }
    }
    Some(values)
}
