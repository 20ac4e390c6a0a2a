//! Bytes to a body; every refusal names the field in plain English and shows no value.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{Code, Rejection, outline, walk};

/// Characters of a caller's key that a message repeats.
const ECHO_CHARACTERS_MAX: usize = 80;

/// Reads a body: an object, valid JSON, no duplicate key, no unknown field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    if let Some(read) = faultless(bytes) {
        return Ok(read);
    }
    walk::check(bytes)?;
    object(bytes)
}

/// Reads a body in which nothing is wrong; what is wrong with another one is for a slower look.
fn faultless<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.trim_ascii_start().starts_with('{') {
        return None;
    }
    let read = serde_json::from_str(text).ok()?;
    outline::is_plain(text).then_some(read)
}

/// Reads a part of a body that was kept as it was sent.
pub(crate) fn parse_part<T: DeserializeOwned>(part: &RawValue) -> Result<T, Rejection> {
    object(part.get().as_bytes())
}

fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    // Derived readers also take a list of values in order; no document says so, so it is refused.
    if first != Some(&b'{') {
        return Err(not_an_object());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(refusal)
}

fn not_an_object() -> Rejection {
    Rejection::new(
        Code::RequestInvalid,
        "a JSON object is expected here, such as {\"name\": \"value\"}",
    )
}

fn refusal(error: serde_path_to_error::Error<serde_json::Error>) -> Rejection {
    let path = match error.path().to_string() {
        path if path == "." => String::new(),
        path => path,
    };
    let message = message_of(error.inner());
    if let Some((name, known)) = split_unknown(&message) {
        return unknown_field(&path, name, &known);
    }
    if let Some(name) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        let rule = "is missing; the request needs it";
        return Rejection::of_field(Code::RequestInvalid, &join(&path, name), rule);
    }
    let rule = rule(&message);
    if path.is_empty() {
        return Rejection::new(Code::RequestInvalid, format!("the body {rule}"));
    }
    Rejection::of_field(Code::RequestInvalid, &shortened(&path), rule)
}

/// What serde said, without the position that serde_json adds.
fn message_of(error: &serde_json::Error) -> String {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
}

/// The name and the known ones. The name is the caller's, so the last marker is the real one.
fn split_unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, known) = match rest.rsplit_once("`, expected ") {
        Some(parts) => parts,
        None => (rest.split_once("`, there are no fields")?.0, ""),
    };
    Some((name, quoted(known)))
}

/// The words between backticks.
fn quoted(list: &str) -> Vec<&str> {
    list.split('`').skip(1).step_by(2).collect()
}

fn unknown_field(path: &str, name: &str, known: &[&str]) -> Rejection {
    // The path may already end in the name.
    let parent = path.strip_suffix(name).unwrap_or(path);
    let field = join(parent.trim_end_matches('.'), &shortened(name));
    let hint = match nearest(name, known) {
        Some(nearest) => format!(", did you mean \"{nearest}\"?"),
        None => format!("; known fields are {}", known.join(", ")),
    };
    Rejection {
        code: Code::RequestInvalid,
        message: format!("unknown field \"{}\"{hint}", shortened(name)),
        field: Some(field),
    }
}

/// Bytes of a name that is compared with the known ones.
const HINT_BYTES_MAX: usize = 64;

/// The known name that was probably meant: at most a third of the letters differ.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    // Likeness takes time that grows with the length, and nobody mistypes a name of this one.
    if name.len() > HINT_BYTES_MAX {
        return None;
    }
    let letters_max = (name.chars().count() / 3).clamp(1, 3);
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .filter(|(distance, _)| *distance <= letters_max)
        .min()
        .map(|(_, known)| known)
}

/// What the field must be. Only the static half of serde's messages is used: the other half
/// repeats the caller's value.
fn rule(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let known = rest
            .rsplit_once("`, expected ")
            .map_or(Vec::new(), |(_, known)| quoted(known));
        return format!("must be one of {}", known.join(", "));
    }
    if message.starts_with("data did not match any variant") {
        return "has a shape that is not known here; see the documentation of the field".to_owned();
    }
    match message.strip_prefix("expected ") {
        Some(expected) => format!("must be {}", plain(expected)),
        None => match message.rsplit_once(", expected ") {
            Some((_, expected)) => format!("must be {}", plain(expected)),
            None => "has a value that is not allowed here".to_owned(),
        },
    }
}

/// Rust's words for types in words for everyone.
fn plain(expected: &str) -> &str {
    match expected {
        "a string" | "string" | "str" | "variant identifier" | "enum" => "a text",
        "f64" | "f32" => "a number",
        "u64" | "u32" | "usize" | "u16" => "a whole number, 0 or more",
        "i64" | "i32" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("string or ") => "a text",
        other => other,
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

/// A caller's key as far as a message repeats it, invisible characters escaped.
pub(crate) fn shortened(text: &str) -> String {
    let mut characters = text.escape_debug();
    let mut short: String = characters.by_ref().take(ECHO_CHARACTERS_MAX).collect();
    if characters.next().is_some() {
        short.push_str("...");
    }
    short
}
