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

#[test]
fn a_measurement_names_the_machine_and_what_it_took() {
    let home = Home::new();
    let ended = home.run(&["--json", "bench", "--quick", "--only", "cold-open"]);
    let report = ended.json();
    assert!(report["machine"]["fsync_ms"].as_f64().unwrap() > 0.0);
    let results = report["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert_eq!(result["operations"], 20);
        assert!(result["p99_ms"].as_f64().unwrap() >= result["p50_ms"].as_f64().unwrap());
        assert!(result["cpu_ms"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(std::fs::read_dir(home.temporary()).unwrap().count(), 0);
    home.run(&["bench", "--only", "everything"])
        .ends(2, "everything");
}
