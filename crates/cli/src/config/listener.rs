//! `[listener]`: what the tenant listener says of its requests.

use anchorhold_model::{TenantName, TrustMode};
use serde::Deserialize;

use super::file::File;
use super::flags::TrustFlags;
use super::{trust, written};
use crate::exit::Error;
use crate::system::Lookup;

/// The table, as it stands in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerTable {
    tenant: Option<String>,
    trust_mode: Option<String>,
}

/// What is configured of the tenant listener.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ListenerSettings {
    /// Whose a request is that shows no credential.
    pub(crate) tenant: Option<TenantName>,
    /// What is demanded of identities at least.
    pub(crate) trust_mode: Option<TrustMode>,
    /// Make the credential of such requests anew if it was revoked.
    pub(crate) renews_key: bool,
}

impl ListenerTable {
    /// Every key, as it may stand in the table.
    pub(crate) const KEYS: [&str; 2] = ["tenant", "trust_mode"];
}

/// Resolves it.
pub(super) fn resolve(
    flags: &TrustFlags,
    lookup: Lookup<'_>,
    file: &File,
) -> Result<ListenerSettings, Error> {
    let table = &file.listener;
    let (flag, in_file) = (flags.listener_tenant.clone(), table.tenant.clone());
    let tenant = written(flag, "listener.tenant", lookup, in_file)?;
    let named = |(text, place): (String, String)| {
        TenantName::parse(&text)
            .map_err(|error| Error::Configuration(format!("{place}: {text:?} {error}")))
    };
    let (flag, in_file) = (flags.listener_trust_mode.clone(), table.trust_mode.clone());
    let trust_mode = written(flag, "listener.trust_mode", lookup, in_file)?;
    let settings = ListenerSettings {
        tenant: tenant.map(named).transpose()?,
        trust_mode: trust::word(trust_mode, "strict, required, quarantine or legacy")?,
        renews_key: flags.renew_listener_key,
    };
    if settings.renews_key && settings.tenant.is_none() {
        return Err(Error::Configuration(
            "--renew-listener-key has no meaning without a tenant; name it with --listener-tenant, or \
             leave the flag out"
                .to_owned(),
        ));
    }
    Ok(settings)
}

impl ListenerSettings {
    /// Whether no tenant is in mode `legacy` here, whatever mode it is in.
    pub(super) fn rules_out_legacy(&self) -> bool {
        self.trust_mode
            .is_some_and(|here| here.stricter(TrustMode::Legacy) != TrustMode::Legacy)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn a_listener_is_configured_by_flag_environment_and_file() {
        let file = "[listener]\ntenant = \"file\"\ntrust_mode = \"legacy\"";
        let file = File::parse(file).unwrap_or_else(|problem| panic!("{problem}"));
        let variables = BTreeMap::from([
            ("ANCHORHOLD_LISTENER_TENANT", OsString::from("environment")),
            ("ANCHORHOLD_LISTENER_TRUST_MODE", "required".into()),
        ]);
        let of_variables = |name: &str| variables.get(name).cloned();
        let flags = TrustFlags {
            listener_tenant: Some("flag".to_owned()),
            listener_trust_mode: Some("strict".to_owned()),
            ..TrustFlags::default()
        };
        let none = TrustFlags::default();
        let cases: [(_, Lookup<'_>, _, _); 3] = [
            (&flags, &of_variables, "flag", TrustMode::Strict),
            (&none, &of_variables, "environment", TrustMode::Required),
            (&none, &|_| None, "file", TrustMode::Legacy),
        ];
        for (flags, lookup, tenant, trust_mode) in cases {
            let read = resolve(flags, lookup, &file).unwrap();
            assert_eq!(read.tenant, TenantName::parse(tenant).ok());
            assert_eq!(read.trust_mode, Some(trust_mode));
            assert_eq!(read.rules_out_legacy(), trust_mode != TrustMode::Legacy);
        }
    }
}
