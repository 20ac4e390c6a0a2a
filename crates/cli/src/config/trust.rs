//! How far the server believes whoever reaches it.

use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};

use super::file::File;
use super::flags::TrustFlags;
use super::preset::Preset;
use super::{text, written};
use crate::exit::Error;
use crate::system::Lookup;

/// The preset that is named.
pub(super) fn preset(
    flags: &TrustFlags,
    lookup: Lookup<'_>,
    file: &File,
) -> Result<Option<Preset>, Error> {
    let named = written(flags.preset.clone(), "preset", lookup, file.preset.clone())?;
    word(named, Preset::WORDS)
}

/// Whether tenants in mode `legacy` are wanted where other machines reach the server.
pub(super) fn allow_legacy(
    flags: &TrustFlags,
    lookup: Lookup<'_>,
    file: &File,
) -> Result<bool, Error> {
    const VARIABLE: &str = "ANCHORHOLD_ALLOW_LEGACY";
    if flags.allow_legacy {
        return Ok(true);
    }
    let Some(value) = lookup(VARIABLE) else {
        return Ok(file.allow_legacy.unwrap_or(false));
    };
    match text(value, VARIABLE)?.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Error::Configuration(format!(
            "{VARIABLE} is {other:?}; it must be true or false"
        ))),
    }
}

/// Whether tenants may be in mode `legacy`; `is_tame` where no other machine would meet them in it.
pub(super) fn allows_legacy(
    preset: Option<Preset>,
    allow_legacy: bool,
    is_tame: bool,
) -> Result<bool, Error> {
    match (preset, allow_legacy) {
        (Some(Preset::Public), true) => Err(Error::Configuration(
            "preset public serves no tenant in mode legacy; leave allow_legacy out, or take preset team"
                .to_owned(),
        )),
        (Some(Preset::Public), false) => Ok(false),
        (Some(Preset::Local | Preset::Team) | None, _) => Ok(allow_legacy || is_tame),
    }
}

/// One of a few words, from where it was found.
pub(super) fn word<T: DeserializeOwned>(
    written: Option<(String, String)>,
    words: &str,
) -> Result<Option<T>, Error> {
    let Some((text, place)) = written else {
        return Ok(None);
    };
    let found = T::deserialize(StrDeserializer::<WordError>::new(&text));
    found
        .map(Some)
        .map_err(|_| Error::Configuration(format!("{place} is {text:?}; it must be {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_is_for_loopback_or_wanted_and_never_public() {
        let presets = [None, Some(Preset::Local), Some(Preset::Team)];
        for preset in presets {
            for (allow_legacy, is_tame) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let allowed = allows_legacy(preset, allow_legacy, is_tame);
                assert_eq!(allowed.ok(), Some(allow_legacy || is_tame));
            }
        }
        for is_tame in [false, true] {
            let public = Some(Preset::Public);
            assert_eq!(allows_legacy(public, false, is_tame).ok(), Some(false));
            assert!(allows_legacy(public, true, is_tame).is_err());
        }
    }
}
