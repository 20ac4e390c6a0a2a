//! Requests in the shapes of Open WebUI and `SillyTavern`: what each mode makes of them, and many users of
//! both at once.

use anchorhold_crypto::{RequestKey, Secret};
use anchorhold_model::Clock as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, Server};

const SECRET: &str = "a secret of thirty-two bytes, ok";
const MODES: [&str; 4] = ["strict", "required", "quarantine", "legacy"];
const USERS: usize = 5;
const CALLS: usize = 200;

/// A client, and how it is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    /// `ENABLE_FORWARD_USER_INFO_HEADERS` alone.
    OpenWebui,
    /// The same with `FORWARD_USER_INFO_HEADER_JWT_SECRET`.
    OpenWebuiSigned,
    /// A custom header of the connection.
    SillyTavern,
    /// The same where the persona's name was not filled in.
    SillyTavernTemplate,
}

impl Client {
    const ALL: [Self; 4] = [
        Self::OpenWebui,
        Self::OpenWebuiSigned,
        Self::SillyTavern,
        Self::SillyTavernTemplate,
    ];

    /// A request as this client sends it for its user.
    fn sends(self, ask: Ask, server: &Server, id: &str) -> Ask {
        let open_webui = |ask: Ask| ask.header("X-OpenWebUI-Chat-Id", "4b1e6f0e-chat");
        match self {
            Self::OpenWebui => open_webui(ask)
                .header("X-OpenWebUI-User-Name", "Eve%20M%C3%BCller")
                .header("X-OpenWebUI-User-Id", id)
                .header("X-OpenWebUI-User-Email", "eve%40example.org")
                .header("X-OpenWebUI-User-Role", "user"),
            Self::OpenWebuiSigned => {
                open_webui(ask).header("X-OpenWebUI-User-Jwt", &token(server, id))
            }
            Self::SillyTavern => ask.header("x-st-user", id),
            Self::SillyTavernTemplate => ask.header("x-st-user", "{{user}}"),
        }
    }
}

