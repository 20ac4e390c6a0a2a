//! A server with one tenant, and every kind of proof that the tenant can check.

use std::cell::Cell;

use anchorhold_crypto::{RequestKey, Secret};
use anchorhold_model::{Clock as _, TenantPolicy, TrustMode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::rows::{HEADERS, Knowledge, Row, Sender, Source};
use crate::support::{Ask, Reply, Server, Setup, SigningKey};

const SECRET: &str = "a secret of thirty-two bytes, ok";
const BROUGHT: &str = "carol-has-sent-this-for-years";
const ISS: &str = "https://clerk.example";

/// Where a request comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// A listener where a key is shown.
    Key,
    /// A listener with a tenant, where none is.
    NoKey,
    /// A listener that demands `required` or more, where a key is shown.
    RequiredAtLeast,
}

/// What a tenant has to be told before a row can be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting {
    Usual,
    TrustsProxies,
    SharesSecret,
}

/// Who is proved or named, and whom a header names.
type People = [String; 2];

pub(super) struct House {
    pub(super) server: Server,
    door: Door,
    plain: String,
    act_as: String,
    of_user: String,
    signing: SigningKey,
    session: String,
    /// How many requests were put together; each unknown user and each nonce bears its number.
    count: Cell<usize>,
}

impl House {
    pub(super) fn new(door: Door) -> Self {
        let server = Server::of(Setup {
            acme: (door == Door::NoKey).then(TenantPolicy::default),
            trust_mode: (door == Door::RequiredAtLeast).then_some(TrustMode::Required),
            ..Setup::default()
        });
        if door != Door::NoKey {
            server.tenant("acme");
        }
        // Nothing signed counts that may have been sent before the start.
        server.clock.advance_seconds(5);
        let key = |body| server.key("acme", body);
        let (plain, act_as) = (key(json!({})), key(json!({"act_as": true})));
        let (of_user, admin) = (key(json!({"user": "bound"})), key(json!({"admin": true})));
        let make = |what: &str, body: Value| {
            let target = format!("/v1/tenants/acme/{what}");
            let made = server.operate("POST", &target).json(body).send();
            assert_eq!(made.status, 201, "{made:?}");
            made.json()
        };
        make(
            "keys",
            json!({"name": "carol", "user": "carol", "bearer_token": BROUGHT}),
        );
        make(
            "jwt-key-sets",
            json!({"name": "clerk", "iss": ISS, "audience": "memory",
            "keys": [{"algorithm": "HS256", "secret": SECRET}]}),
        );
        let signing = make("hmac-keys", json!({"name": "backend"}));
        let text = |field: &str| signing[field].as_str().unwrap().to_owned();
        let signing = SigningKey {
            id: text("key_id"),
            secret: text("secret"),
        };
        for (header, issuer) in HEADERS {
            let user = json!({"id": known(header), "issuer": issuer});
            let made = server
                .ask("POST", "/v1/users")
                .key(&admin)
                .json(user)
                .send();
            assert_eq!(made.status, 201, "{made:?}");
        }
        let mut house = Self {
            server,
            door,
            plain,
            act_as,
            of_user,
            signing,
            session: String::new(),
            count: Cell::new(0),
        };
        let many = json!({"new_per_minute": 100_000, "live_max": 100_000});
        house.change(&json!({"sessions": many, "quarantine": many, "sources": sources()}));
        house.demand("required", "session");
        let begun = house
            .ask("POST", Sender::Anybody)
            .json(json!({"content": "tea"}))
            .send();
        begun
            .header("x-session-id")
            .unwrap()
            .clone_into(&mut house.session);
        house
    }

    /// Gives the tenant another policy.
    pub(super) fn demand(&self, trust_mode: &str, isolation: &str) {
        let body = json!({"trust_mode": trust_mode, "isolation": isolation});
        let changed = self
            .server
            .operate("PATCH", "/v1/tenants/acme")
            .json(body)
            .send();
        assert_eq!(changed.status, 200, "{changed:?}");
    }

    fn change(&self, body: &Value) {
        let asked = self.server.operate("PATCH", "/v1/tenants/acme/identity");
        let changed = asked.json(body.clone()).send();
        assert_eq!(changed.status, 200, "{changed:?}");
    }

    /// Does something with every row, each while the tenant is set up for it.
    pub(super) fn each(&self, rows: &[Row], mut act: impl FnMut(&Row)) {
        for setting in [
            Setting::Usual,
            Setting::TrustsProxies,
            Setting::SharesSecret,
        ] {
            let proxies = match setting {
                Setting::TrustsProxies => json!(["127.0.0.0/8", "::1"]),
                _ => json!([]),
            };
            self.change(&json!({"trusted_proxies": proxies}));
            if setting == Setting::SharesSecret {
                self.change(&json!({"open_webui_secret": SECRET}));
            }
            rows.iter()
                .filter(|row| setting_of(row) == setting)
                .for_each(&mut act);
        }
        let target = "/v1/tenants/acme/identity/open-webui-secret";
        assert_eq!(self.server.operate("DELETE", target).send().status, 200);
    }

