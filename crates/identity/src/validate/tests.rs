//! The tables of the design, cell by cell, as a file that can be read.

use std::fmt::Write as _;

use super::*;

const MODES: [TrustMode; 4] = [
    TrustMode::Strict,
    TrustMode::Required,
    TrustMode::Quarantine,
    TrustMode::Legacy,
];
const STRATEGIES: [Isolation; 4] = [
    Isolation::None,
    Isolation::Session,
    Isolation::Custom,
    Isolation::User,
];
const EVIDENCE: [Option<Strength>; 4] = [
    Some(Strength::Proven),
    Some(Strength::Asserted),
    Some(Strength::Claimed),
    None,
];

#[test]
fn the_tables_say_what_the_design_says() {
    let mut table = String::from("strategy    mode        evidence  known  unknown\n");
    for isolation in STRATEGIES {
        for trust_mode in MODES {
            for evidence in EVIDENCE {
                let policy = TenantPolicy {
                    trust_mode,
                    isolation,
                    ..TenantPolicy::default()
                };
                let row = writeln!(
                    table,
                    "{:<11} {:<11} {:<9} {:?} {:?}",
                    format!("{isolation:?}"),
                    format!("{trust_mode:?}"),
                    evidence.map_or("none", Strength::as_str),
                    rule(&policy, evidence, true),
                    rule(&policy, evidence, false),
                );
                row.unwrap();
            }
        }
    }
    for mode in MODES {
        writeln!(table, "conflict    {mode:?} {:?}", rule_on_conflict(mode)).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Weaker evidence never gets into a better place than stronger evidence.
#[test]
fn strict_accepts_nothing_but_proof() {
    for isolation in [Isolation::User, Isolation::Custom, Isolation::None] {
        let policy = TenantPolicy {
            trust_mode: TrustMode::Strict,
            isolation,
            ..TenantPolicy::default()
        };
        for known in [true, false] {
            for evidence in [Some(Strength::Asserted), Some(Strength::Claimed), None] {
                let ruling = rule(&policy, evidence, known);
                assert!(
                    matches!(
                        ruling,
                        Ruling::IdentityMissing
                            | Ruling::IdentityUnverified
                            | Ruling::IsolationKeyRequired
                    ),
                    "{isolation:?} {evidence:?} {ruling:?}"
                );
            }
        }
    }
}

#[test]
fn every_ruling_has_a_word_of_its_own_and_a_refusal_that_of_its_code() {
    use Ruling as R;
    for (ruling, word) in [
        (R::Own, "own"),
        (R::OwnWithAdvisory, "own_with_advisory"),
        (R::Shared, "shared"),
        (R::SharedWithAdvisory, "shared_with_advisory"),
        (R::Sandbox, "sandbox"),
        (R::Session, "session"),
        (R::IdentityMissing, Reason::IdentityMissing.as_str()),
        (R::IdentityRequired, Reason::IdentityRequired.as_str()),
        (
            R::IsolationKeyRequired,
            Reason::IsolationKeyRequired.as_str(),
        ),
        (R::IdentityUnverified, Reason::IdentityUnverified.as_str()),
        (
            R::IdentityNotPermitted,
            Reason::IdentityNotPermitted.as_str(),
        ),
        (R::IdentityConflict, Reason::IdentityConflict.as_str()),
    ] {
        assert_eq!(ruling.as_str(), word);
    }
}
