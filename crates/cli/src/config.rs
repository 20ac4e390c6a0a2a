//! Settings of a server: flags over environment over configuration file over default.

mod embedders;
mod file;
mod flags;
mod issuers;
mod keys;
mod listener;
mod mcp;
mod preset;
#[cfg(test)]
mod tests;
mod transport;
mod trust;
mod upstreams;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anchorhold_crypto::Kek;
use anchorhold_embed::RemoteSettings;
use anchorhold_http::McpOptions;
use anchorhold_model::IpNet;
use anchorhold_model::limits::{
    HANDLES_DEFAULT, RESIDENT_BYTES_DEFAULT, RESIDENTS_DEFAULT, SESSION_SWEEP_SECONDS,
};
use anchorhold_outbound::Host;

use anchorhold_store::RESIDUE_DAYS_DEFAULT;

use crate::exit::Error;
use crate::kek;
use crate::system::Lookup;
use file::File;
pub(crate) use flags::{DataFlags, KekFlags, ServerFlags};
pub(crate) use listener::ListenerSettings;
use preset::Exposure;
pub(crate) use preset::Preset;
pub(crate) use transport::TlsFiles;

/// Everything a server is started with.
pub(crate) struct Settings {
    pub(crate) installation: Installation,
    pub(crate) listen: SocketAddr,
    pub(crate) operator_listen: SocketAddr,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) plain_http_from: Vec<IpNet>,
    /// The one that is named, or the one that fits the tenant listener.
    pub(crate) preset: Preset,
    pub(crate) allows_legacy: bool,
    pub(crate) listener: ListenerSettings,
    pub(crate) mcp: McpOptions,
    /// Other machines reach the tenant listener.
    pub(crate) is_reached: bool,
    pub(crate) log: String,
    pub(crate) workers: Option<usize>,
    pub(crate) handles_max: usize,
    pub(crate) backup_days: u32,
    pub(crate) residents_max: usize,
    pub(crate) resident_bytes_max: usize,
    pub(crate) session_sweep_seconds: u64,
    pub(crate) embedders: Vec<RemoteSettings>,
    pub(crate) issuers: Vec<Host>,
    pub(crate) upstreams: Vec<anchorhold_upstream::Settings>,
}

/// Where an installation lies and what opens it.
pub(crate) struct Installation {
    pub(crate) data: PathBuf,
    pub(crate) kek: KekSource,
    pub(crate) allow_kek_inside_data: bool,
}

/// Where the key-encryption key comes from.
pub(crate) enum KekSource {
    /// The environment itself.
    Value(Kek),
    /// This file.
    File(PathBuf),
    /// The file in this directory that bears the id of the installation.
    Directory(PathBuf),
}

impl Settings {
    /// Resolves every setting.
    pub(crate) fn resolve(mut flags: ServerFlags, lookup: Lookup<'_>) -> Result<Self, Error> {
        let file = File::read(flags.config.as_deref(), lookup)?;
        let allow_network = flags.transport.allow_network || file.allow_network.unwrap_or(false);
        let listen = address(flags.listen, "listen", lookup, file.listen.clone(), 3300)?;
        let operator_listen = address(
            flags.operator_listen,
            "operator_listen",
            lookup,
            file.operator_listen.clone(),
            3301,
        )?;
        let tls = transport::tls(&mut flags.transport, lookup, &file)?;
        let plain_http_from =
            transport::plain_http_from(flags.transport.plain_http_from, lookup, &file)?;
        let is_local = transport::is_local(listen);
        let exposure = Exposure {
            is_reached: !is_local || !transport::is_local(operator_listen),
            has_tls: tls.is_some(),
            has_proxies: !plain_http_from.is_empty(),
            allow_network,
        };
        transport::check(exposure)?;
        let preset = trust::preset(&flags.trust, lookup, &file)?;
        preset::check(preset, exposure)?;
        let listener = listener::resolve(&flags.trust, lookup, &file)?;
        let allow_legacy = trust::allow_legacy(&flags.trust, lookup, &file)?;
        let is_tame = is_local || listener.rules_out_legacy();
        let log = flags.log.map(OsString::from).or(lookup("ANCHORHOLD_LOG"));
        Ok(Self {
            log: match log {
                Some(log) => text(log, "ANCHORHOLD_LOG")?,
                None => file.log.clone().unwrap_or_else(|| "info".to_owned()),
            },
            listen,
            operator_listen,
            tls,
            plain_http_from,
            preset: preset.unwrap_or(if is_local {
                Preset::Local
            } else {
                Preset::Team
            }),
            allows_legacy: trust::allows_legacy(preset, allow_legacy, is_tame)?,
            listener,
            is_reached: !is_local,
            workers: flags.workers.or(file.workers),
            backup_days: file.backup_days.unwrap_or(RESIDUE_DAYS_DEFAULT),
            handles_max: at_least_one(file.handles_max, "handles_max", HANDLES_DEFAULT)?,
            residents_max: at_least_one(file.residents_max, "residents_max", RESIDENTS_DEFAULT)?,
            resident_bytes_max: at_least_one(
                file.resident_bytes_max,
                "resident_bytes_max",
                RESIDENT_BYTES_DEFAULT,
            )?,
            session_sweep_seconds: file.session_sweep_seconds.unwrap_or(SESSION_SWEEP_SECONDS),
            embedders: embedders::resolve(&file.embedders, lookup)?,
            issuers: issuers::resolve(&file.issuers)?,
            mcp: file.mcp.resolve()?,
            upstreams: upstreams::resolve(flags.upstream, &file.upstreams, lookup)?,
            installation: Installation::of(flags.data, flags.kek, lookup, file)?,
        })
    }
}

