//! One model server: sends a request to it, and again where that does no harm.

use std::sync::Arc;
use std::time::Duration;

use anchorhold_model::{Clock, TenantId};
use anchorhold_outbound::{Reach, base, client_config};
use hyper::body::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use reqwest::{Client, Method, redirect, retry};

use crate::breaker::Breaker;
use crate::listing::Listing;
use crate::reply::head;
use crate::resolver::Guarded;
use crate::settings::bearer;
use crate::{Deadlines, Failure, Model, Reply, Settings, SettingsError};

/// Times that a request is sent at most.
const ATTEMPTS_MAX: u32 = 3;
/// How long the first repetition waits; the next one waits twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// Connections to one server that are kept open for the next request.
const IDLE_CONNECTIONS_MAX: usize = 64;

/// What is sent. Nothing else of a client's request goes out.
#[derive(Clone)]
pub struct Call {
    /// Below the address of the server, such as `chat/completions`.
    pub path: &'static str,
    /// The sorts of answer that the client takes.
    pub accept: Option<HeaderValue>,
    /// The JSON body.
    pub body: Bytes,
}

/// One model server. Shared by all requests.
pub struct Server {
    name: String,
    base: String,
    credential: Option<HeaderValue>,
    private: bool,
    deadlines: Deadlines,
    models: Vec<Model>,
    client: Client,
    clock: Arc<dyn Clock>,
    breaker: Arc<Breaker>,
    pub(crate) listing: Listing,
}

impl Server {
    pub(crate) fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let refused = |problem: &str| SettingsError(problem.to_owned());
        let base = base(&settings.url, settings.private).map_err(refused)?;
        let authorities = settings.authorities.as_deref();
        if authorities.is_some() && base.scheme_str() != Some("https") {
            return Err(refused("a ca_file goes with an https:// url alone"));
        }
        let reach = Reach::of(settings.private);
        let host = base.host().unwrap_or_default();
        let literal = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        // An address that stands in the url is asked of no resolver.
        if let Ok(address) = literal.unwrap_or(host).parse()
            && !reach.holds(address)
        {
            return Err(refused(
                "the url names an address inside the house; say private = true, or an address outside it",
            ));
        }
        let client = Client::builder()
            .tls_backend_preconfigured(client_config(authorities).map_err(refused)?)
            .dns_resolver(Guarded(reach))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            // A proxy of the environment would see keys and texts.
            .no_proxy()
            .referer(false)
            .connect_timeout(settings.deadlines.connect)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .user_agent(concat!("anchorhold/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| refused("a client for it cannot be set up"))?;
        Ok(Self {
            name: settings.name,
            base: base.to_string().trim_end_matches('/').to_owned(),
            credential: bearer(settings.key.as_deref())?,
            private: settings.private,
            deadlines: settings.deadlines,
            models: settings.models,
            client,
            breaker: Arc::new(Breaker::new(Arc::clone(&clock))),
            listing: Listing::new(Arc::clone(&clock)),
            clock,
        })
    }

    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it lies inside the house.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The models that may be asked for; none where all may.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Sends a request for a tenant and gives the answer once its head has come. A connection that could
    /// not be made, and a server that says it is not there (502, 503, 504), are tried again, as far as
    /// the tenant has repetitions left.
    pub async fn send(&self, tenant: TenantId, call: Call) -> Result<Reply, Failure> {
        self.breaker.enter(tenant).map_err(Failure::Resting)?;
        let mut attempt = 1;
        loop {
            let began = self.clock.monotonic();
            let sent = self.request(Method::POST, call.path, &call).send();
            let found = head(sent, &self.deadlines).await;
            let may_pass = match &found {
                Ok(response) => matches!(response.status().as_u16(), 502..=504),
                Err(failure) => *failure == Failure::Unreachable,
            };
            if may_pass && attempt < ATTEMPTS_MAX && self.breaker.may_repeat(tenant) {
                tokio::time::sleep(PAUSE * attempt).await;
                attempt += 1;
                continue;
            }
            let is_well = found
                .as_ref()
                .is_ok_and(|response| !response.status().is_server_error());
            self.breaker.left(tenant, is_well);
            let (clock, breaker) = (Arc::clone(&self.clock), Arc::clone(&self.breaker));
            let times = (self.deadlines, began);
            return found.map(|response| Reply::new(response, times, clock, (breaker, tenant)));
        }
    }

    /// Asks for something that needs no body and belongs to nobody.
    pub(crate) async fn get(&self, path: &'static str) -> Result<reqwest::Response, Failure> {
        let call = Call {
            path,
            accept: None,
            body: Bytes::new(),
        };
        head(
            self.request(Method::GET, path, &call).send(),
            &self.deadlines,
        )
        .await
    }

    fn request(&self, method: Method, path: &str, call: &Call) -> reqwest::RequestBuilder {
        let mut headers = HeaderMap::new();
        if method != Method::GET {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let accept = call.accept.clone();
        headers.insert(
            ACCEPT,
            accept.unwrap_or(HeaderValue::from_static("application/json")),
        );
        // Whoever listens has to understand it.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(credential) = &self.credential {
            headers.insert(AUTHORIZATION, credential.clone());
        }
        let url = format!("{}/{path}", self.base);
        let request = self.client.request(method, url).headers(headers);
        if call.body.is_empty() {
            request
        } else {
            request.body(call.body.clone())
        }
    }
}
