//! Publishable keys: in which pages they count, what they lead to, and whose their refusals are.

use std::fmt::Write as _;

use anchorhold_identity::{
    CredentialRecord, Denial, Door, Missing, Read, Reason, Standing, sandbox_erasure, tenant_admin,
};
use anchorhold_model::{Isolation, Origin, Role, Timestamp, TrustMode};

use crate::jwt;
use crate::places::MODES;
use crate::world::{NOW, World, kinds, plain, user};

const PAGE: (&str, &str) = ("origin", "https://app.example");
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// The same for everybody who reads a page.
fn published(credential: CredentialRecord) -> CredentialRecord {
    let origins = ["https://shop.example", PAGE.1];
    CredentialRecord {
        origins: Some(origins.map(|text| Origin::parse(text).unwrap()).to_vec()),
        ..credential
    }
}

/// A world with such a key, and an issuer of tokens that prove users.
fn world(mode: TrustMode, isolation: Isolation, credential: CredentialRecord) -> World {
    let mut world = World::new(mode, isolation, published(credential));
    world.issuer = Some(jwt::issuer());
    world
}

#[test]
fn a_publishable_key_counts_in_its_pages_and_in_those_of_the_server() {
    let world = World::usual(published(plain()));
    let shop = ("origin", "https://shop.example");
    let evil = ("origin", "https://evil.example");
    let good: [&[(&str, &str)]; 4] = [&[PAGE], &[shop], &[OWN_PAGE], &[PAGE, OWN_PAGE]];
    for lines in good {
        assert!(world.judged(lines).is_ok(), "{lines:?}");
    }
    let site = |site| ("sec-fetch-site", site);
    let bad: [&[(&str, &str)]; 12] = [
        &[],
        &[evil],
        &[evil, OWN_PAGE],
        &[PAGE, evil],
        &[PAGE, PAGE],
        &[("origin", "https://app.example:8443")],
        &[("origin", "HTTPS://APP.EXAMPLE")],
        &[("origin", "null")],
        &[site("same-site")],
        &[site("cross-site")],
        &[site("none")],
        &[OWN_PAGE, site("cross-site")],
    ];
    let forbidden = Denial::of_stranger(Reason::OriginForbidden);
    for lines in bad {
        let denial = world.judged(lines).err();
        assert_eq!(denial, Some(forbidden.clone()), "{lines:?}");
    }
    // Of every other key the page is not asked.
    let usual = World::usual(plain());
    assert!(usual.judged(&[evil]).is_ok());
}

/// Everybody has the key, so nothing of it stands in a log that the tenant reads.
#[test]
fn refusals_of_a_publishable_key_are_those_of_strangers() {
    let refusal = |change: &dyn Fn(&mut CredentialRecord)| {
        let mut world = World::usual(published(plain()));
        change(&mut world.credential);
        world.judged(&[PAGE]).err()
    };
    let stranger = |reason| Some(Denial::of_stranger(reason));
    let ended = refusal(&|key| key.expires_at = Some(NOW));
    assert_eq!(ended, stranger(Reason::CredentialExpired));
    let revoked = refusal(&|key| key.revoked_at = Some(Timestamp::from_milliseconds(1)));
    assert_eq!(revoked, stranger(Reason::CredentialRevoked));
    let world = World::usual(published(plain()));
    let denial = world.scope::<Read>(&[PAGE], None, Missing::Empty).err();
    assert_eq!(denial, stranger(Reason::IdentityRequired));
}

/// Rows: what comes along with the key. Columns: modes.
#[test]
fn a_publishable_key_leads_to_sessions_and_to_who_is_proved_beside_it() {
    let token = format!("Bearer {}", jwt::usual());
    let proof = ("authorization", token.as_str());
    let alice = ("x-anchorhold-user", "alice");
    let sent: [(&str, &[(&str, &str)]); 3] = [
        ("nothing", &[PAGE]),
        ("user alice", &[PAGE, alice]),
        ("a token of alice", &[PAGE, proof]),
    ];
    let act_as = kinds()[4].1.clone();
    let mut table = String::new();
    for isolation in [
        Isolation::User,
        Isolation::Session,
        Isolation::Custom,
        Isolation::None,
    ] {
        writeln!(table, "{isolation:?}").unwrap();
        for (key, credential) in [("plain", &plain()), ("act_as", &act_as)] {
            for (title, lines) in sent {
                write!(table, "  {key:<7}{title:<17}").unwrap();
                for mode in MODES {
                    let world = world(mode, isolation, credential.clone());
                    write!(table, " {:<22}", world.rights(lines, None)).unwrap();
                }
                table = table.trim_end().to_owned() + "\n";
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn no_page_manages_a_tenant_or_destroys_a_sandbox() {
    let token = format!("Bearer {}", jwt::usual());
    let lines = [PAGE, ("authorization", &token)];
    let manages = |world: &World| {
        let verdict = || world.judged(&lines).map(|(_, verdict)| verdict);
        let (caller, _) = world.judged(&lines).unwrap();
        tenant_admin(&caller, verdict, Door::Http).is_ok()
    };
    let mut world = world(TrustMode::Strict, Isolation::User, plain());
    let standing = Standing {
        is_known: true,
        role: Role::Admin,
        linked_to: None,
    };
    world.standings = [(user("jwt:clerk", "alice"), standing)].into();
    assert!(!manages(&world));
    world.credential.origins = None;
    assert!(manages(&world), "the token alone does");
    let sandbox = self::world(TrustMode::Quarantine, Isolation::User, plain());
    let (caller, verdict) = sandbox.judged(&[PAGE]).unwrap();
    let denial = sandbox_erasure(&caller, &verdict, Door::Http, &sandbox).err();
    let forbidden = Denial::of_stranger(Reason::AccessForbidden { needed: None });
    assert_eq!(denial, Some(forbidden));
}
