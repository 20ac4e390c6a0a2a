//! The router: who is signed in, and in whose memory each request is.
//!
//! | path | memory of |
//! |---|---|
//! | `/my/v1/...` | whoever is signed in |
//! | `/my/v1/...` with the header `document-owner` | that user, if they let whoever is signed in read |
//! | `/team/v1/...` | the organisation of whoever is signed in |

use anchorhold::{AccessSet, Anchorhold, IsolationKey, IsolationKeyError};
use axum::Router;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use jsonwebtoken::errors::Error as TokenError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// Users and their organisations; an application has a table.
const USERS: [(&str, &str); 4] = [
    ("alice", "acme"),
    ("bob", "acme"),
    ("carol", "acme"),
    ("victor", "umbrella"),
];

/// Whose documents who may read: Bob has let Alice.
const MAY_READ: [(&str, &str); 1] = [("bob", "alice")];

/// An application keeps it elsewhere.
const SECRET: &[u8] = b"the secret of the example, 32 bytes or more";

/// What a token of this application says.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
}

/// Who is signed in.
#[derive(Clone)]
struct SignedIn {
    user: &'static str,
    organisation: &'static str,
}

/// The application.
pub(crate) fn app(memory: &Anchorhold) -> Router {
    let my = Router::new()
        .fallback_service(memory.service())
        .layer(from_fn(my));
    let team = Router::new()
        .fallback_service(memory.service())
        .layer(from_fn(team));
    Router::new()
        .nest("/my", my)
        .nest("/team", team)
        .layer(from_fn(sign_in))
}

/// A token as the sign-in of this application gives it.
pub(crate) fn token(user: &str) -> Result<String, TokenError> {
    let claims = Claims {
        sub: user.to_owned(),
        // The year 2100: an example needs no clock.
        exp: 4_102_444_800,
    };
    let key = EncodingKey::from_secret(SECRET);
    encode(&Header::new(Algorithm::HS256), &claims, &key)
}

/// Signs in, as this application does it: Anchorhold has no part in it.
async fn sign_in(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let user = signed_in(request.headers()).ok_or(StatusCode::UNAUTHORIZED)?;
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

fn signed_in(headers: &HeaderMap) -> Option<SignedIn> {
    let token = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = token.strip_prefix("Bearer ")?;
    let key = DecodingKey::from_secret(SECRET);
    let claims = decode::<Claims>(token, &key, &Validation::new(Algorithm::HS256)).ok()?;
    let mut users = USERS.iter();
    let (user, organisation) = users.find(|(user, _)| *user == claims.claims.sub)?;
    Some(SignedIn { user, organisation })
}

/// Into the memory of whoever is signed in, or for this one request into that of somebody who lets them.
async fn my(request: Request, next: Next) -> Result<Response, StatusCode> {
    let SignedIn { user, .. } = who(&request)?;
    let key = match request.headers().get("document-owner") {
        None => IsolationKey::user(user),
        Some(owner) => {
            let owner = owner.to_str().map_err(|_| StatusCode::BAD_REQUEST)?;
            if !MAY_READ.contains(&(owner, user)) {
                return Err(StatusCode::FORBIDDEN);
            }
            IsolationKey::user(owner).and_then(|key| key.on_behalf_of(user))
        }
    };
    run(request, next, key).await
}

/// Into the memory of the organisation; the log tells which member it was.
async fn team(request: Request, next: Next) -> Result<Response, StatusCode> {
    let SignedIn { user, organisation } = who(&request)?;
    let key = IsolationKey::organisation(organisation).and_then(|key| key.on_behalf_of(user));
    let key = key.map(|key| key.with_access(AccessSet::Write));
    run(request, next, key).await
}

fn who(request: &Request) -> Result<SignedIn, StatusCode> {
    let user = request.extensions().get::<SignedIn>();
    user.cloned().ok_or(StatusCode::UNAUTHORIZED)
}

async fn run(
    mut request: Request,
    next: Next,
    key: Result<IsolationKey, IsolationKeyError>,
) -> Result<Response, StatusCode> {
    // A name that cannot be told from another one is nobody's.
    let key = key.map_err(|_| StatusCode::FORBIDDEN)?;
    request.extensions_mut().insert(key);
    Ok(next.run(request).await)
}
