//! Large files are given back later, and few are held meanwhile.

use super::*;

#[test]
fn of_many_large_files_few_are_held_and_all_are_gone() {
    let directory = tempfile::tempdir().unwrap();
    let mut removed = Removed::default();
    for number in 0..3 * HELD_MAX {
        let path = directory.path().join(number.to_string());
        let file = File::create(&path).unwrap();
        file.set_len(AT_ONCE_BYTES_MAX + 1).unwrap();
        removed.add(&path).unwrap();
        removed.add(&path).unwrap();
    }
    assert_eq!(removed.held.len(), HELD_MAX);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
