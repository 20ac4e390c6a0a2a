//! Strategy `custom`: a key of the application's own choosing chooses the namespace.

use anchorhold_identity::{CredentialRecord, open_webui_keys};
use anchorhold_model::{Isolation, TrustMode};

use crate::jwt::signed;
use crate::sources::{CLAIMS, HEADER, SECRET, STRANGER, act_as, outcome};
use crate::world::{World, kinds, plain};

/// With strategy `custom` the key of the application's own choosing decides, and nothing instead of it.
#[test]
fn with_strategy_custom_no_other_evidence_takes_the_place_of_the_key() {
    let of = |mode, credential: &CredentialRecord, lines: &[(&str, &str)]| {
        let mut world = World::new(mode, Isolation::Custom, credential.clone());
        let mut tenant = (*world.tenant.take().unwrap()).clone();
        tenant.identity.open_webui = open_webui_keys(SECRET.to_owned());
        world.tenant = Some(tenant.into());
        outcome(&world, STRANGER, lines).unwrap()
    };
    let token = signed(HEADER, CLAIMS, SECRET);
    let alice = kinds()[1].1.clone();
    for mode in [TrustMode::Strict, TrustMode::Required, TrustMode::Legacy] {
        for (credential, lines) in [
            (&alice, vec![]),
            (&act_as(), vec![("x-st-user", "bob")]),
            (&act_as(), vec![("x-anchorhold-user", "bob")]),
            (&plain(), vec![("x-openwebui-user-jwt", token.as_str())]),
        ] {
            let none = "nobody, IsolationKeyRequired";
            assert_eq!(of(mode, credential, &lines), none, "{lines:?}");
        }
    }
    let key = ("x-isolation-key", "org-7");
    assert_eq!(
        of(TrustMode::Required, &act_as(), &[key]),
        "isolation-key:org-7 asserted by x-isolation-key, Own"
    );
    let claimed = [("x-anchorhold-user", "bob"), key];
    assert_eq!(
        of(TrustMode::Legacy, &plain(), &claimed),
        "isolation-key:org-7 claimed by x-isolation-key, OwnWithAdvisory"
    );
    // Also where evidence disagrees and the mode lets that pass.
    let bob = [("x-anchorhold-user", "bob")];
    assert_eq!(
        of(TrustMode::Legacy, &alice, &bob),
        "nobody, IsolationKeyRequired"
    );
    for (credential, lines) in [(&alice, vec![key]), (&act_as(), claimed.to_vec())] {
        let conflict = of(TrustMode::Required, credential, &lines);
        assert!(conflict.ends_with("IdentityConflict"), "{conflict}");
    }
}
