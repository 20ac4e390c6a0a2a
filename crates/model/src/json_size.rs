//! How large a JSON text becomes once it is read.

/// Objects and lists in a JSON text, valid or not. Read into a tree of values each takes hundreds of bytes, however
/// few it has in the text, so a bound on the text alone bounds little.
pub fn json_containers(text: &[u8]) -> usize {
    let (mut count, mut is_text, mut is_escaped) = (0, false, false);
    for byte in text {
        if is_text {
            is_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
        } else {
            is_text = *byte == b'"';
            count += usize::from(matches!(byte, b'{' | b'['));
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::json_containers;

    fn slow(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(slow).sum::<usize>(),
            Value::Object(entries) => 1 + entries.values().map(slow).sum::<usize>(),
            _ => 0,
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            "[\\[\\]{}\"\\\\a]{0,6}".prop_map(Value::from),
            Just(json!(7))
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from);
            let entries = prop::collection::hash_map("[{\"\\\\b]{0,3}", inner, 0..6);
            let object = entries.prop_map(|entries| Value::Object(entries.into_iter().collect()));
            prop_oneof![list, object]
        })
    }

    proptest! {
        #[test]
        fn containers_are_counted_and_what_stands_in_texts_is_not(value in value()) {
            prop_assert_eq!(json_containers(value.to_string().as_bytes()), slow(&value));
            prop_assert_eq!(json_containers(format!("{value:#}").as_bytes()), slow(&value));
        }
    }
}
