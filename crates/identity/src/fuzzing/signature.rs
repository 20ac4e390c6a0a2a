//! Signed requests: what is signed can be read back, so two requests never sign the same bytes, and a
//! signature counts for the request that it was made for alone.

use anchorhold_crypto::{RequestKey, sha256};
use anchorhold_model::{Timestamp, hex};

use super::made::{NOW, caller, credential, hmac_key};
use crate::{
    Evidence, Fields, Headers, IdentitySettings, Message, Replays, Source, Strength, canonical,
    resolve,
};

/// When the server was started: long before.
const STARTED: Timestamp = Timestamp::from_milliseconds(1_780_000_000_000);
const VERSION: &str = "anchorhold-hmac-1";
/// Lines of one request: those of `Fields`, the method, the target and the body.
const LINES: usize = 13;

/// The texts of a request.
#[derive(Clone, PartialEq, Eq)]
struct Sent<'a>([&'a str; LINES]);

impl<'a> Sent<'a> {
    fn read(lines: &mut impl Iterator<Item = &'a str>) -> Self {
        Self([(); LINES].map(|()| lines.next().unwrap_or_default()))
    }

    fn canonical(&self) -> Vec<u8> {
        let [
            key_id,
            timestamp,
            nonce,
            host,
            user,
            workspace,
            agent,
            thread,
            namespace,
            isolation_key,
            method,
            target,
            body,
        ] = self.0;
        let fields = Fields {
            key_id,
            timestamp,
            nonce,
            host,
            user,
            workspace,
            agent,
            thread,
            namespace,
            isolation_key,
        };
        canonical(&fields, method, target, &sha256(body.as_bytes()))
    }

    /// The texts in the order in which they are signed.
    fn in_order(&self) -> [&'a str; LINES] {
        let [
            key_id,
            timestamp,
            nonce,
            host,
            user,
            workspace,
            agent,
            thread,
            namespace,
            isolation_key,
            method,
            target,
            _,
        ] = self.0;
        [
            VERSION,
            key_id,
            timestamp,
            nonce,
            method,
            target,
            host,
            user,
            workspace,
            agent,
            thread,
            namespace,
            isolation_key,
        ]
    }

    /// Whether a request with this signature is proved to be of the user that it names.
    fn is_proved_by(&self, signature: &str) -> bool {
        let names = [
            "x-anchorhold-key-id",
            "x-anchorhold-timestamp",
            "x-anchorhold-nonce",
            "host",
            "x-anchorhold-user",
            "x-anchorhold-workspace",
            "x-anchorhold-agent",
            "x-anchorhold-thread",
            "x-anchorhold-namespace",
            "x-isolation-key",
        ];
        let pairs = names.into_iter().zip(self.0);
        let pairs = pairs.filter(|(_, value)| !value.is_empty());
        let mut lines: Vec<_> = pairs
            .map(|(name, value)| (name, value.as_bytes()))
            .collect();
        lines.push(("x-anchorhold-signature", signature.as_bytes()));
        let replays = Replays::new(STARTED);
        let [.., method, target, body] = self.0;
        let message = Message {
            body: None,
            method,
            target,
            body_sha256: Some(sha256(body.as_bytes())),
            request: [1; 16],
            arrived: NOW,
            is_again: false,
        };
        let identity = IdentitySettings {
            hmac_keys: vec![hmac_key()],
            ..IdentitySettings::default()
        };
        let mut evidence = Evidence::from(Headers::new(&lines));
        evidence.message = Some((message, &replays));
        let Ok(resolution) = resolve(&caller(credential(), identity), evidence) else {
            return false;
        };
        resolution.pieces().iter().any(|piece| {
            assert_eq!(
                piece.source == Source::Signature,
                piece.strength == Strength::Proven
            );
            piece.source == Source::Signature
        })
    }
}

pub(super) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.split('\n');
    let (one, other) = (Sent::read(&mut lines), Sent::read(&mut lines));
    let bytes = one.canonical();
    let mut rest = bytes.as_slice();
    for text in one.in_order() {
        let (length, more) = rest.split_at(4);
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let (read, more) = more.split_at(usize::try_from(length).unwrap());
        assert!(read == text.as_bytes());
        rest = more;
    }
    assert_eq!(rest, sha256(one.0[LINES - 1].as_bytes()));
    assert_eq!(one == other, bytes == other.canonical());
    let signature = hex(&RequestKey::new(hmac_key().secret()).sign(&bytes));
    if !one.is_proved_by(&signature) {
        return;
    }
    assert!(one == other || !other.is_proved_by(&signature));
    for place in 0..LINES {
        let longer = format!("{}x", one.0[place]);
        let mut changed = one.clone();
        changed.0[place] = &longer;
        assert!(!changed.is_proved_by(&signature), "text {place}");
        changed.0[place] = "";
        let is_same = one.0[place].is_empty();
        assert_eq!(changed.is_proved_by(&signature), is_same, "text {place}");
    }
}
