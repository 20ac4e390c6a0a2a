//! What filters compare, by field instead of by entry: made when a filter first asks for it.
//!
//! A column holds the number of each slot's value among the distinct values of its field, so a
//! comparison is made once per value. Of few values it also keeps the slots of each as bits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anchorhold_model::Facets;
use anchorhold_model::filter::{Field, Reading, Seen, Test, Values};
use serde_json::{Number, Value};

use crate::bitmap::Bitmap;

/// Columns of one index; fields beyond them are read entry by entry.
const COLUMNS_MAX: usize = 32;
/// Distinct values up to which the slots of each are kept as bits.
const BITMAPS_MAX: usize = 64;
/// The number of no value.
const ABSENT: u32 = 0;

/// The columns that filters asked for.
#[derive(Debug, Default)]
pub(crate) struct Columns(Mutex<Vec<(Field, Arc<Column>)>>);

/// The values of one field.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// By slot, the number of the value.
    numbers: Vec<u32>,
    /// By number. The first is absence.
    values: Vec<Distinct>,
    by_key: BTreeMap<Arc<str>, u32>,
}

/// One value, how many slots have it, and which, while there are few values.
#[derive(Clone, Debug)]
struct Distinct {
    /// A text that no other value of the field has; none for absence.
    key: Option<Arc<str>>,
    value: Held,
    uses: usize,
    slots: Bitmap,
}

/// A value that is kept.
#[derive(Clone, Debug)]
enum Held {
    Absent,
    Text(String),
    Texts(Vec<String>),
    Number(Number),
    List(Values),
    Json(Value),
}

impl Columns {
    /// The columns of fields, as far as there is room for them; what is new is made from every slot,
    /// all in one pass.
    pub(crate) fn of<'a>(
        &self,
        fields: &[&Field],
        slots: impl Iterator<Item = Option<&'a Facets>>,
    ) -> Vec<(Field, Arc<Column>)> {
        let mut columns = self.lock();
        let mut new: Vec<(Field, Column)> = Vec::new();
        for field in fields {
            let known = columns.iter().map(|(known, _)| known);
            let mut known = known.chain(new.iter().map(|(known, _)| known));
            let is_known = known.any(|known| known == *field);
            if !is_known && columns.len() + new.len() < COLUMNS_MAX {
                new.push(((*field).clone(), Column::default()));
            }
        }
        if !new.is_empty() {
            for facets in slots {
                let reading = facets.map(Reading::new);
                for (field, column) in &mut new {
                    column.push(field, reading.as_ref());
                }
            }
        }
        columns.extend((new.into_iter()).map(|(field, column)| (field, Arc::new(column))));
        let asked = columns.iter().filter(|(known, _)| fields.contains(&known));
        asked.cloned().collect()
    }

    /// Adds the entry of the next slot.
    pub(crate) fn push(&mut self, facets: &Facets) {
        let reading = Reading::new(facets);
        for (field, column) in self.all() {
            Arc::make_mut(column).push(field, Some(&reading));
        }
    }

    /// Takes the values of a slot out.
    pub(crate) fn remove(&mut self, slot: u32) {
        for (_, column) in self.all() {
            Arc::make_mut(column).remove(slot);
        }
    }

    /// Forgets all columns; they are made again when a filter asks.
    pub(crate) fn clear(&mut self) {
        self.all().clear();
    }

    /// An estimate of their bytes.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = |(_, column): &(Field, Arc<Column>)| column.bytes();
        self.lock().iter().map(bytes).sum()
    }

    fn all(&mut self) -> &mut Vec<(Field, Arc<Column>)> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// A column is added whole or not at all, so a panic elsewhere leaves nothing half-made.
    fn lock(&self) -> MutexGuard<'_, Vec<(Field, Arc<Column>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Column {
    fn default() -> Self {
        Self {
            numbers: Vec::new(),
            values: vec![Distinct {
                key: None,
                value: Held::Absent,
                uses: 0,
                slots: Bitmap::default(),
            }],
            by_key: BTreeMap::new(),
        }
    }
}

