//! `jwt-issuer create | list | keys | end`: whose signed tokens (JWT) a tenant takes.

use std::path::{Path, PathBuf};

use anchorhold_client::wire::jwt_key_set::{
    CreateJwtKeySet, JwtKeyBody, JwtKeySetListed, ReplaceJwtKeys,
};
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use crate::connection::{OfTenant, refused};
use crate::exit::Error;
use crate::output::Output;

/// Manage the issuers whose signed tokens (JWT) a tenant takes.
#[derive(Subcommand)]
pub(crate) enum JwtIssuer {
    /// Take tokens of an issuer
    Create(Box<Create>),
    /// List the issuers
    List {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Give an issuer other keys, as it rotates its own
    Keys {
        /// The id of the issuer
        key_id: String,
        #[command(flatten)]
        keys: KeyFiles,
        #[command(flatten)]
        of: OfTenant,
    },
    /// Take no more tokens of an issuer
    End {
        /// The id of the issuer
        key_id: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

/// Take tokens of an issuer.
#[derive(Args)]
pub(crate) struct Create {
    /// What the tenant calls it; its users are those of jwt:NAME
    name: String,
    /// What the claim "iss" says, byte for byte
    #[arg(long)]
    iss: String,
    /// What the claim "aud" holds; without it, tokens must have none
    #[arg(long)]
    audience: Option<String>,
    /// Its subjects are the users of x-anchorhold-user
    #[arg(long)]
    local: bool,
    /// The claim that is "viewer", or a list with it, for whoever may only read
    #[arg(long)]
    role_claim: Option<String>,
    /// Seconds by which its clock may be off
    #[arg(long)]
    leeway_seconds: Option<u64>,
    #[command(flatten)]
    keys: KeyFiles,
    #[command(flatten)]
    of: OfTenant,
}

/// The keys that check tokens.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct KeyFiles {
    /// Where the issuer publishes its keys, such as https://issuer.example/.well-known/jwks.json; the
    /// server fetches them and follows when they change
    #[arg(long, value_name = "URL", conflicts_with_all = ["jwks_file", "pem_files", "secret_file"])]
    jwks_url: Option<String>,
    /// What published keys may check: RS256, ES256, EdDSA (all three without this)
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        requires = "jwks_url"
    )]
    algorithms: Option<Vec<String>>,
    /// A file with a JWK set, as issuers publish it
    #[arg(long, value_name = "FILE")]
    jwks_file: Option<PathBuf>,
    /// A file with a public key, such as RS256=key.pem; may be given more than once
    #[arg(long = "pem-file", value_name = "ALGORITHM=FILE", value_parser = pem_file)]
    pem_files: Vec<(String, PathBuf)>,
    /// A file with a shared secret of 32 bytes or more, for HS256
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl JwtIssuer {
    /// Does it.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        match self {
            Self::Create(create) => create.run(output),
            Self::List { of } => {
                let client = of.operator.client()?;
                let list = client.jwt_key_set_list(&of.tenant).map_err(refused)?;
                output.either(&list, || show(&list.jwt_key_sets, output))
            }
            Self::Keys { key_id, keys, of } => {
                let (client, read) = (of.operator.client()?, keys.read()?);
                let body = ReplaceJwtKeys {
                    keys: read,
                    jwks_url: keys.jwks_url,
                    algorithms: keys.algorithms,
                };
                let changed = client.jwt_keys_replace(&of.tenant, &key_id, &body);
                let changed = changed.map_err(refused)?;
                output.either(&changed, || show(std::slice::from_ref(&changed), output))
            }
            Self::End { key_id, of } => {
                let client = of.operator.client()?;
                let ended = client.jwt_key_set_end(&of.tenant, &key_id);
                let ended = ended.map_err(refused)?;
                output.either(&ended, || output.line(&format!("ended {}", ended.key_id)))
            }
        }
    }
}

impl Create {
    fn run(self, output: Output) -> Result<(), Error> {
        let set = CreateJwtKeySet {
            name: self.name,
            iss: self.iss,
            audience: self.audience,
            issuer: self.local.then(|| "local".to_owned()),
            role_claim: self.role_claim,
            leeway_seconds: self.leeway_seconds,
            keys: self.keys.read()?,
            jwks_url: self.keys.jwks_url,
            algorithms: self.keys.algorithms,
        };
        let client = self.of.operator.client()?;
        let made = client.jwt_key_set_create(&self.of.tenant, &set);
        let made = made.map_err(refused)?;
        output.either(&made, || show(std::slice::from_ref(&made), output))
    }
}