impl Installation {
    /// Resolves what `init` needs.
    pub(crate) fn resolve(
        data: DataFlags,
        kek: KekFlags,
        config: Option<&Path>,
        lookup: Lookup<'_>,
    ) -> Result<Self, Error> {
        Self::of(data, kek, lookup, File::read(config, lookup)?)
    }

    fn of(data: DataFlags, kek: KekFlags, lookup: Lookup<'_>, file: File) -> Result<Self, Error> {
        let named = data.data.or_else(|| path(lookup, "ANCHORHOLD_DATA"));
        Ok(Self {
            data: match named.or(file.data) {
                Some(data) => data,
                None => base(lookup, "XDG_DATA_HOME", ".local/share", "--data")?,
            },
            kek: kek_source(kek.kek_file, lookup, file.kek_file)?,
            allow_kek_inside_data: kek.allow_kek_inside_data
                || file.allow_kek_inside_data.unwrap_or(false),
        })
    }
}

fn kek_source(
    flag: Option<PathBuf>,
    lookup: Lookup<'_>,
    file: Option<PathBuf>,
) -> Result<KekSource, Error> {
    if let Some(path) = flag {
        return Ok(KekSource::File(path));
    }
    if let Some(digits) = lookup("ANCHORHOLD_KEK") {
        let digits = text(digits, "ANCHORHOLD_KEK")?;
        let kek = kek::parse(&digits).ok_or_else(|| {
            Error::Configuration("ANCHORHOLD_KEK must be 64 hexadecimal digits".to_owned())
        })?;
        return Ok(KekSource::Value(kek));
    }
    match path(lookup, "ANCHORHOLD_KEK_FILE").or(file) {
        Some(path) => Ok(KekSource::File(path)),
        None => base(lookup, "XDG_CONFIG_HOME", ".config", "ANCHORHOLD_KEK_FILE")
            .map(KekSource::Directory),
    }
}

/// `$variable/anchorhold`, or the same below the home directory.
fn base(
    lookup: Lookup<'_>,
    variable: &str,
    below_home: &str,
    instead: &str,
) -> Result<PathBuf, Error> {
    // The XDG specification says that a relative path is invalid and to be ignored.
    let absolute = |path: &PathBuf| path.is_absolute();
    path(lookup, variable)
        .filter(absolute)
        .or_else(|| {
            let home = path(lookup, "HOME").filter(absolute)?;
            Some(home.join(below_home))
        })
        .map(|directory| directory.join("anchorhold"))
        .ok_or_else(|| {
            Error::Configuration(format!(
                "neither {variable} nor HOME is set; say where with {instead}"
            ))
        })
}

fn address(
    flag: Option<String>,
    name: &str,
    lookup: Lookup<'_>,
    file: Option<String>,
    port: u16,
) -> Result<SocketAddr, Error> {
    let Some((written, place)) = written(flag, name, lookup, file)? else {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    };
    let numeric = match written.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => written.clone(),
    };
    numeric.parse().map_err(|_| {
        Error::Configuration(format!(
            "{place} is {written:?}; it must be an address and a port such as 127.0.0.1:{port}"
        ))
    })
}

/// A setting as it was written, and where.
fn written(
    flag: Option<String>,
    name: &str,
    lookup: Lookup<'_>,
    file: Option<String>,
) -> Result<Option<(String, String)>, Error> {
    let variable = format!("ANCHORHOLD_{}", name.replace('.', "_").to_ascii_uppercase());
    Ok(match (flag, lookup(&variable), file) {
        (Some(flag), _, _) => Some((flag, format!("--{}", name.replace(['_', '.'], "-")))),
        (None, Some(value), _) => Some((text(value, &variable)?, variable)),
        (None, None, Some(file)) => Some((file, format!("{name} in the configuration file"))),
        (None, None, None) => None,
    })
}

fn at_least_one(number: Option<usize>, name: &str, default: usize) -> Result<usize, Error> {
    match number {
        Some(0) => Err(Error::Configuration(format!("{name} must be at least 1"))),
        number => Ok(number.unwrap_or(default)),
    }
}

fn path(lookup: Lookup<'_>, name: &str) -> Option<PathBuf> {
    lookup(name).map(PathBuf::from)
}

fn text(value: OsString, name: &str) -> Result<String, Error> {
    value
        .into_string()
        .map_err(|_| Error::Configuration(format!("{name} must be UTF-8")))
}
