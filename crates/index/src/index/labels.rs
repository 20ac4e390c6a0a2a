//! Small numbers for labels that many entries share: speakers and conversations.

use std::collections::BTreeMap;

/// The number of no label.
pub(crate) const NONE: u32 = u32::MAX;

/// Labels in use with what is known about each. Numbers are history and never rank.
#[derive(Debug)]
pub(crate) struct Labels<T> {
    numbers: BTreeMap<Box<str>, u32>,
    known: Vec<Option<Label<T>>>,
    free: Vec<u32>,
    /// The number that was acquired last.
    last: u32,
}

#[derive(Debug)]
struct Label<T> {
    text: Box<str>,
    uses: usize,
    value: T,
}

impl<T> Default for Labels<T> {
    fn default() -> Self {
        Self {
            numbers: BTreeMap::new(),
            known: Vec::new(),
            free: Vec::new(),
            last: NONE,
        }
    }
}

impl<T> Labels<T> {
    /// Bytes that the use of a label takes, when it is shared by a few entries.
    pub(crate) const BYTES: usize = 16;

    /// The number of a label, which counts one use more, and whether it is new.
    pub(crate) fn acquire(&mut self, text: &str) -> (u32, bool)
    where
        T: Default,
    {
        // Entries of a conversation mostly come together.
        if let Some(Some(label)) = self.known.get_mut(self.last as usize)
            && *label.text == *text
        {
            label.uses += 1;
            return (self.last, false);
        }
        if let Some(&number) = self.numbers.get(text) {
            if let Some(Some(label)) = self.known.get_mut(number as usize) {
                label.uses += 1;
            }
            self.last = number;
            return (number, false);
        }
        let text: Box<str> = text.into();
        let number = self.free.pop().unwrap_or_else(|| {
            self.known.push(None);
            u32::try_from(self.known.len() - 1).unwrap_or(NONE)
        });
        self.numbers.insert(text.clone(), number);
        if let Some(slot) = self.known.get_mut(number as usize) {
            *slot = Some(Label {
                text,
                uses: 1,
                value: T::default(),
            });
        }
        self.last = number;
        (number, true)
    }

    /// Counts one use less; after the last one forgets the label and gives its text.
    pub(crate) fn release(&mut self, number: u32) -> Option<Box<str>> {
        let slot = self.known.get_mut(number as usize)?;
        let label = slot.as_mut()?;
        label.uses -= 1;
        if label.uses > 0 {
            return None;
        }
        let label = slot.take()?;
        self.numbers.remove(&label.text);
        self.free.push(number);
        Some(label.text)
    }

    /// How many entries use a label.
    pub(crate) fn uses(&self, number: u32) -> usize {
        let label = self.known.get(number as usize).and_then(Option::as_ref);
        label.map_or(0, |label| label.uses)
    }

    /// What is known about a label.
    pub(crate) fn value(&self, number: u32) -> Option<&T> {
        let label = self.known.get(number as usize)?.as_ref();
        label.map(|label| &label.value)
    }

    /// What is known about a label, to change it.
    pub(crate) fn value_mut(&mut self, number: u32) -> Option<&mut T> {
        let label = self.known.get_mut(number as usize)?.as_mut();
        label.map(|label| &mut label.value)
    }

    /// What is known about each label.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let labels = self.known.iter_mut().flatten();
        labels.map(|label| &mut label.value)
    }

    /// More than every number in use.
    pub(crate) const fn bound(&self) -> usize {
        self.known.len()
    }
}