    /// What becomes of a request that keeps something.
    pub(super) fn outcome(&self, row: &Row) -> String {
        let ask = self.ask("POST", row.sender);
        let (ask, people) = self.says(ask.json(json!({"content": "tea"})), row.source);
        told(&ask.send(), &people)
    }

    /// What becomes of a request that reads.
    pub(super) fn reading(&self, row: &Row) -> String {
        let (ask, people) = self.says(self.ask("GET", row.sender), row.source);
        told(&ask.send(), &people)
    }

    fn ask(&self, method: &str, sender: Sender) -> Ask {
        let ask = self.server.ask(method, "/v1/memories");
        match (self.door, sender) {
            (Door::NoKey, _) => ask,
            (_, Sender::ActAs) => ask.key(&self.act_as),
            _ => ask.key(&self.plain),
        }
    }

    /// A request in which this says who the user is; who that is, and whom a header names.
    fn says(&self, ask: Ask, source: Source) -> (Ask, People) {
        let number = self.count.replace(self.count.get() + 1);
        let stranger = format!("user-{number}");
        let as_user = |ask: Ask, key: &str| ask.without("Authorization").key(key);
        let now = self.server.clock.now().milliseconds() / 1_000;
        let jwt = || token(&json!({"iss": ISS, "aud": "memory", "sub": "dave", "exp": now + 300}));
        let named = |ask: Ask, header| ask.header(header, &stranger);
        let (ask, user) = match source {
            Source::Nothing => (ask, ""),
            Source::KeyOfUser => (as_user(ask, &self.of_user), "bound"),
            Source::KeyBeside(header) => (named(as_user(ask, &self.of_user), header), "bound"),
            Source::BroughtToken => (as_user(ask, BROUGHT), "carol"),
            Source::Jwt => (as_user(ask, &jwt()), "dave"),
            Source::JwtBeside(header) => (named(as_user(ask, &jwt()), header), "dave"),
            Source::OpenWebuiToken => {
                let claims =
                    json!({"sub": "erin", "iss": "open-webui", "iat": now, "exp": now + 300});
                (ask.header("x-openwebui-user-jwt", &token(&claims)), "erin")
            }
            Source::Signed(header) => {
                let nonce = format!("a nonce of number {number}").replace(' ', "-");
                (
                    named(ask, header).signed(&self.signing, now, &nonce),
                    stranger.as_str(),
                )
            }
            Source::Header(header, Knowledge::Known) => {
                return (
                    ask.header(header, &known(header)),
                    [known(header), stranger],
                );
            }
            Source::Header(header, _) => (named(ask, header), stranger.as_str()),
            Source::Session => (ask.header("x-session-id", &self.session), ""),
            Source::SessionBeside(header) => (
                named(ask, header).header("x-session-id", &self.session),
                stranger.as_str(),
            ),
            Source::OpenWebuiPlain => (named(ask, "x-openwebui-user-id"), stranger.as_str()),
        };
        (ask, [user.to_owned(), stranger])
    }
}

/// A user of this header whom the tenant knows.
fn known(header: &str) -> String {
    format!("known-by-{header}")
}

/// All headers, also where a proxy writes them, and one of the tenant's own.
fn sources() -> Value {
    let names = [
        "x-anchorhold-user",
        "x-isolation-key",
        "open_webui",
        "silly_tavern",
    ];
    let mut sources: Vec<Value> = names
        .map(|name| json!({"source": name, "from_proxies": true}))
        .into();
    sources.push(json!({"source": "header", "header": "x-remote-user"}));
    json!(sources)
}

fn setting_of(row: &Row) -> Setting {
    match (row.source, row.sender) {
        (Source::OpenWebuiToken | Source::OpenWebuiPlain, _) => Setting::SharesSecret,
        (_, Sender::Proxy) => Setting::TrustsProxies,
        _ => Setting::Usual,
    }
}

fn token(claims: &Value) -> String {
    let signed = [r#"{"alg":"HS256"}"#.to_owned(), claims.to_string()];
    let signed = signed.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let key = Secret::new(SECRET.as_bytes().try_into().unwrap());
    let signature = RequestKey::new(&key).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The refusal; or the place that a request led to, which is nobody's but of those whom it is about.
fn told(reply: &Reply, [user, named]: &People) -> String {
    if reply.status >= 400 {
        let (status, code) = reply.refusal();
        return format!("{status} {code}");
    }
    let place = &reply.json()["namespace"];
    let kind = place["kind"].as_str().unwrap().to_owned();
    let place = match kind.as_str() {
        "user" => {
            let issuer = place["issuer"].as_str().unwrap();
            match place["name"].as_str().unwrap() {
                name if name == user => format!("own, {issuer}"),
                name if name == named => format!("named, {issuer}"),
                other => panic!("{other} is neither {user} nor {named}: {reply:?}"),
            }
        }
        "session" => {
            let begun = reply.header("x-anchorhold-session");
            begun.map_or(kind, |begun| format!("session, {begun}"))
        }
        _ => kind,
    };
    match reply.header("x-anchorhold-identity") {
        Some("advisory") => place + " !",
        Some("quarantine") => {
            assert_eq!(place, "quarantine");
            place
        }
        _ => place,
    }
}
