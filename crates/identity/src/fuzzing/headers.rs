//! Headers as a set: what is resolved of them is what a slow reading finds, in any order of lines, and no
//! piece is stronger than its sender may make it.

use std::net::IpAddr;

use anchorhold_model::{HeaderKind, HeaderSource, Sources, Trust, UserId, network};

use super::made::{SECRET, caller, credential};
use crate::{
    ActAs, Caller, Evidence, Headers, IdentitySettings, Resolution, Source, Strength,
    open_webui_keys, resolve,
};

const PROXY: &str = "10.1.2.3";
const STRANGER: &str = "192.0.2.9";
const NAMED: &str = "x-remote-user";

/// What the sender and the tenant are like: a letter for each.
struct Setting<'a>(&'a [u8]);

impl Setting<'_> {
    fn has(&self, letter: u8) -> bool {
        self.0.contains(&letter)
    }

    /// Whoever sends the headers; `may_act` or not.
    fn caller(&self, may_act: bool) -> Caller {
        let mut credential = credential();
        credential.act_as = may_act.then_some(ActAs::Full);
        if self.has(b'u') || self.has(b'b') {
            credential.user = UserId::parse("alice").ok();
            credential.is_brought = self.has(b'b');
        }
        let secret = self.has(b's').then(|| SECRET.to_owned());
        let identity = IdentitySettings {
            sources: Sources::new(vec![network("10.1.0.0/16").unwrap()], self.sources()).unwrap(),
            open_webui: secret.and_then(open_webui_keys),
            ..IdentitySettings::default()
        };
        caller(credential, identity)
    }

    fn trust(&self) -> Trust {
        match (self.has(b'c'), self.has(b't'), self.has(b'n')) {
            (true, ..) => Trust::Claimed,
            (_, true, _) => Trust::Auto,
            (.., true) => Trust::Never,
            _ => Trust::Always,
        }
    }

    fn sources(&self) -> Vec<HeaderSource> {
        let kinds = [
            (HeaderKind::User, None),
            (HeaderKind::IsolationKey, None),
            (HeaderKind::OpenWebui, None),
            (HeaderKind::SillyTavern, None),
            (HeaderKind::Named, Some(NAMED)),
        ];
        let mut sources: Vec<HeaderSource> = kinds
            .into_iter()
            .map(|(kind, header)| HeaderSource {
                from_proxies: kind == HeaderKind::Named || self.has(b'f'),
                ..HeaderSource::new(kind, header, self.trust(), false).unwrap()
            })
            .collect();
        if self.has(b'r') {
            sources.reverse();
        }
        sources
    }

    /// A request with these lines; `None` where it is refused.
    fn resolved(&self, may_act: bool, lines: &[(&str, &[u8])]) -> Option<Resolution> {
        let mut evidence = Evidence::from(Headers::new(lines));
        let peer = if self.has(b'p') { PROXY } else { STRANGER };
        evidence.peer = peer.parse::<IpAddr>().ok();
        resolve(&self.caller(may_act), evidence).ok()
    }
}

/// Each line is a name, a colon and a value; a line without a colon is a name.
pub(super) fn check(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let setting = Setting(lines.next().unwrap_or_default());
    let mut pairs: Vec<(&str, &[u8])> = Vec::new();
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(at.unwrap_or(line.len()));
        let value = value.split_first().map_or(&[][..], |(_, value)| value);
        if let Ok(name) = std::str::from_utf8(name) {
            pairs.push((name, value.trim_ascii()));
        }
    }
    let may_act = setting.has(b'a');
    let resolution = setting.resolved(may_act, &pairs);
    // Neither the order of the lines nor what names nobody changes anything.
    let mut turned: Vec<_> = pairs.iter().copied().rev().collect();
    turned.push(("x-forwarded-user", b"mallory, {{user}}"));
    let again = setting.resolved(may_act, &turned);
    assert_eq!(again.is_some(), resolution.is_some());
    let Some(resolution) = resolution else {
        return;
    };
    assert_eq!(again.unwrap().pieces(), resolution.pieces());
    whose(&setting, &pairs, &resolution);
    strengths(&setting, &pairs, &resolution);
    for (name, _) in &pairs {
        let is_read = resolution.pieces().iter().any(|piece| {
            header_of(piece.source).is_some_and(|header| header.eq_ignore_ascii_case(name))
        });
        if is_read {
            let twin = name.replace('-', "_");
            let mut two = pairs.clone();
            two.push((&twin, b"mallory"));
            assert!(
                setting.resolved(may_act, &two).is_none(),
                "{name} has a twin"
            );
            two.pop();
            two.push((name, b"mallory"));
            assert!(
                setting.resolved(may_act, &two).is_none(),
                "{name} is there twice"
            );
        }
    }
}

/// The header that a source reads as it stands.
const fn header_of(source: Source) -> Option<&'static str> {
    match source {
        Source::UserHeader => Some("x-anchorhold-user"),
        Source::IsolationKeyHeader => Some("x-isolation-key"),
        Source::OpenWebui => Some("x-openwebui-user-id"),
        Source::SillyTavern => Some("x-st-user"),
        Source::NamedHeader => Some(NAMED),
        _ => None,
    }
}

/// A piece names its credential's own user, or what stands in one line of its header, byte for byte.
fn whose(setting: &Setting<'_>, pairs: &[(&str, &[u8])], resolution: &Resolution) {
    let is_of_user = setting.has(b'u') || setting.has(b'b');
    for (number, piece) in resolution.pieces().iter().enumerate() {
        let id = piece.subject.id.as_str();
        if let Some(header) = header_of(piece.source) {
            let mut lines = pairs
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(header));
            let (first, second) = (lines.next(), lines.next());
            assert_eq!(first.map(|(_, value)| *value), Some(id.as_bytes()));
            assert!(second.is_none() && !id.contains(',') && !id.contains("{{"));
            assert!(
                !setting.has(b'b'),
                "nothing is read beside a token that was brought"
            );
        } else if piece.source != Source::OpenWebuiJwt {
            assert!(is_of_user && number == 0 && id == "alice");
        }
        let same = |other: &&crate::Piece| other.source == piece.source;
        assert_eq!(resolution.pieces().iter().filter(same).count(), 1);
    }
}

/// Nothing is believed further than its sender, or than the tenant wants.
fn strengths(setting: &Setting<'_>, pairs: &[(&str, &[u8])], resolution: &Resolution) {
    for piece in resolution.pieces() {
        let Some(header) = header_of(piece.source) else {
            continue;
        };
        let writes = setting.has(b'p') && (setting.has(b'f') || header == NAMED);
        let may_assert = setting.has(b'a') || writes;
        let expected = if may_assert && matches!(setting.trust(), Trust::Always | Trust::Auto) {
            Strength::Asserted
        } else {
            Strength::Claimed
        };
        assert_eq!(piece.strength, expected, "{header}");
        assert!(header != "x-openwebui-user-id" || !setting.has(b's'));
    }
    // Without the right to name users nothing is stronger than with it.
    if let Some(less) = setting.resolved(false, pairs) {
        for piece in less.pieces() {
            let more = resolution.pieces().iter();
            let mut more = more.filter(|more| more.source == piece.source);
            assert!(
                more.next()
                    .is_some_and(|more| more.strength >= piece.strength)
            );
        }
    }
}
