//! What goes on to a model server. There is none behind this server: who is told that no such model is served was
//! let in.

use serde_json::json;

use super::{Line, Listener, OWN, Request, USER, line, to};

pub(super) fn lines() -> Vec<Line> {
    use Listener::Tenant;
    const CHAT: &str = "POST /v1/chat/completions";
    const SHORT: &str = "POST /chat/completions";
    const INJECTION: &str = "GET /v1/chat/injections/{id}";
    fn chat(path: &str) -> Request {
        let message = json!({"role": "user", "content": "What does Alice like?"});
        to(path).body(json!({"model": "none", "messages": [message]}))
    }
    fn plain(path: &str) -> Request {
        to(path).body(json!({"model": "none", "input": "pears", "prompt": "pears"}))
    }
    fn injection() -> Request {
        to("/v1/chat/injections/aud_00000000000000000000000000000001")
    }
    vec![
        line(Tenant, CHAT, OWN, |_| chat("/v1/chat/completions")),
        line(Tenant, CHAT, USER, |world| {
            world.memory_of_user();
            chat("/v1/chat/completions").for_user(world)
        }),
        line(Tenant, SHORT, USER, |world| {
            world.memory_of_user();
            chat("/chat/completions").for_user(world)
        }),
        line(Tenant, "POST /v1/completions", "", |_| {
            plain("/v1/completions")
        }),
        line(Tenant, "POST /v1/embeddings", "", |_| {
            plain("/v1/embeddings")
        }),
        line(Tenant, "GET /v1/models", "", |_| to("/v1/models")),
        line(Tenant, "GET /models", "", |_| to("/models")),
        line(Tenant, INJECTION, OWN, |_| injection()),
        line(Tenant, INJECTION, USER, |world| {
            world.memory_of_user();
            injection().for_user(world)
        }),
    ]
}
