//! A named namespace is decided by grants alone, and before anything asks whether it exists.

use std::fmt::Write as _;

use anchorhold_identity::{Admin, Door, Missing, Read, Reason, Write, enforce_by_id};
use anchorhold_model::{AccessSet, NamespaceId, Place, TenantId};

use crate::world::{KEY, TENANT, World, at, grant, kinds, name, of_user, plain, user};

const NAMES: [&str; 4] = ["org", "org/acme", "org/acme/hr", "org/acmeco"];
const ID: NamespaceId = NamespaceId::from_bytes([3; 16]);

fn with_grants(grants: &[(&str, AccessSet)]) -> anchorhold_identity::CredentialRecord {
    let mut credential = plain();
    credential.grants = grants
        .iter()
        .map(|(pattern, access)| grant(pattern, *access))
        .collect();
    credential
}

fn world_of_names(credential: anchorhold_identity::CredentialRecord) -> World {
    let names = NAMES.iter().zip(3..);
    names.fold(World::usual(credential), |world, (text, id)| {
        world.with(at(Place::Named(name(text))), id)
    })
}

#[test]
fn what_grants_open() {
    let sets: [&[(&str, AccessSet)]; 7] = [
        &[],
        &[("org/acme", AccessSet::Read)],
        &[("org/acme", AccessSet::Write)],
        &[("org/acme/**", AccessSet::Erase)],
        &[("**", AccessSet::Admin)],
        &[("**", AccessSet::Read), ("org/acme/**", AccessSet::Write)],
        &[
            ("org/acme", AccessSet::Admin),
            ("org/acme", AccessSet::Read),
        ],
    ];
    let mut table = String::new();
    let mut row = |title: &str, credential: anchorhold_identity::CredentialRecord| {
        write!(table, "{title:<44}").unwrap();
        let world = world_of_names(credential);
        for named in NAMES {
            write!(table, " {:<22}", world.rights(&[], Some(named))).unwrap();
        }
        table = table.trim_end().to_owned() + "\n";
    };
    for grants in sets {
        let texts: Vec<String> = grants
            .iter()
            .map(|(pattern, access)| format!("{pattern} {access:?}"))
            .collect();
        let title = texts.join(", ");
        row(&title, with_grants(grants));
        let mut viewer = with_grants(grants);
        viewer.viewer = true;
        row(&format!("{title}; viewer"), viewer);
    }
    for (kind, credential) in kinds() {
        row(kind, credential);
    }
    insta::assert_snapshot!(table);
}

#[test]
fn whether_a_foreign_name_exists_is_not_even_asked() {
    let world = world_of_names(with_grants(&[("org/acme", AccessSet::Read)]));
    for named in ["org", "org/nothing"] {
        let denial = world.scope::<Read>(&[], Some(named), Missing::Empty);
        let forbidden = Reason::NamespaceForbidden {
            name: named.to_owned(),
        };
        assert_eq!(denial.err().unwrap().reason, forbidden);
        assert_eq!(world.asked(), ["credential", "tenant"]);
    }
    let denial = world.scope::<Write>(&[], Some("org/acme"), Missing::Empty);
    assert_eq!(denial.err().unwrap().reason.as_str(), "access_forbidden");
    assert_eq!(world.asked(), ["credential", "tenant"]);
}

#[test]
fn a_granted_name_that_does_not_exist_is_not_found_and_never_made() {
    let world = World::usual(with_grants(&[("org/**", AccessSet::Admin)]));
    let denial = world.scope::<Admin>(&[], Some("org/acme"), Missing::Reserve);
    let denial = denial.err().unwrap();
    assert_eq!(denial.reason, Reason::NamespaceNotFound);
    assert_eq!((denial.tenant, denial.key), (Some(TENANT), Some(KEY)));
    assert_eq!(world.asked(), ["credential", "tenant", "incarnation"]);
}

