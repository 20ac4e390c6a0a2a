//! Two addresses and a pattern, one a line: what is accepted is what was written, addresses meet
//! exactly when they are equal, and a pattern covers what it says as text.

use unicode_normalization::UnicodeNormalization as _;

use crate::limits::{NAMESPACE_SEGMENTS_MAX, PART_BYTES_MAX};
use crate::{
    Address, GrantPattern, Issuer, NamespaceName, Part, Place, SubScopes, TenantId, TenantName,
    User, UserId,
};

/// Six lines for one place, six for another, and a pattern. A place whose first line is `n` is
/// named by the second, `s` is the shared one, anything else is the issuer of a user.
pub fn address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let lines: Vec<&str> = text.split('\n').collect();
    for line in &lines {
        part(line);
        name(line);
    }
    let at = |first: usize| -> Option<Place> {
        let line = |behind: usize| lines.get(first + behind).copied().unwrap_or("");
        place([line(0), line(1), line(2), line(3), line(4), line(5)])
    };
    let (one, other) = (at(0), at(6));
    if let (Some(one), Some(other)) = (&one, &other) {
        let bytes = |place: &Place, tenant| {
            let place = place.clone();
            let tenant = TenantId::from_bytes([tenant; 16]);
            Address { tenant, place }.canonical_bytes()
        };
        assert_eq!(one == other, bytes(one, 1) == bytes(other, 1));
        assert!(bytes(one, 1) != bytes(other, 2));
        // No address is the beginning of another one of its kind with as many parts.
        assert!(one == other || bytes(one, 1).len() > 17);
    }
    let pattern = lines.get(12).copied().unwrap_or("org/**");
    for place in [one, other].into_iter().flatten() {
        if let (Place::Named(name), Ok(read)) = (&place, GrantPattern::parse(pattern)) {
            assert!(read.to_string() == pattern);
            assert_eq!(read.covers(name), covers(pattern, &name.to_string()));
        }
    }
}

fn place([first, second, third, fourth, fifth, sixth]: [&str; 6]) -> Option<Place> {
    let part = |text: &str| match text {
        "" => Some(None),
        text => Part::parse(text).ok().map(Some),
    };
    Some(match first {
        "n" => Place::Named(NamespaceName::parse(second).ok()?),
        "s" => Place::Shared,
        issuer => {
            let user = User {
                issuer: Issuer::parse(issuer).ok()?,
                id: UserId::parse(second).ok()?,
            };
            let sub_scopes = SubScopes {
                workspace: part(third)?,
                agent: part(fourth)?,
                thread: part(fifth)?,
            };
            part(sixth)?;
            Place::User(user, sub_scopes)
        }
    })
}

/// By the text alone: everything, that name, or all below it.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix("**") {
        Some("") => true,
        Some(root) => name.len() > root.len() && name.starts_with(root),
        None => pattern == name,
    }
}

fn part(text: &str) {
    let Ok(part) = Part::parse(text) else {
        return;
    };
    assert!(part.as_str() == text);
    assert!((1..=PART_BYTES_MAX).contains(&text.len()));
    assert!(text.trim() == text && text != "." && text != "..");
    assert!(text.nfc().eq(text.chars()), "not as it is normalized");
    let unseen = |one: char| {
        one.is_control()
            || matches!(one,
                '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{3164}')
    };
    assert!(!text.contains(unseen), "{}", text.escape_unicode());
}

fn name(text: &str) {
    if let Ok(name) = NamespaceName::parse(text) {
        assert!(name.to_string() == text);
        assert!((1..=NAMESPACE_SEGMENTS_MAX).contains(&name.segments().len()));
        assert!(!text.contains('*') && !text.contains("//"));
        let segments: Vec<&str> = name.segments().iter().map(Part::as_str).collect();
        assert_eq!(segments, text.split('/').collect::<Vec<_>>());
    }
    if let Ok(tenant) = TenantName::parse(text) {
        assert!(tenant.as_str() == text && !text.contains(['/', '*']));
    }
}
