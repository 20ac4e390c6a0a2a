//! No name, token or description is in any byte of the file, before and after a restart.

use anchorhold_identity::{Directory as _, Door, Reservation, creation};
use anchorhold_model::{NamespaceName, UserId, hex};

use super::world::{World, actor, user, workspace_address};
use crate::NewKey;
use crate::registry::Registry as _;

const CANARIES: [&str; 6] = [
    "canary-tenant",
    "canary-user",
    "canary-workspace",
    "canary-namespace",
    "canary-key",
    "canary-description",
];

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn assert_clean(world: &World, secrets: &[String]) {
    let mut files = 0;
    for entry in std::fs::read_dir(world.directory.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        files += 1;
        let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
        for secret in CANARIES
            .iter()
            .copied()
            .chain(secrets.iter().map(String::as_str))
        {
            assert!(
                !contains(&bytes, secret.as_bytes()),
                "{secret} in {file_name}"
            );
            assert!(!file_name.contains(secret));
        }
    }
    assert!(files >= 1);
}

#[test]
fn nothing_that_a_caller_named_can_be_read_in_the_files() {
    let world = World::new();
    let tenant = world.tenant("canary-tenant");
    let new = NewKey {
        name: "canary-key".to_owned(),
        user: Some(UserId::parse("canary-user").unwrap()),
        ..NewKey::default()
    };
    let (token, _) = world.key(tenant, new);
    let address = workspace_address(tenant, "canary-user", "canary-workspace");
    let Ok(Reservation::Reserved(namespace, _promise)) = world.catalogue.reserve(&address) else {
        panic!("it should not exist yet");
    };
    let someone = actor(tenant, Some(user("canary-user")));
    world
        .catalogue
        .materialise(&address, namespace, &someone)
        .unwrap();
    let admin = world.admin_caller(tenant);
    let name = NamespaceName::parse("org/canary-namespace").unwrap();
    let proof = creation(&admin, name, Door::Library).unwrap();
    let described = Some("canary-description".to_owned());
    let named = world.catalogue.namespace_create(&proof, described).unwrap();
    let text = token.reveal();
    let digits = text.trim_start_matches("ah_");
    let (first, second) = digits.split_at(40);
    let secrets = [
        first.to_owned(),
        second.to_owned(),
        hex(named.id.as_bytes()),
        hex(namespace.as_bytes()),
    ];
    assert_clean(&world, &secrets);
    let world = world.reopened();
    assert!(world.catalogue.is_living(namespace).unwrap());
    assert_clean(&world, &secrets);
    world
        .catalogue
        .remove_user(tenant, &user("canary-user"))
        .unwrap()
        .unwrap();
    assert_clean(&world, &secrets);
    // An erase empties the write-ahead log, so that not even sealed rows of the user stay there.
    let log = std::fs::metadata(world.directory.path().join("catalogue.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0);
}