impl Column {
    /// The slots whose value passes a comparison; gaps pass as what is absent.
    pub(crate) fn matching(&self, test: &Test) -> Bitmap {
        let passing: Vec<bool> = self
            .values
            .iter()
            .map(|value| test.holds(&value.value.seen()))
            .collect();
        if self.values.len() > BITMAPS_MAX {
            let passes = |slot: usize| {
                let number = self.numbers.get(slot).map(|&number| number as usize);
                number.and_then(|number| passing.get(number)) == Some(&true)
            };
            return Bitmap::collect(self.numbers.len(), passes);
        }
        let mut matching = Bitmap::zeros(self.numbers.len());
        for (value, _) in self
            .values
            .iter()
            .zip(passing)
            .filter(|(_, passes)| *passes)
        {
            matching.unite(&value.slots);
        }
        matching
    }

    fn push(&mut self, field: &Field, reading: Option<&Reading<'_>>) {
        let seen = reading.map_or(Seen::Absent, |reading| reading.seen(field));
        let number = key(&seen).map_or(ABSENT, |key| self.number(&seen, key));
        let slot = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.push(number);
        let has_bitmaps = self.values.len() <= BITMAPS_MAX;
        if let Some(value) = self.values.get_mut(number as usize) {
            value.uses += 1;
            if has_bitmaps {
                value.slots.insert(slot);
            }
        }
    }

    fn number(&mut self, seen: &Seen<'_>, key: String) -> u32 {
        if let Some(&number) = self.by_key.get(key.as_str()) {
            return number;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(ABSENT);
        let key: Arc<str> = key.into();
        self.by_key.insert(Arc::clone(&key), number);
        self.values.push(Distinct {
            key: Some(key),
            value: Held::of(seen),
            uses: 0,
            slots: Bitmap::default(),
        });
        if self.values.len() == BITMAPS_MAX + 1 {
            for value in &mut self.values {
                value.slots = Bitmap::default();
            }
        }
        number
    }

    /// Makes a slot a gap; a value that nobody has any more is not kept.
    fn remove(&mut self, slot: u32) {
        let Some(number) = self.numbers.get_mut(slot as usize) else {
            return;
        };
        let number = std::mem::replace(number, ABSENT);
        if let Some(value) = self.values.get_mut(number as usize) {
            value.uses -= 1;
            value.slots.remove(slot);
            if value.uses == 0 && number != ABSENT {
                value.value = Held::Absent;
                value.key.take().map(|key| self.by_key.remove(&key));
            }
        }
        if let Some(absent) = self.values.first_mut() {
            absent.uses += 1;
            absent.slots.insert(slot);
        }
    }

    fn bytes(&self) -> usize {
        let held = |value: &Distinct| {
            let key = value.key.as_ref().map_or(0, |key| key.len());
            key + match &value.value {
                Held::List(values) => values.bytes(),
                _ => key,
            }
        };
        let held: usize = self.values.iter().map(held).sum();
        let bitmaps = if self.values.len() > BITMAPS_MAX {
            0
        } else {
            self.values.len() * self.numbers.len() / 8
        };
        let value = size_of::<Distinct>() + size_of::<(Arc<str>, u32)>();
        self.numbers.len() * size_of::<u32>() + self.values.len() * value + held + bitmaps
    }
}

/// A text that no other value of the field has; none for absence.
fn key(seen: &Seen<'_>) -> Option<String> {
    match seen {
        // Ids are looked up: each is another.
        Seen::Absent | Seen::Id(_) | Seen::List(_) => None,
        Seen::Text(text) => Some((*text).to_owned()),
        Seen::Texts(texts) => Some(Value::from(*texts).to_string()),
        Seen::Number(number) => Some(number.to_string()),
        Seen::Json(value) => Some(value.to_string()),
    }
}

impl Held {
    fn of(seen: &Seen<'_>) -> Self {
        match seen {
            Seen::Absent | Seen::Id(_) => Self::Absent,
            Seen::Text(text) => Self::Text((*text).to_owned()),
            Seen::Texts(texts) => Self::Texts(texts.to_vec()),
            Seen::Number(number) => Self::Number(number.clone()),
            Seen::List(values) => Self::List((*values).clone()),
            Seen::Json(Value::Array(items)) => Self::List(Values::new(items)),
            Seen::Json(value) => Self::Json((*value).clone()),
        }
    }

    fn seen(&self) -> Seen<'_> {
        match self {
            Self::Absent => Seen::Absent,
            Self::Text(text) => Seen::Text(text),
            Self::Texts(texts) => Seen::Texts(texts),
            Self::Number(number) => Seen::Number(number.clone()),
            Self::List(values) => Seen::List(values),
            Self::Json(value) => Seen::Json(value),
        }
    }
}
