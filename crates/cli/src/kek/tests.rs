//! The key is made once, is private, stays outside, and survives a start that was cut off.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use anchorhold_model::{Random, Stream};

use super::{find, pending, prepare};
use crate::config::{Installation, KekSource};

struct Counting;

impl Random for Counting {
    fn fill(&self, _stream: Stream<'_>, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn installation(data: &Path, kek: KekSource) -> Installation {
    Installation {
        data: data.to_owned(),
        kek,
        allow_kek_inside_data: false,
    }
}

#[test]
fn the_file_is_made_once_and_private() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys/one.kek");
    let installation = installation(&home.path().join("data"), KekSource::File(path.clone()));
    let first = prepare(&installation, &Counting).unwrap();
    assert_eq!(first.kek.expose(), &[7; 32]);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let directory = path.parent().unwrap();
    assert_eq!(
        fs::metadata(directory).unwrap().permissions().mode() & 0o777,
        0o700
    );
    fs::write(&path, "0a".repeat(32)).unwrap();
    let second = prepare(&installation, &Counting).unwrap();
    assert_eq!(second.kek.expose(), &[0x0a; 32]);
    assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
}

#[test]
fn a_key_that_others_can_read_is_refused_and_the_message_says_how_to_mend_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("one.kek");
    let installation = installation(&home.path().join("data"), KekSource::File(path.clone()));
    prepare(&installation, &Counting).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = find(&installation, "id").err().unwrap();
        assert_eq!(error.code(), 78);
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(find(&installation, "id").is_ok());
}

#[test]
fn inside_the_data_directory_is_refused_also_through_links_and_dots() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    fs::create_dir_all(data.join("deep")).unwrap();
    fs::create_dir(home.path().join("keys")).unwrap();
    symlink(&data, home.path().join("link")).unwrap();
    symlink(data.join("target.kek"), home.path().join("keys/link.kek")).unwrap();
    fs::write(data.join("target.kek"), "0a".repeat(32)).unwrap();
    let inside = [
        "data/one.kek",
        "data/deep/deeper/one.kek",
        "link/one.kek",
        "keys/../data/one.kek",
        "keys/link.kek",
    ];
    for path in inside {
        let mut installation = installation(&data, KekSource::File(home.path().join(path)));
        let error = prepare(&installation, &Counting).err().unwrap();
        assert_eq!(error.code(), 78, "{path}");
        assert!(
            error.to_string().contains("inside the data directory"),
            "{error}"
        );
        assert!(find(&installation, "id").is_err(), "{path}");
        installation.allow_kek_inside_data = true;
        fs::set_permissions(data.join("target.kek"), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(prepare(&installation, &Counting).is_ok(), "{path}");
    }
    let beside = installation(
        &data,
        KekSource::File(home.path().join("data-keys/one.kek")),
    );
    assert!(prepare(&beside, &Counting).is_ok());
}

#[test]
fn a_first_start_that_was_cut_off_finds_its_key_again() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("keys");
    let installation = installation(
        &home.path().join("data"),
        KekSource::Directory(keys.clone()),
    );
    // Cut off before the installation was made: the next try takes the same key.
    let cut_off = prepare(&installation, &Counting).unwrap();
    let again = prepare(&installation, &Counting).unwrap();
    assert_eq!(cut_off.kek.expose(), again.kek.expose());
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 1);
    // Cut off after it: the next start names the key.
    drop(again);
    assert!(find(&installation, "0123").is_ok());
    assert!(keys.join("0123.kek").exists());
    assert!(!pending(&keys, &installation.data).exists());
}

#[test]
fn a_missing_key_is_not_replaced_by_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("one.kek");
    let installation = installation(&home.path().join("data"), KekSource::File(path.clone()));
    assert_eq!(find(&installation, "id").err().unwrap().code(), 78);
    assert!(!path.exists());
}

#[test]
fn a_damaged_key_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("one.kek");
    let installation = installation(&home.path().join("data"), KekSource::File(path.clone()));
    for text in [
        "",
        "abc",
        &"0".repeat(63),
        &"0".repeat(2_000),
        &"zz".repeat(32),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = find(&installation, "id").err().unwrap();
        assert!(
            error.to_string().contains("64 hexadecimal digits"),
            "{error}"
        );
    }
}
