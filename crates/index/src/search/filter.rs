//! Which entries a filter lets through, as a set: comparisons by column, `and`, `or` and `not` by
//! the bits of their sets.

use anchorhold_model::filter::{Field, Test};
use anchorhold_model::{Filter, RecordId};
use serde_json::Value;

use super::live::Live;
use crate::Index;
use crate::bitmap::Bitmap;

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
        match filter {
            Filter::And(filters) => {
                let mut all = Bitmap::ones(self.rows.len());
                for filter in filters {
                    all.intersect(&self.matching(filter));
                }
                all
            }
            Filter::Or(filters) => {
                let mut any = Bitmap::zeros(self.rows.len());
                for filter in filters {
                    any.unite(&self.matching(filter));
                }
                any
            }
            Filter::Not(filter) => {
                let mut rest = Bitmap::ones(self.rows.len());
                rest.subtract(&self.matching(filter));
                rest
            }
            Filter::Field(Field::Id, Test::Eq(id)) => self.with_ids(std::slice::from_ref(id)),
            Filter::Field(Field::Id, Test::In(ids) | Test::Any(ids)) => self.with_ids(ids),
            Filter::Field(Field::Id, _) => self.matching_one_by_one(filter),
            Filter::Field(field, test) => {
                let facets = |slot| self.kept(slot).map(|kept| &kept.facets);
                let slots = (0..).take(self.rows.len()).map(facets);
                match self.columns.of(field, slots) {
                    Some(column) => column.matching(test),
                    None => self.matching_one_by_one(filter),
                }
            }
        }
    }

    fn with_ids(&self, ids: &[Value]) -> Bitmap {
        let ids = ids.iter().filter_map(Value::as_str);
        let mut slots = Bitmap::zeros(self.rows.len());
        for slot in ids
            .filter_map(RecordId::parse)
            .filter_map(|id| self.slot(&id))
        {
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
