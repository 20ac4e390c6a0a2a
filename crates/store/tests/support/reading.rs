//! Everything that is stored of a namespace, read in both ways that there are.

use std::collections::BTreeMap;

use anchorhold_identity::{Read, Scope};
use anchorhold_model::RecordId;
use anchorhold_store::{Error, Store};

pub fn load(
    store: &Store,
    scope: &Scope<Read>,
) -> Result<BTreeMap<RecordId, (u64, String)>, Error> {
    let mut found = BTreeMap::new();
    let head = store.vault().load(scope, &mut |sealed, parts| {
        let text = String::from_utf8(parts.content().to_vec()).unwrap();
        assert_eq!(parts.summary(), summary(&text));
        found.insert(sealed.id, (sealed.version, text));
        Ok(())
    })?;
    let mut summaries = BTreeMap::new();
    let loaded = store.vault().load_summaries(scope, &mut |one| {
        summaries.insert(one.id, (one.version, one.summary.to_vec()));
        Ok(())
    })?;
    assert_eq!(head, loaded.head);
    let expected = found
        .iter()
        .map(|(id, (version, text))| (*id, (*version, summary(text))));
    assert_eq!(summaries, expected.collect());
    Ok(found)
}

/// What stands in the summary of a record with this content.
pub fn summary(text: &str) -> Vec<u8> {
    text.bytes().rev().collect()
}
