//! What `walk` looks for in a body, found in a body that is known to be valid JSON: a structure
//! that is too deep, and a key twice in one object. Most bytes of a body are numbers of a vector,
//! which are passed over many at a time.

use anchorhold_model::limits::JSON_DEPTH_MAX;

/// Bytes that are passed over together.
const STRIDE: usize = 64;

/// Whether valid JSON is as flat as it must be and names every key once. A key with an escape may
/// be the same as one without: then it is `false`, and a slower look decides.
pub(crate) fn is_plain(json: &str) -> bool {
    let mut outline = Outline {
        rest: json.as_bytes(),
        keys: Vec::new(),
        open: Vec::new(),
    };
    outline.is_plain().unwrap_or(false)
}

struct Outline<'a> {
    rest: &'a [u8],
    /// The keys of all objects that are open, the outermost first.
    keys: Vec<&'a [u8]>,
    /// How many keys there were when each object or list was opened.
    open: Vec<usize>,
}

impl Outline<'_> {
    /// `None` when it cannot be told.
    fn is_plain(&mut self) -> Option<bool> {
        while let Some(mark) = self.next() {
            match mark {
                b'{' | b'[' => {
                    if self.open.len() == JSON_DEPTH_MAX {
                        return Some(false);
                    }
                    self.open.push(self.keys.len());
                }
                b'}' | b']' => {
                    let first = self.open.pop()?;
                    let keys = self.keys.get_mut(first..)?;
                    keys.sort_unstable();
                    if keys.array_windows().any(|[one, next]| one == next) {
                        return Some(false);
                    }
                    self.keys.truncate(first);
                }
                _ => self.text()?,
            }
        }
        Some(true)
    }

    /// The next mark of the structure, taken.
    fn next(&mut self) -> Option<u8> {
        while let Some((stride, behind)) = self.rest.split_first_chunk::<STRIDE>()
            && !stride
                .iter()
                .fold(false, |found, byte| found | is_mark(*byte))
        {
            self.rest = behind;
        }
        let position = self.rest.iter().position(|byte| is_mark(*byte))?;
        let (mark, behind) = self.rest.get(position..)?.split_first()?;
        self.rest = behind;
        Some(*mark)
    }

    /// Takes the rest of a text; notes it when it is a key.
    fn text(&mut self) -> Option<()> {
        let mut length = 0;
        let mut is_escaped = false;
        loop {
            let rest = self.rest.get(length..)?;
            length += rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            if self.rest.get(length) == Some(&b'"') {
                break;
            }
            is_escaped = true;
            length += 2;
        }
        let (text, behind) = self.rest.split_at_checked(length)?;
        self.rest = behind.split_first()?.1;
        if self.rest.trim_ascii_start().first() == Some(&b':') {
            if is_escaped {
                return None;
            }
            self.keys.push(text);
        }
        Some(())
    }
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')
}

#[cfg(test)]
mod tests;
