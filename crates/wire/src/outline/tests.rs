//! The quick look and the whole walk agree on every valid text.

use proptest::prelude::*;
use serde_json::Value;

use super::is_plain;
use crate::walk;

/// JSON with few different keys, so that many stand twice, some behind an escape.
fn json() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        Just("a"),
        Just("b"),
        Just("\\u0061"),
        Just("a\\\""),
        Just("{[")
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-1.25e-3".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"a\\\\\"".to_owned()),
        Just("\"}\\\"]:\"".to_owned()),
        Just("\"é{\\n\"".to_owned()),
        Just(format!("[{}]", vec!["0.5"; 40].join(", "))),
    ];
    leaf.prop_recursive(40, 60, 4, move |inner| {
        let entry = (key.clone(), "[ \n]{0,2}", inner.clone());
        let entry = entry.prop_map(|(key, space, value)| format!("\"{key}\"{space}:{value}"));
        prop_oneof![
            proptest::collection::vec(entry, 0..4).prop_map(|all| format!("{{{}}}", all.join(","))),
            proptest::collection::vec(inner, 0..4)
                .prop_map(|all| format!("[ {} ]", all.join(" ,"))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_plain_passes_the_walk_and_what_is_not_has_an_escape_or_fails_it(text in json()) {
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        let passes = walk::check(text.as_bytes()).is_ok();
        if is_plain(&text) {
            prop_assert!(passes, "{}", text);
        } else {
            prop_assert!(!passes || text.contains('\\'), "{}", text);
        }
    }

    #[test]
    fn depth_is_counted_alike(depth in 0_usize..80, in_lists in any::<bool>()) {
        let (open, close) = if in_lists { ("[", "]") } else { ("{\"a\":", "}") };
        let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        prop_assert_eq!(is_plain(&text), walk::check(text.as_bytes()).is_ok());
    }

    /// It is asked about valid JSON alone; whatever it is given, it ends.
    #[test]
    fn no_text_makes_it_fail(text in "[\\[\\]{}\":,\\\\a1 ]{0,100}") {
        is_plain(&text);
    }
}
