//! The name of a model, changed in what passes: clients know it by an alias, its server by its own name.

use crate::json::{Object, quoted, replaced};

/// A JSON body with another name of the model; `None` where it names none.
pub fn renamed(body: &[u8], model: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let place = Object::read(text)?.place("model")?;
    Some(replaced(text, vec![(place, quoted(model))]).into_bytes())
}

/// The bytes of an event with another name of the model; as they are where it names none.
pub fn renamed_event(event: &[u8], model: &str) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(event) else {
        return event.to_vec();
    };
    let mut after = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let data = line.strip_prefix("data:").map(str::trim);
        let new = data.and_then(|data| renamed(data.as_bytes(), model));
        match (new.map(String::from_utf8), data) {
            (Some(Ok(new)), Some(data)) => after.push_str(&line.replacen(data, &new, 1)),
            _ => after.push_str(line),
        }
    }
    after.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{renamed, renamed_event};

    #[test]
    fn the_name_alone_changes() {
        let body = br#"{"id": 1, "model": "llama3.2:3b", "x": {"model": "y"}}"#;
        let after = renamed(body, "smart").unwrap();
        assert_eq!(
            after,
            br#"{"id": 1, "model": "smart", "x": {"model": "y"}}"#
        );
        assert!(renamed(b"{}", "smart").is_none());
        assert!(renamed(b"no json", "smart").is_none());
    }

    #[test]
    fn events_keep_their_lines() {
        for (event, expected) in [
            ("data: {\"model\":\"a\"}\n\n", "data: {\"model\":\"b\"}\n\n"),
            (
                "id: 1\r\ndata:{\"model\":\"a\"}\r\n\r\n",
                "id: 1\r\ndata:{\"model\":\"b\"}\r\n\r\n",
            ),
            ("data: [DONE]\n\n", "data: [DONE]\n\n"),
            (": ping\n\n", ": ping\n\n"),
            ("data: {oops\n\n", "data: {oops\n\n"),
        ] {
            assert_eq!(renamed_event(event.as_bytes(), "b"), expected.as_bytes());
        }
    }
}
