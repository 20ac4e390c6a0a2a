//! Events of a stream (text/event-stream), found among bytes that are cut anywhere.

/// Bytes of one event; a longer one is passed on and not looked at.
const EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of an event that says no more than that all has been said.
const DONE_BYTES_MAX: usize = 256;

/// Finds the ends of events.
#[derive(Default)]
pub struct Events {
    buffer: Vec<u8>,
    /// Where the line begins that is being looked at, and how far it was.
    line: usize,
    seen: usize,
    is_lost: bool,
}

impl Events {
    /// The events that are whole with these bytes, each with every byte of it; the rest is kept until more come.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut whole = Vec::new();
        if self.is_lost {
            whole.push(bytes.to_vec());
            return whole;
        }
        self.buffer.extend_from_slice(bytes);
        let mut taken = 0;
        while let Some(end) = self.end() {
            whole.push(self.buffer.get(taken..end).unwrap_or_default().to_vec());
            taken = end;
        }
        self.buffer.drain(..taken);
        self.line -= taken;
        self.seen -= taken;
        if self.buffer.len() > EVENT_BYTES_MAX {
            self.is_lost = true;
            whole.push(self.rest());
        }
        whole
    }

    /// What came after the last whole event.
    pub fn rest(&mut self) -> Vec<u8> {
        (self.line, self.seen) = (0, 0);
        std::mem::take(&mut self.buffer)
    }

    /// Where the next event ends: behind an empty line, whichever ends lines have.
    fn end(&mut self) -> Option<usize> {
        loop {
            let rest = self.buffer.get(self.seen..).unwrap_or_default();
            let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let Some(length) = length else {
                self.seen = self.buffer.len();
                return None;
            };
            let at = self.seen + length;
            // Whether a line feed follows is told by the next byte.
            if rest.get(length..) == Some(b"\r") {
                self.seen = at;
                return None;
            }
            let is_cr_lf = rest.get(length..length + 2) == Some(b"\r\n");
            let is_empty = at == self.line;
            self.line = at + 1 + usize::from(is_cr_lf);
            self.seen = self.line;
            if is_empty {
                return Some(self.line);
            }
        }
    }
}

/// Whether an event says that all has been said.
pub fn is_done(event: &[u8]) -> bool {
    event.len() <= DONE_BYTES_MAX && data(event).is_some_and(|data| data.trim() == "[DONE]")
}

/// The data of an event: its `data` lines, joined by line feeds.
pub(crate) fn data(event: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(event);
    let lines = text.split(['\n', '\r']);
    let data = lines.filter_map(|line| {
        let value = line.strip_prefix("data:")?;
        Some(value.strip_prefix(' ').unwrap_or(value))
    });
    let data: Vec<&str> = data.collect();
    (!data.is_empty()).then(|| data.join("\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Events, data, is_done};

    proptest! {
        /// However the bytes are cut, the same events come out, and no byte is lost.
        #[test]
        fn events_are_the_same_however_bytes_are_cut(
            bytes in "(data: ?[a-zé🎉]{0,5}|: ping|id: 1)?(\n|\r\n|\r){1,3}(data:x(\n|\r\n|\r)){0,3}[a-z]{0,3}",
            cuts in prop::collection::vec(1_usize..6, 0..30),
        ) {
            let bytes = bytes.repeat(3).into_bytes();
            let mut at_once = Events::default();
            let mut whole = at_once.take(&bytes);
            whole.push(at_once.rest());
            let mut cut = Events::default();
            let mut events = Vec::new();
            let mut rest = bytes.as_slice();
            for size in cuts {
                let (piece, after) = rest.split_at(size.min(rest.len()));
                events.extend(cut.take(piece));
                rest = after;
            }
            events.extend(cut.take(rest));
            events.push(cut.rest());
            prop_assert_eq!(&events, &whole);
            prop_assert_eq!(events.concat(), bytes);
        }
    }

    #[test]
    fn data_is_what_its_lines_say() {
        assert_eq!(
            data(b"id: 7\ndata: {\"a\":\ndata:  1}\n\n").unwrap(),
            "{\"a\":\n 1}"
        );
        assert_eq!(data(b"data:[DONE]\r\n\r\n").unwrap(), "[DONE]");
        assert_eq!(data(b": ping\n\n"), None);
        assert!(is_done(b"id: 7\ndata:[DONE]\r\n\r\n"));
        assert!(!is_done(b": [DONE]\n\n") && !is_done(b"data: \"[DONE]\"\n\n"));
    }

    #[test]
    fn an_event_without_an_end_is_passed_on_and_not_kept() {
        let mut events = Events::default();
        let piece = vec![b'x'; 1024 * 1024];
        let mut passed = 0;
        for _ in 0..10 {
            passed += events.take(&piece).concat().len();
        }
        assert_eq!(passed + events.rest().len(), 10 * piece.len());
        assert!(passed >= 9 * piece.len());
    }
}