/// As Open WebUI mints it.
fn token(server: &Server, id: &str) -> String {
    let now = server.clock.now().milliseconds() / 1_000;
    let claims = json!({"sub": id, "email": "eve@example.org", "name": "Eve Müller", "role": "user",
        "iss": "open-webui", "iat": now, "exp": now + 300});
    let header = r#"{"alg":"HS256","typ":"JWT"}"#.to_owned();
    let signed = [header, claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
    let signed = signed.join(".");
    let key = Secret::new(SECRET.as_bytes().try_into().unwrap());
    let signature = URL_SAFE_NO_PAD.encode(RequestKey::new(&key).sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn change(server: &Server, target: &str, body: Value) {
    let changed = server.operate("PATCH", target).json(body).send();
    assert_eq!(changed.status, 200, "{changed:?}");
}

fn keep(ask: Ask, text: &str) -> Ask {
    ask.json(json!({"content": text}))
}

/// What became of a request: the refusal, or whose namespace it led to.
fn told(reply: &Reply, id: &str) -> String {
    if reply.status >= 400 {
        return reply.refusal().1;
    }
    let place = &reply.json()["namespace"];
    let advisory = reply.header("x-anchorhold-identity") == Some("advisory");
    let mark = if advisory { " !" } else { "" };
    match place["kind"].as_str().unwrap() {
        "user" => {
            assert_eq!(place["name"], id, "{reply:?}");
            format!("own {}{mark}", place["issuer"].as_str().unwrap())
        }
        kind => format!("{kind}{mark}"),
    }
}

/// By client: with a key that may name users and with any key, before and after a secret is shared.
#[test]
fn each_mode_takes_open_webui_and_silly_tavern_for_what_they_prove() {
    let server = Server::new();
    let keys = [
        ("act_as", server.acting()),
        ("plain", server.key("acme", json!({}))),
    ];
    let mut table = Vec::new();
    for is_shared in [false, true] {
        if is_shared {
            change(
                &server,
                "/v1/tenants/acme/identity",
                json!({"open_webui_secret": SECRET}),
            );
        }
        for client in Client::ALL {
            for (right, key) in &keys {
                let outcome = MODES.map(|mode| {
                    change(&server, "/v1/tenants/acme", json!({"trust_mode": mode}));
                    let id = format!("{client:?}-{right}-{mode}-{is_shared}");
                    let ask = server.ask("POST", "/v1/memories").key(key);
                    told(&client.sends(keep(ask, "tea"), &server, &id).send(), &id)
                });
                let secret = if is_shared { "secret" } else { "no secret" };
                table.push(format!(
                    "{client:?}, {right}, {secret}: {}",
                    outcome.join(", ")
                ));
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

/// A token that could be read in two ways is nobody's, and one that is cut or changed is no token.
#[test]
fn a_token_of_open_webui_is_one_whole_line_or_refused() {
    const JWT: &str = "X-OpenWebUI-User-Jwt";
    let server = Server::new();
    let key = server.acting();
    change(
        &server,
        "/v1/tenants/acme/identity",
        json!({"open_webui_secret": SECRET}),
    );
    let whole = token(&server, "eve");
    let ask = || server.ask("GET", "/v1/memories").key(&key);
    let list = format!("{whole},{whole}");
    for lines in [
        vec![(JWT, whole.as_str()), (JWT, &whole)],
        vec![(JWT, &whole), ("x_openwebui_user_jwt", &whole)],
        vec![("x-openwebui_user-jwt", &whole)],
        vec![(JWT, &list)],
        vec![(JWT, "{{jwt}}")],
    ] {
        let ask = lines
            .iter()
            .fold(ask(), |ask, (name, value)| ask.header(name, value));
        ask.send().is_refused(400, "identity_header_invalid");
    }
    let unsigned = whole.rsplit_once('.').unwrap().0;
    let other = token(&server, "mallory");
    let spliced = format!("{}.{}", unsigned, other.rsplit_once('.').unwrap().1);
    for text in [
        "",
        "eve",
        "..",
        unsigned,
        &format!("{unsigned}."),
        &format!("Bearer {whole}"),
        &spliced,
        &whole[..whole.len() - 1],
        &format!("{whole}."),
        &whole.to_uppercase(),
    ] {
        let refused = ask().header(JWT, text).send();
        refused.is_refused(401, "credential_invalid");
    }
    assert_eq!(ask().header(JWT, &whole).send().status, 200);
}

/// One user of a client, with every canary that it kept.
struct Person<'server> {
    server: &'server Server,
    client: Client,
    key: &'server str,
    id: String,
    kept: Vec<String>,
}

impl Person<'_> {
    fn ask(&self, method: &str, target: &str) -> Ask {
        let ask = self.server.ask(method, target).key(self.key);
        self.client.sends(ask, self.server, &self.id)
    }

    /// Keeps, recalls or lists; whatever comes back is this person's own.
    fn calls(&mut self, number: usize) {
        let canary = |number| {
            format!(
                "canary {number} of {:?} {} in {}",
                self.client, self.id, self.key
            )
        };
        match number % 5 {
            0 => {
                let text = canary(number);
                let kept = keep(self.ask("POST", "/v1/memories"), &text).send();
                assert_eq!(kept.status, 201, "{kept:?}");
                self.kept.push(text);
            }
            1 => {
                let listed = self.ask("GET", "/v1/memories?limit=200").send().json();
                let memories = listed["memories"].as_array().unwrap().iter();
                let texts = memories.map(|memory| memory["content"].as_str().unwrap());
                assert!(texts.eq(self.kept.iter().rev()), "{listed}");
            }
            _ => {
                let query = json!({"query": format!("canary {number}"), "limit": 50});
                let found = self.ask("POST", "/v1/recall").json(query).send().json();
                let results = found["results"].as_array().unwrap().iter();
                let texts = results.map(|result| result["memory"]["content"].as_str().unwrap());
                let mut texts: Vec<&str> = texts.collect();
                let mut own: Vec<&str> = self.kept.iter().map(String::as_str).collect();
                texts.sort_unstable();
                own.sort_unstable();
                assert_eq!(texts, own, "all of one's own and nothing else");
            }
        }
    }
}

/// Users of both clients have the same ids, in two tenants, and all ask at once.
#[test]
fn five_users_of_each_client_at_once_see_their_own_canaries_alone() {
    let server = Server::new();
    let tenants = [
        ("plain", Client::OpenWebui),
        ("signing", Client::OpenWebuiSigned),
    ];
    let keys = tenants.map(|(tenant, _)| {
        server.tenant(tenant);
        server.key(tenant, json!({"act_as": true}))
    });
    change(
        &server,
        "/v1/tenants/signing/identity",
        json!({"open_webui_secret": SECRET}),
    );
    std::thread::scope(|threads| {
        for ((_, open_webui), key) in tenants.iter().zip(&keys) {
            for client in [*open_webui, Client::SillyTavern] {
                for number in 0..USERS {
                    let id = format!("user-{number}");
                    let mut person = Person {
                        server: &server,
                        client,
                        key,
                        id,
                        kept: Vec::new(),
                    };
                    threads.spawn(move || (0..CALLS).for_each(|number| person.calls(number)));
                }
            }
        }
    });
}
