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
    /// The number of a label, which counts one use more; a new label gets its value.
    pub(crate) fn acquire(&mut self, text: &str, value: impl FnOnce() -> T) -> u32 {
        // Entries of a conversation mostly come together.
        if let Some(Some(label)) = self.known.get_mut(self.last as usize)
            && *label.text == *text
        {
            label.uses += 1;
            return self.last;
        }
        if let Some(&number) = self.numbers.get(text) {
            if let Some(Some(label)) = self.known.get_mut(number as usize) {
                label.uses += 1;
            }
            self.last = number;
            return number;
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
                value: value(),
            });
        }
        number
    }

    /// Counts one use less and forgets the label after its last one.
    pub(crate) fn release(&mut self, number: u32) {
        let Some(slot) = self.known.get_mut(number as usize) else {
            return;
        };
        let Some(label) = slot else { return };
        label.uses -= 1;
        if label.uses == 0 {
            self.numbers.remove(&label.text);
            *slot = None;
            self.free.push(number);
        }
    }

    /// What is known about a label.
    pub(crate) fn value(&self, number: u32) -> Option<&T> {
        let label = self.known.get(number as usize)?.as_ref();
        label.map(|label| &label.value)
    }

    /// More than every number in use.
    pub(crate) const fn bound(&self) -> usize {
        self.known.len()
    }
}
