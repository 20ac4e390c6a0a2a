//! Everybody who comes to the door, from nobody to the operator, with the key that they carry.

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_model::{Random, Stream};
use serde_json::json;

use super::house::{Caller, House, Tenant};

/// Who comes; the snapshot names them like this.
pub(super) const ACTORS: [&str; 21] = [
    "nobody",
    "malformed",
    "unknown",
    "revoked",
    "expired",
    "operator",
    "plain",
    "alice",
    "alice-viewer",
    "bob",
    "act-as",
    "act-as-read",
    "act-as-viewer",
    "grant-read",
    "grant-write",
    "grant-erase",
    "grant-admin",
    "subtree-admin",
    "tenant-admin",
    "rival-act-as",
    "rival-admin",
];

/// The namespace that grants are about.
pub(super) const NAMED: &str = "org/acme";

/// The tenants that the actors belong to, and the one key that cannot be made any more.
pub(super) struct Cast<'house> {
    pub(super) house: &'house House,
    pub(super) tenant: Tenant<'house>,
    pub(super) rival: Tenant<'house>,
    pub(super) expired: String,
}

impl Cast<'_> {
    /// A key for the actor, bound to `user` where it is Alice's; none for nobody.
    pub(super) fn key(&self, actor: &str, user: &str) -> Option<String> {
        let tenant = &self.tenant;
        let caller = match actor {
            "nobody" => return None,
            "malformed" => return Some("ah_0123".to_owned()),
            "unknown" => return Some(unknown_key()),
            "expired" => return Some(self.expired.clone()),
            "operator" => return Some(self.house.server.operator_key.clone()),
            "revoked" => {
                let caller = tenant.admin();
                tenant.revoke(&caller);
                caller
            }
            "plain" => tenant.key(json!({})),
            "alice" => tenant.user(user),
            "alice-viewer" => tenant.key(json!({"user": user, "viewer": true})),
            "bob" => tenant.user(&format!("bob-beside-{user}")),
            "act-as" => tenant.application(),
            "act-as-read" => tenant.key(json!({"act_as": "read"})),
            "act-as-viewer" => tenant.key(json!({"act_as": "read", "viewer": true})),
            "subtree-admin" => tenant.granted(&format!("{NAMED}/**"), "admin"),
            "tenant-admin" => tenant.admin(),
            "rival-act-as" => self.rival.application(),
            "rival-admin" => self.rival.admin(),
            actor => match actor.strip_prefix("grant-") {
                Some(access) => tenant.granted(NAMED, access),
                None => panic!("{actor} is in the list but has no key here"),
            },
        };
        Some(caller.key)
    }

    /// An admin of the tenant and an application of it, to prepare what the actors find.
    pub(super) fn hands(&self) -> (Caller, Caller) {
        (self.tenant.admin(), self.tenant.application())
    }
}

/// A key with the form of one, that nobody ever made.
pub(super) fn unknown_key() -> String {
    struct Sevens;
    impl Random for Sevens {
        fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }
    let token = Token::generate(TokenClass::Secret, &Sevens, Stream::PROCESS);
    token.reveal()
}
