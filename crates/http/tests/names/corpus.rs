//! Two thousand names made by rules, each with what becomes of it. The rules know nothing of how the
//! server judges a name.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

/// What becomes of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is somebody, and nobody else.
    Somebody,
    /// It is refused, wherever it stands.
    Refused,
    /// It is refused in a header, where proxies could read it as a list or as a template.
    RefusedInHeaders,
}

const PEOPLE: [&str; 36] = [
    "alice",
    "bob",
    "carol",
    "root",
    "admin",
    "shared",
    "default",
    "local",
    "named",
    "user",
    "org",
    "null",
    "true",
    "undefined",
    "0",
    "1",
    "01",
    "1.0",
    "-1",
    "Zoë",
    "Renée",
    "Łukasz",
    "Þór",
    "ßtraße",
    "愛麗絲",
    "山田太郎",
    "김철수",
    "Αλίκη",
    "Алиса",
    "أليس",
    "אליס",
    "อลิซ",
    "🙂",
    "🦀🦀",
    "alice@example.org",
    "a b",
];
/// Letters that look like those of others, or that another case folds to.
const LIKE: [(&str, &str); 14] = [
    ("a", "а"),
    ("e", "е"),
    ("i", "і"),
    ("i", "ı"),
    ("o", "о"),
    ("c", "с"),
    ("l", "ӏ"),
    ("l", "1"),
    ("o", "0"),
    ("s", "ſ"),
    ("a", "ａ"),
    ("e", "ｅ"),
    ("b", "ｂ"),
    ("r", "ｒ"),
];
/// Where programs have joined names, or cut them.
const JOINTS: [&str; 24] = [
    ":", "::", "/", "//", "|", "||", "-", "--", ".", "_", "__", ";", "+", "@", "~", "=", "&", "#",
    "?", "%3A", "%2f", "%00", "\\", "\u{2215}",
];
/// What ends a string, opens a file or begins a program somewhere; `{}` stands for a name.
const TRICKS: [&str; 40] = [
    "{}\" OR \"1\"=\"1",
    "{}' OR '1'='1",
    "{}'; DROP TABLE namespace; --",
    "{}' --",
    "') UNION SELECT {}",
    "{}%",
    "{}_",
    "{}*",
    "{}/**",
    "${}",
    "$({})",
    "`{}`",
    "{}; ls",
    "{} && ls",
    "| {}",
    "<b>{}</b>",
    "\u{1f600}{}",
    "../{}",
    "../../{}",
    "./{}",
    "{}/..",
    "{}/.",
    "..%2f{}",
    "%2e%2e/{}",
    "..\\{}",
    "/{}",
    "//{}",
    "/tmp/{}",
    "/etc/passwd#{}",
    "C:\\{}",
    "\\\\{}\\c",
    "file:///{}",
    "{}.db",
    "{}.db-wal",
    "{}\u{3000}x",
    "~{}",
    "CON.{}",
    "{}:$DATA",
    "ns_{}",
    "usr_{}",
];
/// Characters that nobody sees, or that mean nothing yet.
const INVISIBLE: [char; 30] = [
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2061}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{feff}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{180e}',
    '\u{fe0e}',
    '\u{fe0f}',
    '\u{3164}',
    '\u{115f}',
    '\u{2028}',
    '\u{2029}',
    '\u{85}',
    '\u{378}',
    '\u{e0041}',
];
const MARKED: &str = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćčďēęěğģīįķļľńņňōőŕřśşšţťūůűųŵŷźžǎǐǒǔȁȃȅȇảấầẩậắằẳặẻẽếềểệỉịỏốồổộớờởợụủứừửựỳỵỷỹ";

/// All names, no two alike, with their fates.
pub(super) fn corpus() -> BTreeMap<String, Fate> {
    let mut corpus = BTreeMap::new();
    let mut add = |fate: Fate, name: String| {
        let before = corpus.insert(name.clone(), fate);
        assert!(
            before.is_none_or(|before| before == fate),
            "{name:?} has two fates"
        );
    };
    for person in PEOPLE {
        add(Fate::Somebody, person.to_owned());
        add(Fate::Somebody, person.to_uppercase());
        add(Fate::Somebody, person.to_lowercase());
        add(Fate::Somebody, person.repeat(3));
        for list in [",", ", x", "{{user}}", "{{"] {
            add(Fate::RefusedInHeaders, format!("{person}{list}"));
        }
    }
    for person in &PEOPLE[12..] {
        for trick in TRICKS {
            add(Fate::Somebody, trick.replace("{}", person));
        }
    }
    for (letter, like) in LIKE {
        let of_letter = PEOPLE.iter().filter(|person| person.contains(letter));
        of_letter.for_each(|person| add(Fate::Somebody, person.replace(letter, like)));
    }
    for joint in JOINTS {
        for (first, second) in [
            ("a", "b c"),
            ("a b", "c"),
            ("alice", "bob"),
            ("acme", "alice"),
        ] {
            add(Fate::Somebody, format!("{first}{joint}{second}"));
            add(Fate::Somebody, format!("{first} {joint} {second}"));
        }
        add(Fate::Somebody, format!("a{joint}b{joint}c"));
    }
    for invisible in INVISIBLE {
        for name in ["alice", "愛麗絲"] {
            add(Fate::Refused, format!("{invisible}{name}"));
            add(Fate::Refused, format!("{name}{invisible}"));
            add(Fate::Refused, format!("{name}{invisible}{name}"));
        }
    }
    for marked in MARKED.chars() {
        add(Fate::Somebody, format!("{marked}lice"));
        add(Fate::Refused, format!("{marked}lice").nfd().collect());
        add(
            Fate::Refused,
            format!("lice{}", marked.nfd().collect::<String>()),
        );
    }
    lengths_and_edges(&mut add);
    corpus
}

fn lengths_and_edges(add: &mut impl FnMut(Fate, String)) {
    for length in [2, 3, 64, 128, 200, 254, 255, 256] {
        add(Fate::Somebody, "x".repeat(length));
    }
    for length in [257, 258, 300, 512, 1_000, 4_000] {
        add(Fate::Refused, "x".repeat(length));
        add(Fate::Refused, "é".repeat(length));
    }
    add(Fate::Somebody, "é".repeat(128));
    add(Fate::Refused, "é".repeat(129));
    add(Fate::Somebody, "🙂".repeat(64));
    add(Fate::Refused, "🙂".repeat(65));
    for refused in [
        "",
        ".",
        "..",
        "\u{301}",
        "\u{301}alice",
        "\u{212b}",
        "\u{2126}",
        "\u{f900}",
        "\u{1100}\u{1161}",
    ] {
        add(Fate::Refused, refused.to_owned());
    }
    for space in ['\u{a0}', '\u{2003}', '\u{3000}', '\u{1680}', '\u{205f}'] {
        add(Fate::Refused, format!("{space}alice"));
        add(Fate::Refused, format!("alice{space}"));
        // Some of them are another space in normal form.
        if space.nfc().eq([space]) {
            add(Fate::Somebody, format!("alice{space}bob"));
        }
    }
    // The same length-prefixed bytes as other parts would have.
    for tuple in [
        "5:alice",
        "alice\u{5}",
        "[\"alice\"]",
        "(alice,)",
        "{\"user\":\"alice\"}",
    ] {
        let fate = match tuple {
            _ if tuple.contains('\u{5}') => Fate::Refused,
            _ if tuple.contains(',') => Fate::RefusedInHeaders,
            _ => Fate::Somebody,
        };
        add(fate, tuple.to_owned());
    }
}
