//! Lists memories, newest first, page by page.

use std::sync::Arc;

use anchorhold_identity::{Read, Scope};
use anchorhold_model::Memory;
use anchorhold_model::limits::LIST_BYTES_MAX;
#[cfg(feature = "sabotage")]
use anchorhold_model::sabotage::{self, Bug};

use crate::cursor::{self, Position};
use crate::{Engine, Error};

/// Which page.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many memories.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// One page.
pub struct Listed {
    /// The memories, newest first.
    pub memories: Vec<Memory>,
    /// Where the next page goes on; `None` on the last.
    pub next_cursor: Option<String>,
}

impl Engine {
    /// One page of a namespace in the order of arrival, newest first. Who follows the cursors
    /// sees every memory that lives all the while exactly once, whatever is written meanwhile.
    pub fn list(&self, scope: Option<&Scope<Read>>, page: &Page) -> Result<Listed, Error> {
        let Some(scope) = scope else {
            // Nothing was ever issued for a namespace that does not exist.
            return match page.cursor {
                Some(_) => Err(Error::CursorInvalid),
                None => Ok(Listed {
                    memories: Vec::new(),
                    next_cursor: None,
                }),
            };
        };
        self.read("list", scope, || self.listed(scope, page))
    }

    fn listed(&self, scope: &Scope<Read>, page: &Page) -> Result<Listed, Error> {
        let now = self.clock.now();
        let resident = self.resident(scope)?;
        let after = match &page.cursor {
            Some(text) => Some(cursor::read(self.store.vault(), scope, text, now)?),
            None => None,
        };
        let mut found = {
            let index = resident.index()?;
            let entries = index
                .entries()
                .filter(|entry| !entry.facets.is_expired(now));
            entries
                .map(|entry| (Position::of(&entry.facets), entry))
                .filter(|(position, _)| after.is_none_or(|after| *position < after))
                .map(|(position, entry)| (position, (entry.facets.id, Arc::clone(&entry.payload))))
                .collect::<Vec<_>>()
        };
        found.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        let mut has_more = found.len() > page.limit;
        #[cfg(feature = "sabotage")]
        if sabotage::is(Bug::PagesCountOthers) {
            let all = self.residents.all();
            has_more |= all.len() > 1 && found.len() == page.limit;
        }
        found.truncate(page.limit);
        let mut memories = Vec::with_capacity(found.len());
        let mut bytes = 0;
        let mut last = None;
        let bodies: Vec<_> = found.iter().map(|(_, body)| body.clone()).collect();
        self.fetch(scope, &resident, &bodies)?;
        for (position, body) in found {
            if bytes > LIST_BYTES_MAX {
                has_more = true;
                break;
            }
            let memory = self.open_memory(scope, &resident, body)?;
            bytes += memory.content.as_str().len();
            memories.push(memory);
            last = Some(position);
        }
        let next_cursor = match last {
            Some(last) if has_more => Some(cursor::write(self.store.vault(), scope, last, now)?),
            _ => None,
        };
        Ok(Listed {
            memories,
            next_cursor,
        })
    }
}
