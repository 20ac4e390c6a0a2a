//! Commands that need no server of their own.

use crate::process::Home;

#[test]
fn the_demo_holds_and_leaves_nothing_behind() {
    let home = Home::new();
    let ended = home.run(&["demo"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.stdout.contains("BROKEN"), "{ended:?}");
    assert!(ended.stdout.matches("[ok]").count() >= 9, "{ended:?}");
    assert!(
        !ended.stdout.contains('\u{1b}'),
        "no colour where no terminal is"
    );
    assert_eq!(std::fs::read_dir(home.temporary()).unwrap().count(), 0);
    assert!(!home.data().exists());
}

#[test]
fn completions_know_every_verb() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let ended = home.run(&["completions", shell]);
        assert_eq!(ended.code, Some(0));
        for verb in ["remember", "recall", "forget", "erase", "whoami", "serve"] {
            assert!(ended.stdout.contains(verb), "{shell} {verb}");
        }
    }
}
