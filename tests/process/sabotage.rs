//! The binary holds none of the bugs that the simulation plants to measure itself.

/// Stands in every executable that was built with the feature `sabotage`; `crates/sim` shows that
/// it does. In halves, so that this file alone is not found.
const MARKER: (&str, &str) = ("anchorhold was built with ", "the feature sabotage");

#[test]
fn the_binary_is_free_of_planted_bugs() {
    let executable = std::fs::read(env!("CARGO_BIN_EXE_anchorhold")).unwrap();
    let needle = format!("{}{}", MARKER.0, MARKER.1);
    let mut windows = executable.windows(needle.len());
    assert!(!windows.any(|window| window == needle.as_bytes()));
    // And a text that every build holds is found in this way.
    let help = b"anchorhold";
    assert!(executable.windows(help.len()).any(|window| window == help));
}
