//! Documents that others publish: fetched whole, in bounded time and size, from where they were
//! configured to be and nowhere else.

use std::time::Duration;

use anchorhold_model::limits::{JWKS_BYTES_MAX, JWKS_FETCH_MAX};
use anchorhold_model::{Fetch, FetchProblem};
use ureq::Agent;
use ureq::http::Uri;
use ureq::unversioned::transport::DefaultConnector;

use crate::address::Refused;
use crate::{Guarded, Reach, config, is_loopback, is_untrusted, tls};

/// A host that is not simply one of the open network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Its name, as URLs write it.
    pub host: String,
    /// Whether it lies at private addresses alone, or at public ones alone.
    pub private: bool,
    /// The authorities that may vouch for it, as PEM; those of the open network without them.
    pub authorities: Option<String>,
}

/// Fetches documents. Its calls block; any number of threads may share it.
pub struct Documents {
    public: Agent,
    here: Agent,
    hosts: Vec<(String, Agent)>,
    time_max: Duration,
}

impl Documents {
    /// Fetches from the open network, from this machine where the URL is one of its addresses, and
    /// from the hosts that are named as it is said of them.
    ///
    /// # Errors
    /// Which authorities cannot be used, and why.
    pub fn new(hosts: &[Host]) -> Result<Self, String> {
        let of = |reach, authorities: Option<&str>| {
            let config = config(tls(authorities)?).max_idle_connections(0).build();
            let resolver = Guarded::new(reach);
            Ok(Agent::with_parts(
                config,
                DefaultConnector::default(),
                resolver,
            ))
        };
        let named = |host: &Host| {
            let agent = of(Reach::of(host.private), host.authorities.as_deref())
                .map_err(|problem: &str| format!("{:?}: {problem}", host.host))?;
            Ok((host.host.to_ascii_lowercase(), agent))
        };
        Ok(Self {
            public: of(Reach::Public, None)?,
            here: of(Reach::Loopback, None)?,
            hosts: hosts.iter().map(named).collect::<Result<_, String>>()?,
            time_max: JWKS_FETCH_MAX,
        })
    }

    /// The same with another time for the whole of a document.
    #[must_use]
    pub fn with_time(self, time_max: Duration) -> Self {
        Self { time_max, ..self }
    }

    /// Who asks at this address; nobody, when it may not be asked.
    fn agent(&self, url: &Uri) -> Option<&Agent> {
        let authority = url.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host().to_ascii_lowercase();
        let is_here = is_loopback(&host);
        match url.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            _ => return None,
        }
        let named = self.hosts.iter().find(|(known, _)| *known == host);
        Some(match named {
            Some((_, agent)) => agent,
            None if is_here => &self.here,
            None => &self.public,
        })
    }
}

impl Fetch for Documents {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        let url: Uri = url.parse().map_err(|_| FetchProblem::Address)?;
        let agent = self.agent(&url).ok_or(FetchProblem::Address)?;
        let request = agent.get(&url).header("accept", "application/json");
        let request = request.config().timeout_global(Some(self.time_max)).build();
        let response = request.call().map_err(|error| problem(&error))?;
        if response.status() != 200 {
            return Err(FetchProblem::Status);
        }
        let body = response.into_body().into_with_config();
        // The limit is of what may be read, the end included.
        let body = body.limit(JWKS_BYTES_MAX as u64 + 1).read_to_vec();
        let body = body.map_err(|error| problem(&error))?;
        if body.len() > JWKS_BYTES_MAX {
            return Err(FetchProblem::TooLarge);
        }
        Ok(body)
    }
}

fn problem(error: &ureq::Error) -> FetchProblem {
    match error {
        ureq::Error::Timeout(_) => FetchProblem::Late,
        ureq::Error::BodyExceedsLimit(_) => FetchProblem::TooLarge,
        ureq::Error::Other(error) if error.is::<Refused>() => FetchProblem::Address,
        error if is_untrusted(error) => FetchProblem::Untrusted,
        _ => FetchProblem::Unreachable,
    }
}
