//! What says who a user is, and who sends it.

use std::fmt::{Display, Formatter, Result};

use super::house::Door;

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sender {
    /// Somebody with a key that has no right of its own, or without any key.
    Anybody,
    /// Somebody with a key that may name users.
    ActAs,
    /// A proxy that the tenant trusts.
    Proxy,
}

/// What says who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Nothing,
    KeyOfUser,
    BroughtToken,
    Jwt,
    OpenWebuiToken,
    /// This header in a signed request.
    Signed(&'static str),
    /// This header, of a user whom the tenant knows or not.
    Header(&'static str, Knowledge),
    /// A session that lives.
    Session,
    /// The same beside a header.
    SessionBeside(&'static str),
    /// A key of a user beside a header that names somebody else.
    KeyBeside(&'static str),
    /// A token of an issuer beside such a header.
    JwtBeside(&'static str),
    /// A plain header of Open WebUI once a secret is shared with it.
    OpenWebuiPlain,
}

/// Whether the tenant knows whom a header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Knowledge {
    Unknown,
    Known,
}

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) source: Source,
    pub(super) sender: Sender,
}

/// Each header that names a user, and the issuer of its users.
pub(super) const HEADERS: [(&str, &str); 5] = [
    ("x-anchorhold-user", "local"),
    ("x-isolation-key", "isolation-key"),
    ("x-openwebui-user-id", "owui"),
    ("x-st-user", "st"),
    ("x-remote-user", "header:x-remote-user"),
];

/// All that can be sent at a door.
pub(super) fn rows(door: Door) -> Vec<Row> {
    let mut sources = vec![
        Source::Nothing,
        Source::KeyOfUser,
        Source::BroughtToken,
        Source::Jwt,
        Source::OpenWebuiToken,
        Source::Signed("x-anchorhold-user"),
        Source::Signed("x-isolation-key"),
        Source::Session,
        Source::SessionBeside("x-anchorhold-user"),
        Source::OpenWebuiPlain,
    ];
    for (header, _) in HEADERS {
        sources.extend(
            [Knowledge::Unknown, Knowledge::Known].map(|known| Source::Header(header, known)),
        );
        sources.extend([Source::KeyBeside(header), Source::JwtBeside(header)]);
    }
    let rows = sources.into_iter().flat_map(|source| {
        let senders = [Sender::Anybody, Sender::ActAs, Sender::Proxy];
        senders.map(|sender| Row { source, sender })
    });
    rows.filter(|row| row.is_sent_at(door)).collect()
}

impl Row {
    fn is_sent_at(self, door: Door) -> bool {
        let is_of_key = matches!(
            self.source,
            Source::KeyOfUser
                | Source::BroughtToken
                | Source::Jwt
                | Source::KeyBeside(_)
                | Source::JwtBeside(_)
        );
        let says_who_sends = matches!(
            self.source,
            Source::Nothing
                | Source::Header(..)
                | Source::SessionBeside(_)
                | Source::OpenWebuiPlain
        );
        let is_keyless = door == Door::NoKey;
        // What is proved is proved, whoever sends it.
        (says_who_sends || self.sender == Sender::Anybody)
            && !(is_keyless && (is_of_key || self.sender == Sender::ActAs))
    }
}

impl Display for Row {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let what = match self.source {
            Source::Nothing => "nothing".to_owned(),
            Source::KeyOfUser => "key of a user".to_owned(),
            Source::BroughtToken => "brought token".to_owned(),
            Source::Jwt => "JWT".to_owned(),
            Source::OpenWebuiToken => "token of Open WebUI".to_owned(),
            Source::Signed(header) => format!("signed {header}"),
            Source::Header(header, Knowledge::Unknown) => header.to_owned(),
            Source::Header(header, Knowledge::Known) => format!("{header}, known"),
            Source::Session => "session".to_owned(),
            Source::SessionBeside(header) => format!("session, {header}"),
            Source::KeyBeside(header) => format!("key of a user, {header}"),
            Source::JwtBeside(header) => format!("JWT, {header}"),
            Source::OpenWebuiPlain => "x-openwebui-user-id beside a secret".to_owned(),
        };
        let by = match self.sender {
            Sender::Anybody => "",
            Sender::ActAs => " by act_as",
            Sender::Proxy => " by a proxy",
        };
        formatter.pad(&(what + by))
    }
}