impl KeyFiles {
    fn read(&self) -> Result<Vec<JwtKeyBody>, Error> {
        let mut keys = match &self.jwks_file {
            Some(file) => jwk_set(file)?,
            None => Vec::new(),
        };
        for (algorithm, file) in &self.pem_files {
            keys.push(JwtKeyBody {
                algorithm: algorithm.clone(),
                pem: Some(text(file)?),
                ..JwtKeyBody::default()
            });
        }
        if let Some(file) = &self.secret_file {
            keys.push(JwtKeyBody {
                algorithm: "HS256".to_owned(),
                secret: Some(text(file)?.trim_end_matches(['\r', '\n']).to_owned()),
                ..JwtKeyBody::default()
            });
        }
        Ok(keys)
    }
}

fn text(file: &Path) -> Result<String, Error> {
    std::fs::read_to_string(file)
        .map_err(|error| Error::Usage(format!("cannot read {}: {error}", file.display())))
}

/// The keys of a JWK set that check tokens in an algorithm that is known.
fn jwk_set(file: &Path) -> Result<Vec<JwtKeyBody>, Error> {
    let none = || {
        let file = file.display();
        Error::Usage(format!(
            "{file} is no JWK set with a key for RS256, ES256 or EdDSA"
        ))
    };
    let set: Value = serde_json::from_str(&text(file)?).map_err(|_| none())?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or_else(none)?;
    let keys: Vec<_> = keys
        .iter()
        .filter_map(Value::as_object)
        .filter_map(jwk)
        .collect();
    if keys.is_empty() {
        return Err(none());
    }
    Ok(keys)
}

fn jwk(jwk: &Map<String, Value>) -> Option<JwtKeyBody> {
    let word = |name: &str| jwk.get(name).and_then(Value::as_str);
    if word("use").is_some_and(|used| used != "sig") {
        return None;
    }
    let algorithm = match (word("kty")?, word("crv"), word("alg")) {
        ("RSA", _, None | Some("RS256")) => "RS256",
        ("EC", Some("P-256"), None | Some("ES256")) => "ES256",
        ("OKP", Some("Ed25519"), None | Some("EdDSA" | "Ed25519")) => "EdDSA",
        _ => return None,
    };
    Some(JwtKeyBody {
        algorithm: algorithm.to_owned(),
        kid: word("kid").map(str::to_owned),
        jwk: Some(jwk.clone()),
        ..JwtKeyBody::default()
    })
}

fn pem_file(text: &str) -> Result<(String, PathBuf), String> {
    let (algorithm, file) = text
        .split_once('=')
        .ok_or_else(|| "must be written ALGORITHM=FILE, such as RS256=key.pem".to_owned())?;
    Ok((algorithm.to_owned(), file.into()))
}

/// When published keys were fetched, and why not later.
fn fetched(set: &JwtKeySetListed) -> String {
    let at = match (&set.jwks_url, set.fetched_at) {
        (None, _) => return String::new(),
        (Some(_), None) => "not yet".to_owned(),
        (Some(_), Some(at)) => at.to_string(),
    };
    match &set.fetch_problem {
        Some(problem) => format!("{at}, then {problem}"),
        None => at,
    }
}

fn show(sets: &[JwtKeySetListed], output: Output) -> Result<(), Error> {
    let row = |set: &JwtKeySetListed| {
        let keys = set.keys.iter().map(|key| match &key.kid {
            Some(kid) => format!("{} {kid}", key.algorithm),
            None => key.algorithm.clone(),
        });
        vec![
            set.key_id.to_string(),
            set.name.clone(),
            set.iss.clone(),
            set.audience.clone().unwrap_or_default(),
            set.issuer.clone(),
            keys.collect::<Vec<_>>().join(", "),
            set.jwks_url.clone().unwrap_or_default(),
            fetched(set),
        ]
    };
    let rows: Vec<_> = sets.iter().map(row).collect();
    output.table(
        &[
            "id",
            "name",
            "iss",
            "audience",
            "users of",
            "keys",
            "keys from",
            "fetched",
        ],
        &rows,
    )
}
