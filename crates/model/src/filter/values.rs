//! Texts, numbers, `true` and `false` as a set in which one is found in few steps, however many
//! there are: the list of a filter, or a list that a memory holds.

use serde_json::{Number, Value};

use crate::RecordId;

/// A set of values, by what equality means to filters: whole numbers are equal to whole numbers
/// exactly, and to others when 64 bits hold both the same way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    texts: Vec<Box<str>>,
    /// The texts that are ids.
    ids: Vec<RecordId>,
    /// Whole numbers, each also as other numbers see it: both are in the same order.
    whole: Vec<(i128, f64)>,
    broken: Vec<f64>,
    has_true: bool,
    has_false: bool,
}

impl Values {
    /// The values of a list. Null, lists and objects are equal to nothing and left out.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut set = Self::default();
        for value in values {
            match value {
                Value::String(text) => {
                    set.ids.extend(RecordId::parse(text));
                    set.texts.push(text.as_str().into());
                }
                Value::Number(number) => match sides(number) {
                    (Some(whole), rounded) => set.whole.push((whole, rounded)),
                    (None, broken) => set.broken.push(broken),
                },
                Value::Bool(true) => set.has_true = true,
                Value::Bool(false) => set.has_false = true,
                Value::Null | Value::Array(_) | Value::Object(_) => {}
            }
        }
        set.texts.sort_unstable();
        set.texts.dedup();
        set.ids.sort_unstable();
        set.ids.dedup();
        set.whole.sort_unstable_by_key(|(whole, _)| *whole);
        set.whole.dedup_by_key(|(whole, _)| *whole);
        set.broken.sort_unstable_by(f64::total_cmp);
        set.broken.dedup();
        set
    }

    /// The ids among the texts.
    pub fn ids(&self) -> &[RecordId] {
        &self.ids
    }

    /// An estimate of its bytes beside its own.
    pub fn bytes(&self) -> usize {
        let texts = self.texts.iter().map(|text| text.len()).sum::<usize>();
        texts
            + self.texts.capacity() * size_of::<Box<str>>()
            + self.ids.capacity() * size_of::<RecordId>()
            + self.whole.capacity() * size_of::<(i128, f64)>()
            + self.broken.capacity() * size_of::<f64>()
    }

    /// How many are in it.
    pub(super) fn len(&self) -> usize {
        let numbers = self.whole.len() + self.broken.len();
        self.texts.len() + numbers + usize::from(self.has_true) + usize::from(self.has_false)
    }

    pub(super) fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.has_text(text),
            Value::Number(number) => self.has_number(number),
            Value::Bool(true) => self.has_true,
            Value::Bool(false) => self.has_false,
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    pub(super) fn has_text(&self, text: &str) -> bool {
        self.texts.binary_search_by(|own| (**own).cmp(text)).is_ok()
    }

    pub(super) fn has_id(&self, id: RecordId) -> bool {
        self.ids.binary_search(&id).is_ok()
    }

    pub(super) fn has_number(&self, number: &Number) -> bool {
        match sides(number) {
            (Some(whole), rounded) => self.has_whole(whole, rounded),
            (None, broken) => self.has_broken(broken),
        }
    }

    /// Whether one value of another set is in it.
    pub(super) fn meets(&self, other: &Self) -> bool {
        if self.len() < other.len() {
            return other.meets(self);
        }
        other.texts.iter().any(|text| self.has_text(text))
            || (other.whole.iter()).any(|&(whole, rounded)| self.has_whole(whole, rounded))
            || other.broken.iter().any(|&broken| self.has_broken(broken))
            || (other.has_true && self.has_true)
            || (other.has_false && self.has_false)
    }

    /// Whether every value of another set is in it.
    pub(super) fn includes(&self, other: &Self) -> bool {
        other.texts.iter().all(|text| self.has_text(text))
            && (other.whole.iter()).all(|&(whole, rounded)| self.has_whole(whole, rounded))
            && other.broken.iter().all(|&broken| self.has_broken(broken))
            && (self.has_true || !other.has_true)
            && (self.has_false || !other.has_false)
    }

    /// Whether every one of its values is a text among these.
    pub(super) fn is_within(&self, texts: &[String]) -> bool {
        // At the first that is not there it is over, so few are looked for in vain.
        self.len() == self.texts.len()
            && (self.texts.iter()).all(|own| texts.iter().any(|text| **text == **own))
    }

    fn has_whole(&self, whole: i128, rounded: f64) -> bool {
        let found = self.whole.binary_search_by_key(&whole, |(own, _)| *own);
        found.is_ok() || self.has_in_broken(rounded)
    }

    fn has_broken(&self, broken: f64) -> bool {
        let found = self
            .whole
            .binary_search_by(|(_, own)| own.total_cmp(&broken));
        found.is_ok() || self.has_in_broken(broken)
    }

    fn has_in_broken(&self, number: f64) -> bool {
        let found = self.broken.binary_search_by(|own| own.total_cmp(&number));
        found.is_ok()
    }
}

/// A number exactly, if it is whole, and as 64 bits hold it.
fn sides(number: &Number) -> (Option<i128>, f64) {
    let float = number.as_f64().unwrap_or(f64::INFINITY);
    // Zero has no sign here.
    (number.as_i128(), float + 0.0)
}

#[cfg(test)]
mod tests;
