//! A tenant, its keys and its namespaces as a few maps, and a request against them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_identity::{
    Admin, Caller, Claim, CredentialRecord, Denial, Door, Erase, Fetching, Headers, Hook, Hooked,
    IdentitySettings, Includes, IsolationKey, JwksCache, ListenerPolicy, Missing, Read, Reason,
    Right, Scope, Standing, TenantRecord, Unavailable, Verdict, Write, authenticate_by, enforce,
    resolve, validate,
};
use anchorhold_model::{
    Address, Isolation, KeyId, NamespaceId, Place, Random, SandboxHandle, SessionHandle, SessionId,
    Stream, TenantId, TenantName, TenantPolicy, Timestamp, TrustMode, User,
};

pub(crate) use crate::kinds::{kinds, plain};
pub(crate) use crate::nouns::{at, grant, name, of_user, user};

pub(crate) const NOW: Timestamp = Timestamp::from_milliseconds(1_000_000);
pub(crate) const TENANT: TenantId = TenantId::from_bytes([1; 16]);
/// The token that its tenant brought, if it brought one.
pub(crate) const BROUGHT: &str = "carol-of-the-front-desk";
pub(crate) const KEY: KeyId = KeyId::from_bytes([9; 16]);

/// Answers a byte, so that each class has one token.
pub(crate) struct Always(pub(crate) u8);

