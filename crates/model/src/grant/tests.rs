//! A grant covers whole segments.

use super::*;

#[test]
fn a_subtree_covers_whole_segments_only() {
    let pattern = GrantPattern::parse("org/acme/**").unwrap();
    let covers = |text| pattern.covers(&NamespaceName::parse(text).unwrap());
    assert!(covers("org/acme/user"));
    assert!(covers("org/acme/user/alice"));
    assert!(
        !covers("org/acme"),
        "the root itself needs a grant of its own"
    );
    assert!(!covers("org/acmecorp"));
    assert!(!covers("org/acmecorp/user"));
    assert!(!covers("acme/org/acme"));
}

#[test]
fn stars_stand_only_where_they_mean_something() {
    for text in [
        "", "*", "org/*", "org/**/x", "/**", "org//**", "**/org", "org/a*", "***",
    ] {
        assert!(GrantPattern::parse(text).is_err(), "{text}");
    }
    for text in ["**", "org", "org/acme", "org/acme/**"] {
        assert_eq!(GrantPattern::parse(text).unwrap().to_string(), text);
    }
}
