//! Every error code stands in one snapshot: a change of one is a change that a reader sees.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anchorhold_wire::{Code, ErrorBody, Rejection};

#[test]
fn every_code_stands_in_one_snapshot() {
    let mut table = String::new();
    for code in Code::ALL {
        let retries = match code.retries() {
            Some(seconds) => format!("again after {seconds} s"),
            None => "not again".to_owned(),
        };
        let (status, kind, advice) = (code.status(), code.kind(), code.advice());
        writeln!(table, "{status} {code} | {kind} | {retries} | {advice}").unwrap();
    }
    insta::assert_snapshot!("codes", table);
}

#[test]
fn no_two_codes_share_a_word_and_every_word_reads_back() {
    let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(*code));
        let json = serde_json::to_string(code).unwrap();
        assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
    }
    assert!(serde_json::from_str::<Code>("\"no_such_code\"").is_err());
}

#[test]
fn every_429_and_503_can_be_repeated_and_no_refusal_of_the_request_itself() {
    for code in Code::ALL {
        match code.status() {
            429 | 503 => assert!(code.retries().is_some(), "{code}"),
            400..=404 | 413..=423 => assert!(code.retries().is_none(), "{code}"),
            _ => {}
        }
    }
}

#[test]
fn an_error_body_has_the_documented_shape() {
    let rejection = Rejection::of_field(Code::RequestInvalid, "tags[3]", "must not be empty");
    let body = rejection.into_body("req_0123");
    let json = serde_json::to_value(&body).unwrap();
    insta::assert_json_snapshot!("error_body", json);
    assert_eq!(serde_json::from_value::<ErrorBody>(json).unwrap(), body);
    let without_field = ErrorBody::new(Code::RouteNotFound, "no such route", "req_0");
    let json = serde_json::to_value(without_field).unwrap();
    assert!(json["error"].get("field").is_none());
}
