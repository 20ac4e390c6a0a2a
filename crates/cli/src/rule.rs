//! What the composition root itself asks of an open house: tenants and keys, with the operator's
//! key and through the gate like everybody else.

use anchorhold_gate::{Ask, Gate};
use anchorhold_identity::{ActAs, Door, Headers, ListenerPolicy, Operator, TenantAdmin};
use anchorhold_memory::{Engine, NewKey};
use anchorhold_model::{IdentityChanges, SessionChanges, TenantName, TenantPolicy, UserId};

use crate::exit::{Error, Refused};
use anchorhold::house::House;

/// The operator at work in this process.
pub(crate) struct Rule<'a> {
    engine: &'a Engine,
    proof: Operator,
}

/// What a key is for.
pub(crate) enum Holder<'a> {
    /// One user.
    User(&'a str),
    /// An application that names the user of each request.
    Application,
}

impl<'a> Rule<'a> {
    /// Shows the operator's key.
    pub(crate) fn new(house: &'a House, operator_key: &str) -> Result<Self, Error> {
        let gate = house.gate();
        let proof = with_headers(&gate, operator_key, None, Gate::operator)?;
        Ok(Self {
            engine: &house.engine,
            proof,
        })
    }

    /// Makes a tenant.
    pub(crate) fn tenant(&self, name: &str, policy: TenantPolicy) -> Result<TenantAdmin, Error> {
        let name = TenantName::parse(name)
            .map_err(|error| Error::Failed(format!("tenant name: {error}")))?;
        let record = self
            .engine
            .tenant_create(&self.proof, name, policy)
            .map_err(|error| Error::Failed(format!("cannot make the tenant: {error}")))?;
        Ok(self.proof.for_tenant(record.id))
    }

    /// Says how the sessions of a tenant live.
    pub(crate) fn sessions(
        &self,
        tenant: &TenantAdmin,
        sessions: SessionChanges,
    ) -> Result<(), Error> {
        let changes = IdentityChanges {
            sessions: Some(sessions),
            ..IdentityChanges::default()
        };
        let changed = self.engine.identity_change(tenant, changes);
        let failed = |error| Error::Failed(format!("cannot set the tenant up: {error}"));
        changed.map(drop).map_err(failed)
    }

    /// Makes a key and gives it in clear.
    pub(crate) fn key(
        &self,
        tenant: &TenantAdmin,
        name: &str,
        holder: &Holder<'_>,
    ) -> Result<String, Error> {
        let user = match holder {
            Holder::Application => None,
            Holder::User(id) => Some(
                UserId::parse(id).map_err(|error| Error::Failed(format!("user {id:?} {error}")))?,
            ),
        };
        let new = NewKey {
            name: name.to_owned(),
            act_as: user.is_none().then_some(ActAs::Full),
            user,
            viewer: false,
            invite: None,
            origins: None,
            admin: false,
            grants: Vec::new(),
            expires_at: None,
        };
        let made = self.engine.key_create(tenant, new);
        let (token, _) =
            made.map_err(|error| Error::Failed(format!("cannot make the key: {error}")))?;
        Ok(token.reveal())
    }
}

/// Asks the gate as a request with this key, and perhaps a user, would.
pub(crate) fn with_headers<T>(
    gate: &Gate,
    key: &str,
    user: Option<&str>,
    ask: impl FnOnce(&Gate, &Ask<'_>) -> Result<T, anchorhold_identity::Denial>,
) -> Result<T, Error> {
    let bearer = format!("Bearer {key}");
    let mut lines: Vec<(&str, &[u8])> = vec![("authorization", bearer.as_bytes())];
    lines.extend(user.map(|user| ("x-anchorhold-user", user.as_bytes())));
    let question = Ask {
        headers: Headers::new(&lines),
        named: &[],
        verb: "command_line",
        door: Door::Library,
        listener: ListenerPolicy::default(),
        hooked: None,
        message: None,
        peer: None,
        visit: std::sync::Arc::default(),
    };
    ask(gate, &question).map_err(|denial| {
        Error::Refused(Box::new(Refused {
            code: denial.reason.as_str().to_owned(),
            message: "refused by the gate".to_owned(),
            ..Refused::default()
        }))
    })
}
