//! One spelling of each path is accepted.

use super::problem;

#[test]
fn paths_as_documented_are_canonical() {
    for path in [
        "/",
        "/healthz",
        "/v1/memories",
        "/v1/memories/",
        "/v1/memories/01890a5d-ac96-774b-bcce-b302099a8057",
        "/v1/tenants/acme%20inc/keys",
        "/v1/tenants/%C3%A9t%C3%A9",
        "/v1/tenants/a:b@c",
        "/v1/tenants/100%25",
    ] {
        assert_eq!(problem(path), None, "{path}");
    }
}

#[test]
fn no_other_spelling_passes() {
    for path in [
        "",
        "*",
        "v1/memories",
        "//v1/memories",
        "/v1//memories",
        "/v1/memories//",
        "/v1/./memories",
        "/v1/../v1/memories",
        "/v1/memories/..",
        "/v1/%2e%2e/memories",
        "/v1/%2E%2E/memories",
        "/v1/memories%2Fx",
        "/v1/memories%2fx",
        "/v1/memories%5Cx",
        "/v1/memories%00",
        "/v1/memories%0A",
        "/v1/memories%7F",
        "/v1/memories;a=b",
        "/v1/memories%3Ba",
        "/v1/%6Demories",
        "/v1/m%65mories",
        "/v1/memories%",
        "/v1/memories%4",
        "/v1/memories%zz",
        "/v1/tenants/%c3%a9",
        "/v1/tenants/%C3",
        "/v1/tenants/\u{e9}",
        "/v1/tenants/a b",
        "/v1\\memories",
        "/v1/memories\0",
        "/v1/tenants/<a>",
        "/v1/tenants/{name}",
    ] {
        assert!(problem(path).is_some(), "{path}");
    }
}

#[test]
fn no_escape_of_an_unreserved_byte_passes() {
    for byte in 0..=255_u8 {
        let path = format!("/v1/tenants/a%{byte:02X}");
        let refused = problem(&path).is_some();
        let stands_for_itself = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let structure = b"/\\;".contains(&byte) || byte.is_ascii_control() || byte >= 0x80;
        assert_eq!(refused, stands_for_itself || structure, "{path}");
    }
}
