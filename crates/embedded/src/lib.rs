//! Anchorhold inside an application: a memory for many users as a [`tower`] service, each request in the sealed
//! namespace that the application's own middleware names.
//!
//! The application signs its users in by itself and puts an [`IsolationKey`] into the request's extensions:
//!
//! ```
//! use anchorhold::{Anchorhold, IsolationKey, RootKey, Settings};
//! use axum::Router;
//! use axum::extract::Request;
//! use axum::http::StatusCode;
//! use axum::middleware::{self, Next};
//! use axum::response::Response;
//!
//! async fn sign_in(mut request: Request, next: Next) -> Result<Response, StatusCode> {
//!     // In earnest: a session, a signed token, whatever the application signs in by.
//!     let token = request.headers().get("authorization");
//!     let user = match token.map(|token| token.as_bytes()) {
//!         Some(b"Bearer demo-token-of-alice") => "alice",
//!         _ => return Err(StatusCode::UNAUTHORIZED),
//!     };
//!     let key = IsolationKey::user(user).map_err(|_| StatusCode::FORBIDDEN)?;
//!     request.extensions_mut().insert(key);
//!     Ok(next.run(request).await)
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let home = tempfile::tempdir()?;
//! # let home = home.path();
//! let root_key = RootKey::File(home.join("root.kek"));
//! let memory = Anchorhold::open(Settings::new(home.join("data"), root_key, "notes")?)?;
//! let app: Router = Router::new()
//!     .nest_service("/memory", memory.service())
//!     .layer(middleware::from_fn(sign_in));
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # let ask = |token: &str| {
//! #     let request = Request::get("/memory/v1/whoami").header("authorization", token);
//! #     tower::ServiceExt::oneshot(app.clone(), request.body(axum::body::Body::empty()).unwrap())
//! # };
//! # assert_eq!(runtime.block_on(ask("Bearer demo-token-of-alice"))?.status(), 200);
//! # assert_eq!(runtime.block_on(ask("Bearer ah_anything"))?.status(), 401);
//! # Ok(())
//! # }
//! ```
//!
//! No header leads elsewhere: `x-anchorhold-user` or `x-isolation-key` beside a key that says otherwise is 403
//! `identity_conflict`. A request without a key speaks for nobody, so a middleware that does not run, because
//! it was registered where it is not around the service, leads to a refusal and not to whom a header names. A
//! key is read from the extensions of its own request, once, and cannot be sent.
//!
//! [`Anchorhold::service`] is for `nest_service`, `route_service` and `fallback_service`,
//! [`Anchorhold::layer`] for an application that keeps its own routes beside `/v1/`. `docs/embedding.md` tells the
//! rest. To add a way in, give it what [`TenantRoutes`] takes and nothing else.
//!
//! [`house`], [`chores`], [`key_file`] and [`system`] are what the program `anchorhold` is put together from too.
#![forbid(unsafe_code)]

mod application;
pub mod chores;
mod error;
pub mod house;
pub mod key_file;
mod layer;
mod settings;
pub mod system;

pub use anchorhold_crypto::Secret;
pub use anchorhold_http::TenantRoutes;
pub use anchorhold_identity::{IsolationKey, IsolationKeyError};
pub use anchorhold_model::{AccessSet, Isolation, TenantName, TenantPolicy, TrustMode};
pub use application::Anchorhold;
pub use error::Error;
pub use layer::{AnchorholdLayer, Beside};
pub use settings::{RootKey, Settings};
