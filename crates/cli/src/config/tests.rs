//! Flags over environment over file over default, and no setting that is silently ignored.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::embedders::EmbedderTable;
use super::file::{File, KEYS};
use super::flags::TransportFlags;
use super::{KekSource, ServerFlags, Settings};
use crate::exit::Error;

struct Surroundings {
    variables: BTreeMap<&'static str, OsString>,
    directory: tempfile::TempDir,
}

impl Surroundings {
    fn new(file: &str, variables: &[(&'static str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("anchorhold.toml");
        std::fs::write(&path, file).unwrap();
        let mut all = BTreeMap::from([
            ("HOME", OsString::from("/home/somebody")),
            ("ANCHORHOLD_CONFIG", path.into_os_string()),
        ]);
        all.extend(variables.iter().map(|&(name, value)| (name, value.into())));
        Self {
            variables: all,
            directory,
        }
    }

    fn resolve(&self, flags: ServerFlags) -> Result<Settings, Error> {
        Settings::resolve(flags, &|name| self.variables.get(name).cloned())
    }
}

#[test]
fn a_flag_beats_the_environment_and_that_the_file_and_that_the_default() {
    let file = "listen = \"127.0.0.1:3\"\noperator_listen = \"127.0.0.1:33\"\nlog = \"warn\"";
    let all = Surroundings::new(
        file,
        &[
            ("ANCHORHOLD_LISTEN", "127.0.0.1:2"),
            ("ANCHORHOLD_LOG", "debug"),
        ],
    );
    let flags = ServerFlags {
        listen: Some("127.0.0.1:1".to_owned()),
        ..ServerFlags::default()
    };
    let settings = all.resolve(flags).unwrap();
    assert_eq!(settings.listen.port(), 1);
    assert_eq!(settings.operator_listen.port(), 33);
    assert_eq!(settings.log, "debug");
    let settings = all.resolve(ServerFlags::default()).unwrap();
    assert_eq!(settings.listen.port(), 2);
    let settings = Surroundings::new(file, &[])
        .resolve(ServerFlags::default())
        .unwrap();
    assert_eq!(settings.listen.port(), 3);
    let settings = Surroundings::new("", &[])
        .resolve(ServerFlags::default())
        .unwrap();
    assert_eq!(settings.listen.port(), 3300);
    assert_eq!(settings.operator_listen.port(), 3301);
    assert_eq!(settings.log, "info");
}

#[test]
fn data_and_key_lie_where_the_desktop_specification_says() {
    let settings = Surroundings::new("", &[])
        .resolve(ServerFlags::default())
        .unwrap();
    let installation = settings.installation;
    assert_eq!(
        installation.data,
        PathBuf::from("/home/somebody/.local/share/anchorhold")
    );
    assert!(matches!(installation.kek,
        KekSource::Directory(path) if path == Path::new("/home/somebody/.config/anchorhold")));
    let named = [
        ("XDG_DATA_HOME", "/data"),
        ("XDG_CONFIG_HOME", "not/absolute"),
    ];
    let installation = Surroundings::new("", &named)
        .resolve(ServerFlags::default())
        .unwrap()
        .installation;
    assert_eq!(installation.data, PathBuf::from("/data/anchorhold"));
    assert!(matches!(installation.kek,
        KekSource::Directory(path) if path == Path::new("/home/somebody/.config/anchorhold")));
}

#[test]
fn paths_of_the_file_are_meant_from_where_the_file_lies() {
    let all = Surroundings::new("data = \"data\"\nkek_file = \"keys/a.kek\"", &[]);
    let installation = all.resolve(ServerFlags::default()).unwrap().installation;
    assert_eq!(installation.data, all.directory.path().join("data"));
    assert!(matches!(installation.kek,
        KekSource::File(path) if path == all.directory.path().join("keys/a.kek")));
}

#[test]
fn the_key_in_the_environment_beats_the_file_of_the_environment() {
    let digits = "AB".repeat(32);
    let both = [
        ("ANCHORHOLD_KEK", digits.as_str()),
        ("ANCHORHOLD_KEK_FILE", "/somewhere"),
    ];
    let settings = Surroundings::new("", &both)
        .resolve(ServerFlags::default())
        .unwrap();
    assert!(matches!(settings.installation.kek,
        KekSource::Value(kek) if kek.expose() == &[0xab; 32]));
    let short = Surroundings::new("", &[("ANCHORHOLD_KEK", "ab")]);
    let error = short.resolve(ServerFlags::default()).err().unwrap();
    assert_eq!(error.code(), 78);
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    for (unknown, near) in [
        ("listn = 1", "listen"),
        ("operator-listen = 1", "operator_listen"),
        ("Data = 1", "data"),
        ("[logs]\nlevel = 1", "log"),
    ] {
        let problem = File::parse(unknown).err().unwrap();
        assert!(
            problem.contains(&format!("nearest known one is {near:?}")),
            "{problem}"
        );
    }
    let error = Surroundings::new("listn = 1", &[])
        .resolve(ServerFlags::default())
        .err()
        .unwrap();
    assert_eq!(error.code(), 78);
}

#[test]
fn every_listed_key_is_read() {
    for key in KEYS {
        // Nothing stands in the table of the listener here, which is no problem.
        let problem = File::parse(&format!("{key} = {{}}")).err();
        let problem = problem.unwrap_or_default();
        assert!(!problem.contains("unknown"), "{key}: {problem}");
    }
}

#[test]
fn an_address_for_the_whole_network_must_be_wanted() {
    let all = Surroundings::new("", &[("ANCHORHOLD_LISTEN", "0.0.0.0:3300")]);
    let error = all.resolve(ServerFlags::default()).err().unwrap();
    assert_eq!(error.code(), 78);
    let transport = TransportFlags {
        allow_network: true,
        ..TransportFlags::default()
    };
    assert!(all.resolve(with(transport)).is_ok());
}

fn with(transport: TransportFlags) -> ServerFlags {
    ServerFlags {
        transport,
        ..ServerFlags::default()
    }
}

#[test]
fn with_tls_the_whole_network_may_come_and_half_of_it_is_refused() {
    let (certificate, key) = (
        ("ANCHORHOLD_TLS_CERTIFICATE", "/a.pem"),
        ("ANCHORHOLD_TLS_KEY", "/a.key"),
    );
    let network = ("ANCHORHOLD_LISTEN", "0.0.0.0:3300");
    let settings = Surroundings::new("", &[network, certificate, key])
        .resolve(ServerFlags::default())
        .unwrap();
    let tls = settings.tls.unwrap();
    assert_eq!(tls.certificate, PathBuf::from("/a.pem"));
    assert_eq!(tls.key, PathBuf::from("/a.key"));
    for (half, missing) in [(certificate, "--tls-key"), (key, "--tls-certificate")] {
        let all = Surroundings::new("", &[half]);
        let error = all.resolve(ServerFlags::default()).err().unwrap();
        assert_eq!(error.code(), 78);
        assert!(error.to_string().contains(missing), "{error}");
    }
    // A flag beats the environment, that the file, and paths of the file begin where it lies.
    let all = Surroundings::new("tls_certificate = \"b.pem\"\ntls_key = \"b.key\"", &[key]);
    let tls = all.resolve(ServerFlags::default()).unwrap().tls.unwrap();
    assert_eq!(tls.certificate, all.directory.path().join("b.pem"));
    assert_eq!(tls.key, PathBuf::from("/a.key"));
    let flags = with(TransportFlags {
        tls_key: Some("/c.key".into()),
        ..TransportFlags::default()
    });
    let tls = all.resolve(flags).unwrap().tls.unwrap();
    assert_eq!(tls.key, PathBuf::from("/c.key"));
    assert!(
        Surroundings::new("", &[])
            .resolve(ServerFlags::default())
            .unwrap()
            .tls
            .is_none(),
        "no TLS by default"
    );
}

#[test]
fn proxies_that_end_tls_are_named_by_their_networks() {
    let file = "plain_http_from = [\"192.0.2.0/24\"]";
    let variable = ("ANCHORHOLD_PLAIN_HTTP_FROM", "10.0.0.0/8, 2001:db8::7");
    let flag = || {
        with(TransportFlags {
            plain_http_from: vec!["198.51.100.7".to_owned()],
            ..TransportFlags::default()
        })
    };
    for (variables, flags, expected) in [
        (&[variable][..], flag(), "198.51.100.7/32"),
        (
            &[variable],
            ServerFlags::default(),
            "10.0.0.0/8 2001:db8::7/128",
        ),
        (&[], ServerFlags::default(), "192.0.2.0/24"),
    ] {
        let networks = Surroundings::new(file, variables).resolve(flags).unwrap();
        let networks = networks.plain_http_from.iter().map(ToString::to_string);
        assert_eq!(networks.collect::<Vec<_>>().join(" "), expected);
    }
    for wrong in ["0.0.0.0/0", "10.0.0.1/8", "proxy", "", "::ffff:10.0.0.1"] {
        let file = format!("plain_http_from = [{wrong:?}]");
        let refused = Surroundings::new(&file, &[]).resolve(ServerFlags::default());
        let error = refused.err().unwrap();
        assert_eq!(error.code(), 78);
        assert!(error.to_string().contains("is no network"), "{error}");
    }
    let tls = "tls_certificate = \"b.pem\"\ntls_key = \"b.key\"";
    let both = Surroundings::new(&format!("{tls}\n{file}"), &[]);
    let error = both.resolve(ServerFlags::default()).err().unwrap();
    assert!(error.to_string().contains("plain_http_from"), "{error}");
}

#[test]
fn a_bad_address_says_where_it_stood() {
    let all = Surroundings::new("", &[("ANCHORHOLD_LISTEN", "3300")]);
    let error = all.resolve(ServerFlags::default()).err().unwrap();
    assert!(error.to_string().contains("ANCHORHOLD_LISTEN"), "{error}");
    let all = Surroundings::new("", &[("ANCHORHOLD_LISTEN", "localhost:0")]);
    assert_eq!(
        all.resolve(ServerFlags::default()).unwrap().listen.port(),
        0
    );
}

const EMBEDDER: &str = "[[embedders]]\nname = \"house\"\nurl = \"http://10.0.0.7/v1\"\n\
    model = \"small\"\ndimension = 16\nprivate = true\n";

#[test]
fn an_embedder_of_another_house_is_read_with_the_files_from_beside_the_file() {
    let lines = format!("{EMBEDDER}key_file = \"house.key\"\nca_file = \"house.pem\"\n");
    let all = Surroundings::new(&lines, &[]);
    assert!(
        all.resolve(ServerFlags::default()).is_err(),
        "the key is missing"
    );
    std::fs::write(all.directory.path().join("house.key"), "secret\n").unwrap();
    assert!(
        all.resolve(ServerFlags::default()).is_err(),
        "the authority is missing"
    );
    std::fs::write(all.directory.path().join("house.pem"), "an authority").unwrap();
    let settings = all.resolve(ServerFlags::default()).unwrap();
    let [house] = settings.embedders.as_slice() else {
        panic!("one embedder");
    };
    assert_eq!((house.name.as_str(), house.dimension), ("house", 16));
    assert_eq!(house.key.as_deref(), Some("secret"));
    assert_eq!(house.authorities.as_deref(), Some("an authority"));
    let lines = format!("{EMBEDDER}key_env = \"HOUSE_KEY\"\n");
    let settings = Surroundings::new(&lines, &[("HOUSE_KEY", "other")])
        .resolve(ServerFlags::default())
        .unwrap();
    assert_eq!(settings.embedders[0].key.as_deref(), Some("other"));
    let settings = Surroundings::new("", &[]).resolve(ServerFlags::default());
    assert!(settings.unwrap().embedders.is_empty(), "none by default");
}

#[test]
fn an_embedder_that_makes_no_sense_stops_the_start() {
    for (wrong, said) in [
        ("key_env = \"UNSET\"", "UNSET is not set"),
        ("ca_file = \"missing.pem\"", "ca_file: "),
        ("key_env = \"A\"\nkey_file = \"b\"", "not both"),
        ("timeout_seconds = 0", "timeout_seconds must be"),
        ("timeout_seconds = 61", "timeout_seconds must be"),
        ("window_bytes = 0", "window_bytes must be"),
        ("batch_max = 4096", "batch_max must be"),
        ("calls_max = 65", "calls_max must be"),
    ] {
        let all = Surroundings::new(&format!("{EMBEDDER}{wrong}\n"), &[]);
        let error = all.resolve(ServerFlags::default()).err().unwrap();
        assert_eq!(error.code(), 78);
        assert!(error.to_string().contains(said), "{wrong}: {error}");
    }
    let small = EMBEDDER.replace("16", "7");
    let error = Surroundings::new(&small, &[]).resolve(ServerFlags::default());
    let error = error.err().unwrap().to_string();
    assert!(error.contains("dimension must be 8 to 4096"), "{error}");
}

#[test]
fn an_unknown_key_of_an_embedder_names_the_nearest_known_one() {
    for (unknown, near) in [
        ("dimensions = 16", "dimension"),
        ("keyfile = \"a\"", "key_file"),
        ("timeout = 3", "timeout_seconds"),
        ("URL = \"\"", "url"),
    ] {
        let problem = File::parse(&format!("{EMBEDDER}{unknown}\n"));
        let problem = problem.err().unwrap();
        let said = format!(
            "[[embedders]]: unknown key {:?}",
            unknown.split(' ').next().unwrap()
        );
        assert!(problem.contains(&said), "{problem}");
        assert!(
            problem.contains(&format!("nearest known one is {near:?}")),
            "{problem}"
        );
    }
    for key in EmbedderTable::KEYS {
        let problem = File::parse(&format!("[[embedders]]\n{key} = {{}}"));
        let problem = problem.err().unwrap();
        assert!(!problem.contains("unknown"), "{key}: {problem}");
    }
}

#[test]
fn a_host_of_issuers_is_read_with_its_authority_or_stops_the_start() {
    let table = "[[issuers]]\nhost = \"keycloak.internal\"\nprivate = true\n";
    let all = Surroundings::new(&format!("{table}ca_file = \"house.pem\"\n"), &[]);
    let error = all.resolve(ServerFlags::default()).err().unwrap();
    assert_eq!(error.code(), 78);
    assert!(error.to_string().contains("keycloak.internal"), "{error}");
    std::fs::write(all.directory.path().join("house.pem"), "an authority").unwrap();
    let settings = all.resolve(ServerFlags::default()).unwrap();
    let [host] = settings.issuers.as_slice() else {
        panic!("one host");
    };
    let read = (
        host.host.as_str(),
        host.private,
        host.authorities.as_deref(),
    );
    assert_eq!(read, ("keycloak.internal", true, Some("an authority")));
    for host in [
        "",
        "https://keycloak.internal",
        "user@host",
        "host/keys",
        "host:8443",
        "fd00::7",
    ] {
        let all = Surroundings::new(&format!("[[issuers]]\nhost = {host:?}\n"), &[]);
        let error = all.resolve(ServerFlags::default()).err().unwrap();
        assert!(error.to_string().contains("host must be"), "{error}");
    }
    let problem = File::parse(&format!("{table}hosts = \"a\"\n"));
    let problem = problem.err().unwrap();
    assert!(
        problem.contains("[[issuers]]: unknown key \"hosts\""),
        "{problem}"
    );
}
