//! Which entries a filter lets through, as a set: comparisons by column, `and`, `or` and `not` by
//! the bits of their sets.

use std::sync::Arc;

use anchorhold_model::filter::{Field, Reading, Test};
use anchorhold_model::{Facets, Filter, RecordId};

use super::live::Live;
use crate::Index;
use crate::bitmap::Bitmap;
use crate::index::columns::Column;

/// One comparison of a filter.
type Leaf<'a> = (&'a Field, &'a Test);

impl<P> Index<P> {
    /// The slots of the live entries that the filter lets through.
    pub(super) fn visible(&self, live: &Live, filter: Option<&Filter>) -> Bitmap {
        let mut visible = live.slots.clone();
        match filter {
            None => {}
            Some(filter) if self.rows.len() <= self.stage.filtered => {
                visible.intersect(&self.matching_one_by_one(filter));
            }
            Some(filter) => visible.intersect(&self.matching(filter)),
        }
        visible
    }

    /// The slots whose entries match, and perhaps gaps.
    fn matching(&self, filter: &Filter) -> Bitmap {
        let mut leaves = Vec::new();
        gather(filter, &mut leaves);
        let mut sets = self.sets_of(&leaves).into_iter();
        self.combined(filter, &mut sets)
    }

    /// The sets of the comparisons of a filter, put together.
    fn combined(&self, filter: &Filter, sets: &mut impl Iterator<Item = Bitmap>) -> Bitmap {
        let count = self.rows.len();
        match filter {
            Filter::And(filters) => {
                let mut all = Bitmap::ones(count);
                for filter in filters {
                    all.intersect(&self.combined(filter, sets));
                }
                all
            }
            Filter::Or(filters) => {
                let mut any = Bitmap::zeros(count);
                for filter in filters {
                    any.unite(&self.combined(filter, sets));
                }
                any
            }
            Filter::Not(filter) => {
                let mut rest = Bitmap::ones(count);
                rest.subtract(&self.combined(filter, sets));
                rest
            }
            // As many sets as comparisons were made.
            Filter::Field(..) => sets.next().unwrap_or_else(|| Bitmap::zeros(count)),
        }
    }

    /// The slots for each comparison. Whatever no column answers is read entry by entry, all of it
    /// in one pass: to read an entry costs more than to compare it.
    fn sets_of(&self, leaves: &[Leaf<'_>]) -> Vec<Bitmap> {
        let fields = leaves.iter().map(|(field, _)| *field);
        let fields: Vec<&Field> = fields.filter(|field| **field != Field::Id).collect();
        let columns = self.columns.of(&fields, self.all_facets());
        let mut sets: Vec<Option<Bitmap>> = leaves
            .iter()
            .map(|leaf| self.set_at_hand(leaf, &columns))
            .collect();
        let mut rest: Vec<(Leaf<'_>, &mut Option<Bitmap>)> = leaves
            .iter()
            .copied()
            .zip(&mut sets)
            .filter(|(_, set)| set.is_none())
            .collect();
        if !rest.is_empty() {
            for (_, set) in &mut rest {
                **set = Some(Bitmap::zeros(self.rows.len()));
            }
            for (slot, facets) in (0..).zip(self.all_facets()) {
                let Some(facets) = facets else { continue };
                let reading = Reading::new(facets);
                for ((field, test), set) in &mut rest {
                    if let Some(set) = set
                        && test.holds(&reading.seen(field))
                    {
                        set.insert(slot);
                    }
                }
            }
        }
        sets.into_iter().flatten().collect()
    }

    /// The slots for one comparison, where they are known without reading an entry.
    fn set_at_hand(
        &self,
        (field, test): &Leaf<'_>,
        columns: &[(Field, Arc<Column>)],
    ) -> Option<Bitmap> {
        match (field, test) {
            (Field::Id, Test::Eq(id)) => {
                let id = id.as_str().and_then(RecordId::parse);
                return Some(self.with_ids(id.as_slice()));
            }
            (Field::Id, Test::In(ids) | Test::Any(ids)) => {
                return Some(self.with_ids(ids.ids()));
            }
            _ => {}
        }
        let found = columns.iter().find(|(known, _)| known == *field);
        found.map(|(_, column)| column.matching(test))
    }

    /// By slot, what is known of its entry.
    fn all_facets(&self) -> impl Iterator<Item = Option<&Facets>> {
        let facets = |slot| self.kept(slot).map(|kept| &kept.facets);
        (0..).take(self.rows.len()).map(facets)
    }

    fn with_ids(&self, ids: &[RecordId]) -> Bitmap {
        let mut slots = Bitmap::zeros(self.rows.len());
        for slot in ids.iter().filter_map(|id| self.slot(id)) {
            slots.insert(slot);
        }
        slots
    }

    fn matching_one_by_one(&self, filter: &Filter) -> Bitmap {
        let matches = |slot: usize| {
            let kept = self.entries.get(slot).and_then(Option::as_ref);
            kept.is_some_and(|kept| filter.matches(&kept.facets))
        };
        Bitmap::collect(self.rows.len(), matches)
    }
}

/// The comparisons of a filter, in the order in which they stand.
fn gather<'a>(filter: &'a Filter, leaves: &mut Vec<Leaf<'a>>) {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => {
            for filter in filters {
                gather(filter, leaves);
            }
        }
        Filter::Not(filter) => gather(filter, leaves),
        Filter::Field(field, test) => leaves.push((field, test)),
    }
}