impl Random for Always {
    fn fill(&self, _: Stream<'_>, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

pub(crate) fn token(class: TokenClass) -> String {
    Token::generate(class, &Always(7), Stream::PROCESS).reveal()
}

/// What the directory knows, and what it was asked.
pub(crate) struct World {
    pub(crate) credential: CredentialRecord,
    /// An issuer of signed tokens.
    pub(crate) issuer: Option<CredentialRecord>,
    /// What issuers publish.
    pub(crate) published: Option<Arc<JwksCache>>,
    pub(crate) tenant: Option<Arc<TenantRecord>>,
    pub(crate) living: BTreeMap<Address, NamespaceId>,
    /// What an id is said to be the address of, whoever asks.
    pub(crate) by_id: Option<Address>,
    /// What is known of everybody else.
    pub(crate) known: bool,
    /// What is known of some users.
    pub(crate) standings: BTreeMap<User, Standing>,
    /// Who was noted as known.
    pub(crate) made_known: Mutex<Vec<(TenantId, User)>>,
    /// What the listener says. Where it has a tenant, requests show no credential.
    pub(crate) listener: ListenerPolicy,
    /// The application of the tenant, if requests come through one.
    pub(crate) hook: Option<Hook>,
    /// Whom it says that they speak for.
    pub(crate) key: Option<IsolationKey>,
    /// Sessions that live.
    pub(crate) sessions: Mutex<BTreeMap<SessionId, SessionHandle>>,
    /// How many may live.
    pub(crate) sessions_max: usize,
    /// Sandboxes that live, by whose they are.
    pub(crate) sandboxes: Mutex<Vec<(Claim, SandboxHandle)>>,
    /// Where those came from who were given a session or a sandbox.
    pub(crate) clients: Mutex<Vec<Option<IpAddr>>>,
    /// The question from which on nothing is answered.
    pub(crate) silent_at: Option<&'static str>,
    asked: Mutex<Vec<&'static str>>,
}

impl World {
    pub(crate) fn new(
        trust_mode: TrustMode,
        isolation: Isolation,
        credential: CredentialRecord,
    ) -> Self {
        let policy = TenantPolicy {
            trust_mode,
            isolation,
            ..TenantPolicy::default()
        };
        let tenant = TenantRecord {
            id: TENANT,
            name: TenantName::parse("house").unwrap(),
            policy,
            identity: IdentitySettings::default(),
            created_at: NOW,
        };
        Self {
            credential,
            issuer: None,
            published: None,
            tenant: Some(Arc::new(tenant)),
            living: BTreeMap::new(),
            by_id: None,
            known: false,
            standings: BTreeMap::new(),
            made_known: Mutex::default(),
            listener: ListenerPolicy::default(),
            hook: None,
            key: None,
            sessions: Mutex::default(),
            sessions_max: usize::MAX,
            sandboxes: Mutex::default(),
            clients: Mutex::default(),
            silent_at: None,
            asked: Mutex::default(),
        }
    }

    /// A world with the defaults of a tenant.
    pub(crate) fn usual(credential: CredentialRecord) -> Self {
        Self::new(TrustMode::Required, Isolation::User, credential)
    }

    pub(crate) fn with(mut self, address: Address, id: u8) -> Self {
        self.living
            .insert(address, NamespaceId::from_bytes([id; 16]));
        self
    }

    pub(crate) fn ask(&self, question: &'static str) -> Result<(), Unavailable> {
        self.asked.lock().unwrap().push(question);
        if self.silent_at == Some(question) {
            return Err(Unavailable);
        }
        Ok(())
    }

    /// What was asked since this was asked last.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    pub(crate) fn class(&self) -> TokenClass {
        match self.credential.tenant {
            Some(_) => TokenClass::Secret,
            None => TokenClass::Operator,
        }
    }

    pub(crate) fn caller(&self) -> Caller {
        self.try_caller(&[]).unwrap()
    }

    pub(crate) fn try_caller(&self, lines: &[(&str, &[u8])]) -> Result<Caller, Denial> {
        let bearer = format!("Bearer {}", token(self.class()));
        let mut all = lines.to_vec();
        if self.listener.tenant.is_none() && self.hook.is_none() {
            all.push(("authorization", bearer.as_bytes()));
        }
        let headers = Headers::new(&all);
        let hooked = self.hook.as_ref().map(|hook| Hooked {
            hook,
            key: self.key.as_ref(),
        });
        authenticate_by(headers, (self.listener, hooked), self, Fetching::Now, NOW)
    }

    /// What a request with these headers is taken for.
    pub(crate) fn judged(&self, lines: &[(&str, &str)]) -> Result<(Caller, Verdict), Denial> {
        let lines: Vec<(&str, &[u8])> = lines
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let caller = self.try_caller(&lines)?;
        let resolution = resolve(&caller, Headers::new(&lines))?;
        let verdict = validate(&caller, resolution, self)?;
        Ok((caller, verdict))
    }

    /// The scope of a request.
    pub(crate) fn scope<A: Right + Includes<Read>>(
        &self,
        lines: &[(&str, &str)],
        named: Option<&str>,
        missing: Missing,
    ) -> Result<Option<Scope<A>>, Denial> {
        let (caller, verdict) = self.judged(lines)?;
        let named = named.map(name);
        enforce(&caller, &verdict, named, missing, Door::Http, self)
    }

    /// What a request may do, as letters, or the word for why it is refused.
    pub(crate) fn rights(&self, lines: &[(&str, &str)], named: Option<&str>) -> String {
        let may = [
            self.right::<Read>(lines, named),
            self.right::<Write>(lines, named),
            self.right::<Erase>(lines, named),
            self.right::<Admin>(lines, named),
        ];
        let refusal = match &may[0] {
            Ok(place) => return format!("{place} {}", letters(&may)),
            Err(denial) => denial.reason.as_str(),
        };
        assert!(may.iter().all(Result::is_err), "more than to read");
        refusal.to_owned()
    }

    fn right<A: Right + Includes<Read>>(
        &self,
        lines: &[(&str, &str)],
        named: Option<&str>,
    ) -> Result<String, Denial> {
        let Some(scope) = self.scope::<A>(lines, named, Missing::Reserve)? else {
            return Ok("no sandbox".to_owned());
        };
        assert_eq!(scope.address().tenant, TENANT);
        assert_eq!(scope.actor().tenant, Some(TENANT));
        assert_eq!(scope.credential().unwrap().key, KEY);
        assert_eq!(scope.credential().unwrap().generation, 7);
        let place = match &scope.address().place {
            Place::User(user, _) => format!("{}:{}", user.issuer.as_str(), user.id.as_str()),
            Place::Named(name) => name.to_string(),
            Place::Shared => "shared".to_owned(),
            Place::Session(_) => "session".to_owned(),
            Place::Quarantine(_) => "sandbox".to_owned(),
        };
        let advisory = if scope.actor().advisory { "!" } else { "" };
        Ok(format!("{place}{advisory}"))
    }
}

fn letters(may: &[Result<String, Denial>; 4]) -> String {
    let letter = |(right, letter): (&Result<String, Denial>, char)| match right {
        Ok(_) => letter,
        Err(denial) => {
            let access = match letter {
                'w' => anchorhold_model::Access::Write,
                'e' => anchorhold_model::Access::Erase,
                _ => anchorhold_model::Access::Admin,
            };
            let needed = Some(access);
            assert_eq!(denial.reason, Reason::AccessForbidden { needed });
            '-'
        }
    };
    may.iter().zip("rwea".chars()).map(letter).collect()
}
