//! What is an id of a session and what is not.

use proptest::prelude::*;

use super::*;

const UUID: &str = "0b9f3c52-8d1e-4c7a-9f00-1234567890ab";

#[test]
fn a_uuid_stands_for_its_digits() {
    let digits = UUID.replace('-', "");
    assert_eq!(SessionId::parse(UUID), SessionId::parse(&digits));
    assert_eq!(SessionId::parse(UUID).unwrap().reveal(), digits);
}

#[test]
fn whatever_is_not_exactly_an_id_is_none() {
    let digits = UUID.replace('-', "");
    let upper = UUID.to_uppercase();
    let longer = format!("{digits}0");
    for text in [
        "",
        "../../shared",
        &digits.replacen('0', "", 1),
        &longer,
        &upper,
        &digits.to_uppercase(),
        &format!(" {digits}"),
        &format!("{{{UUID}}}"),
        &format!("{digits}-0-0"),
        "0b9f3c528-d1e-4c7a-9f00-1234567890ab",
        "0b9f3c52-8d1e-4c7a-9f00-1234567890a\u{e9}",
    ] {
        assert_eq!(SessionId::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_client_draws_uuids_of_version_4_alone() {
    assert!(SessionId::parse_drawn_by_client(UUID).is_some());
    for text in [
        &UUID.replace('-', ""),
        "0b9f3c52-8d1e-1c7a-9f00-1234567890ab",
        "0b9f3c52-8d1e-4c7a-1f00-1234567890ab",
        "00000000-0000-0000-0000-000000000000",
    ] {
        assert_eq!(SessionId::parse_drawn_by_client(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_revealed_is_read_again(bytes: [u8; 16]) {
        let id = SessionId::from_bytes(bytes);
        prop_assert_eq!(SessionId::parse(&id.reveal()), Some(id));
        prop_assert_eq!(format!("{id:?}"), "SessionId(..)");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,40}") {
        if let Some(id) = SessionId::parse(&text) {
            prop_assert_eq!(id.reveal(), text.replace('-', ""));
        }
    }
}

#[test]
fn a_policy_keeps_to_its_bounds() {
    let policy = SessionPolicy::default();
    assert_eq!(
        policy.changed(&SessionChanges::default()),
        Ok(policy.clone())
    );
    let with = |change: fn(&mut SessionChanges)| {
        let mut changes = SessionChanges::default();
        change(&mut changes);
        policy.changed(&changes).map_err(SessionPolicyError::field)
    };
    assert_eq!(with(|to| to.idle_seconds = Some(59)), Err("idle_seconds"));
    assert_eq!(with(|to| to.live_max = Some(0)), Err("live_max"));
    assert_eq!(
        with(|to| to.new_per_minute = Some(0)),
        Err("new_per_minute")
    );
    assert_eq!(
        with(|to| to.idle_seconds = Some(60)).unwrap().idle_seconds,
        60
    );
}