#[test]
fn identities_beside_a_name_widen_nothing_and_must_not_disagree() {
    let mut bound = with_grants(&[("org/acme", AccessSet::Read)]);
    bound.user = anchorhold_model::UserId::parse("alice").ok();
    let world = world_of_names(bound);
    let reach = |lines: &[(&str, &str)]| world.rights(lines, Some("org/acme"));
    assert_eq!(reach(&[]), "org/acme r---");
    assert_eq!(reach(&[("x-anchorhold-user", "alice")]), "org/acme r---");
    assert_eq!(reach(&[("x-anchorhold-user", "bob")]), "identity_conflict");
    assert_eq!(reach(&[("x-anchorhold-thread", "t")]), "namespace_conflict");
    let scope = world.scope::<Read>(&[], Some("org/acme"), Missing::Empty);
    let scope = scope.unwrap().unwrap();
    let actor = scope.actor();
    assert_eq!(actor.subject, Some(user("key", &KEY.to_string())));
    assert_eq!(actor.on_behalf_of, Some(user("local", "alice")));
    assert_eq!(actor.strength, Some(anchorhold_identity::Strength::Proven));
    assert_eq!(actor.source, None);
    assert!(!actor.advisory);
}

fn by_id(world: &World, lines: &[(&str, &str)], named: Option<&str>) -> String {
    let (caller, verdict) = world.judged(lines).unwrap();
    let named = named.map(name);
    let ask = |id| {
        enforce_by_id::<Write>(&caller, &verdict, id, named.as_ref(), Door::Http, world)
            .map(|scope| (scope.namespace(), scope.address().clone()))
    };
    match ask(ID) {
        Ok((namespace, address)) => {
            assert_eq!((namespace, Some(address)), (ID, world.by_id.clone()));
            "found".to_owned()
        }
        Err(denial) => {
            assert_eq!(denial.tenant, world.credential.tenant);
            denial.reason.as_str().to_owned()
        }
    }
}

#[test]
fn an_id_opens_what_a_grant_covers_and_is_nothing_else() {
    let acme = at(Place::Named(name("org/acme")));
    let world = |grants: &[(&str, AccessSet)]| {
        let mut world = world_of_names(with_grants(grants)).with(acme.clone(), 3);
        world.by_id = Some(acme.clone());
        world
    };
    let granted = [("org/acme", AccessSet::Write)];
    assert_eq!(by_id(&world(&granted), &[], None), "found");
    assert_eq!(by_id(&world(&granted), &[], Some("org/acme")), "found");
    let other = by_id(&world(&granted), &[], Some("org"));
    assert_eq!(other, "namespace_conflict");
    let part = by_id(&world(&granted), &[("x-anchorhold-agent", "a")], None);
    assert_eq!(part, "namespace_conflict");
    let reader = [("org/acme", AccessSet::Read)];
    assert_eq!(by_id(&world(&reader), &[], None), "access_forbidden");
    // Without a grant nothing is told, also not that another name was meant.
    for named in [None, Some("org")] {
        assert_eq!(by_id(&world(&[]), &[], named), "namespace_not_found");
    }
    let reborn = world(&granted).with(acme.clone(), 4);
    assert_eq!(by_id(&reborn, &[], None), "namespace_not_found");
    let mut gone = world(&granted);
    gone.living.clear();
    assert_eq!(by_id(&gone, &[], None), "namespace_not_found");
}

#[test]
fn an_id_of_somebody_else_is_an_id_of_nothing() {
    let admin = kinds()[6].1.clone();
    let foreign = anchorhold_model::Address {
        tenant: TenantId::from_bytes([2; 16]),
        place: Place::Named(name("org/acme")),
    };
    for address in [None, Some(foreign), Some(of_user("local", "alice"))] {
        let mut world = World::usual(admin.clone());
        world
            .living
            .extend(address.clone().map(|address| (address, ID)));
        world.by_id = address;
        assert_eq!(by_id(&world, &[], None), "namespace_not_found");
    }
    let mut silent = World::usual(admin.clone());
    silent.silent_at = Some("address");
    assert_eq!(by_id(&silent, &[], None), "unavailable");
    let mut torn = World::usual(admin);
    torn.credential.user = anchorhold_model::UserId::parse("alice").ok();
    assert_eq!(
        by_id(&torn, &[("x-anchorhold-user", "bob")], None),
        "identity_conflict"
    );
    assert_eq!(
        torn.asked(),
        ["credential", "tenant", "standing", "standing"]
    );
}
