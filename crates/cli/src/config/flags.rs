//! The flags of commands that work on a data directory.

use std::path::PathBuf;

use clap::Args;

/// Where the data lie.
#[derive(Args, Default)]
pub(crate) struct DataFlags {
    /// The data directory [ANCHORHOLD_DATA; default: $XDG_DATA_HOME/anchorhold]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Where the key-encryption key lies.
#[derive(Args, Default)]
pub(crate) struct KekFlags {
    /// The file with the key-encryption key, made at first start
    /// [ANCHORHOLD_KEK_FILE; default: $XDG_CONFIG_HOME/anchorhold/<install id>.kek]
    #[arg(long, value_name = "FILE")]
    pub(crate) kek_file: Option<PathBuf>,
    /// Take a key file inside the data directory, where one theft takes both
    #[arg(long)]
    pub(crate) allow_kek_inside_data: bool,
}

/// How keys come to the server unread by others.
#[derive(Args, Default)]
pub(crate) struct TransportFlags {
    /// The certificate of the server and its chain, PEM; both listeners then speak TLS alone
    /// [ANCHORHOLD_TLS_CERTIFICATE]
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM [ANCHORHOLD_TLS_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Listen without TLS on an address that other machines reach; their keys are refused, but for
    /// those that come from --plain-http-from
    #[arg(long)]
    pub(crate) allow_network: bool,
    /// A network, or an address, of proxies that end TLS: keys may come from there in clear; may be
    /// repeated [ANCHORHOLD_PLAIN_HTTP_FROM, with commas]
    #[arg(long, value_name = "CIDR")]
    pub(crate) plain_http_from: Vec<String>,
}

/// How far the server believes whoever reaches it.
#[derive(Args, Default)]
pub(crate) struct TrustFlags {
    /// For whom the server is: local, team or public [ANCHORHOLD_PRESET; default: local on loopback,
    /// else team]
    #[arg(long, value_name = "PRESET")]
    pub(crate) preset: Option<String>,
    /// Serve tenants in mode legacy, where whoever has a key names any user, also where other machines
    /// reach the server [ANCHORHOLD_ALLOW_LEGACY]
    #[arg(long)]
    pub(crate) allow_legacy: bool,
    /// The tenant of requests that show no key, on the tenant listener [ANCHORHOLD_LISTENER_TENANT]
    #[arg(long, value_name = "NAME")]
    pub(crate) listener_tenant: Option<String>,
    /// What the tenant listener demands of identities at least, whatever a tenant demands: strict,
    /// required, quarantine or legacy [ANCHORHOLD_LISTENER_TRUST_MODE]
    #[arg(long, value_name = "MODE")]
    pub(crate) listener_trust_mode: Option<String>,
    /// Serve requests that show no key again, after the key of the listener was revoked
    #[arg(long)]
    pub(crate) renew_listener_key: bool,
}

/// The flags of a server.
#[derive(Args, Default)]
pub(crate) struct ServerFlags {
    #[command(flatten)]
    pub(crate) data: DataFlags,
    #[command(flatten)]
    pub(crate) kek: KekFlags,
    /// Where tenants and users are served [ANCHORHOLD_LISTEN; default: 127.0.0.1:3300]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Where the operator is served [ANCHORHOLD_OPERATOR_LISTEN; default: 127.0.0.1:3301]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) operator_listen: Option<String>,
    #[command(flatten)]
    pub(crate) transport: TransportFlags,
    #[command(flatten)]
    pub(crate) trust: TrustFlags,
    /// A configuration file in TOML [ANCHORHOLD_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What is logged: error, warn, info, debug or trace [ANCHORHOLD_LOG; default: info]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// A model server that speaks OpenAI's API, to which chats go with what is remembered, such as
    /// http://127.0.0.1:11434/v1 [ANCHORHOLD_UPSTREAM, its key in ANCHORHOLD_UPSTREAM_KEY; several: [[upstreams]]
    /// in the configuration file]
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,
    /// Threads that work on requests [default: 4 for each core, at least 16]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) workers: Option<usize>,
}
