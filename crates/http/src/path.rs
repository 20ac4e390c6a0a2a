//! A path says what it says: nothing that structures it may be escaped, doubled or walked back, so
//! that what is authorised is what is acted on. Whether a delimiter that means nothing here (`!`) is
//! escaped is left to the client, and both are decoded to the same name.

use anchorhold_wire::Code;

use crate::refusal::Refusal;

/// Refuses what could be read in two ways. The router below sees accepted paths alone.
pub(crate) fn check(path: &str) -> Result<(), Refusal> {
    match problem(path) {
        None => Ok(()),
        Some(problem) => Err(Refusal::new(
            Code::PathNotCanonical,
            format!("the path {problem}; send it as /openapi.json writes it"),
        )),
    }
}

fn problem(path: &str) -> Option<&'static str> {
    let Some(rest) = path.strip_prefix('/') else {
        return Some("does not begin with one slash");
    };
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() && segments.peek().is_some() {
            return Some("holds two slashes in a row");
        }
        if segment == "." || segment == ".." {
            return Some("holds a segment of dots");
        }
        if let Some(problem) = segment_problem(segment) {
            return Some(problem);
        }
    }
    None
}

fn segment_problem(segment: &str) -> Option<&'static str> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let literal = match byte {
            b'%' => match (bytes.next().and_then(digit), bytes.next().and_then(digit)) {
                (Some(high), Some(low)) => {
                    let byte = high << 4 | low;
                    if is_escape_needless(byte) {
                        return Some("escapes a character that stands for itself or for structure");
                    }
                    byte
                }
                _ => return Some("holds an escape that is not two upper-case hexadecimal digits"),
            },
            byte if is_literal(byte) => byte,
            _ => return Some("holds a character that no path of this server holds unescaped"),
        };
        decoded.push(literal);
    }
    std::str::from_utf8(&decoded)
        .is_err()
        .then_some("escapes bytes that are not UTF-8")
}

/// What stands for itself (RFC 3986 `pchar`), without `;`, which some servers cut paths at.
fn is_literal(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,=:@".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Escapes that other servers on the way might read otherwise than this one does.
fn is_escape_needless(byte: u8) -> bool {
    is_unreserved(byte) || byte.is_ascii_control() || b"/\\;".contains(&byte)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
