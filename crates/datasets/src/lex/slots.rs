//! The slots of an entry's intent.

use std::ops::Range;

use super::value::Value;
use crate::json::{Arena, Fault, Kind};

/// The slots of one entry, parents before what is below them. Used again for the next entry.
#[derive(Default)]
pub(super) struct Slots {
    all: Vec<Slot>,
    resolved: Vec<Option<Range<usize>>>,
    text: String,
    /// The name of the slot at hand, with those above it.
    path: String,
    arena: Arena,
}

/// Where the texts of a slot are.
struct Slot {
    name: Range<usize>,
    shape: Option<Range<usize>>,
    original: Option<Range<usize>>,
    interpreted: Option<Range<usize>>,
    resolved: Option<Range<usize>>,
    is_filled: bool,
    is_obfuscated: bool,
}

/// A slot as a row has it.
pub(super) struct SlotRow<'s> {
    /// Its name with those above it.
    pub(super) name: &'s str,
    pub(super) shape: Option<&'s str>,
    pub(super) original: Option<&'s str>,
    pub(super) interpreted: Option<&'s str>,
    /// `None`: there is no list.
    pub(super) resolved: Option<Vec<Option<&'s str>>>,
    /// It, or one below it, has a value.
    pub(super) is_filled: bool,
    /// A value of it is its own name in braces.
    pub(super) is_obfuscated: bool,
}

impl Slots {
    /// Forgets the last entry.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.resolved.clear();
        self.text.clear();
        self.path.clear();
        self.arena.clear();
    }

    /// Reads the slots of an intent, by name.
    pub(super) fn read(&mut self, slots: Value<'_>) -> Result<(), Fault> {
        slots.members(|name, slot| {
            self.path.clear();
            self.path.push_str(name);
            self.read_slot(name, slot).map(drop)
        })
    }

    /// The slots in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = SlotRow<'_>> {
        let get = |range: &Option<Range<usize>>| range.clone().map(|range| &self.text[range]);
        self.all.iter().map(move |slot| SlotRow {
            name: &self.text[slot.name.clone()],
            shape: get(&slot.shape),
            original: get(&slot.original),
            interpreted: get(&slot.interpreted),
            resolved: slot
                .resolved
                .clone()
                .map(|range| self.resolved[range].iter().map(get).collect()),
            is_filled: slot.is_filled,
            is_obfuscated: slot.is_obfuscated,
        })
    }

    /// Reads a slot, whose own name is `own`, and what is below it. Says whether any value is there.
    fn read_slot(&mut self, own: &str, slot: Value<'_>) -> Result<bool, Fault> {
        let place = self.all.len();
        let name = append(&mut self.text, &self.path);
        self.all.push(Slot {
            name,
            shape: None,
            original: None,
            interpreted: None,
            resolved: None,
            is_filled: false,
            is_obfuscated: false,
        });
        let mut below = false;
        if slot.kind() == Kind::Text {
            self.all[place].interpreted = self.keep(slot)?;
        } else {
            slot.members(|name, member| {
                match name {
                    "shape" => self.all[place].shape = self.keep(member)?,
                    "value" => self.read_value(place, member)?,
                    "subSlots" => below |= self.read_sub_slots(member)?,
                    "values" => below |= self.read_values(own, member)?,
                    _ => {}
                }
                Ok(())
            })?;
        }
        let obfuscated = |text: &str| {
            let inner = text
                .strip_prefix('{')
                .and_then(|text| text.strip_suffix('}'));
            inner == Some(own)
        };
        let slot = &self.all[place];
        let resolved = slot
            .resolved
            .clone()
            .map_or(&[][..], |range| &self.resolved[range]);
        let values = || {
            [&slot.original, &slot.interpreted]
                .into_iter()
                .chain(resolved)
                .flatten()
        };
        let is_filled = below || values().next().is_some();
        let is_obfuscated = values().any(|range| obfuscated(&self.text[range.clone()]));
        let slot = &mut self.all[place];
        slot.is_filled = is_filled;
        slot.is_obfuscated = is_obfuscated;
        Ok(is_filled)
    }

    fn read_value(&mut self, place: usize, value: Value<'_>) -> Result<(), Fault> {
        value.members(|name, member| {
            match name {
                "originalValue" => self.all[place].original = self.keep(member)?,
                "interpretedValue" => self.all[place].interpreted = self.keep(member)?,
                "resolvedValues" if !member.is_null() => {
                    let start = self.resolved.len();
                    member.elements(|element| {
                        let text = self.keep(element)?;
                        self.resolved.push(text);
                        Ok(())
                    })?;
                    self.all[place].resolved = Some(start..self.resolved.len());
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn read_sub_slots(&mut self, slots: Value<'_>) -> Result<bool, Fault> {
        let mut filled = false;
        slots.members(|name, slot| {
            let end = self.path.len();
            self.path.push('.');
            self.path.push_str(name);
            filled |= self.read_slot(name, slot)?;
            self.path.truncate(end);
            Ok(())
        })?;
        Ok(filled)
    }

    fn read_values(&mut self, own: &str, values: Value<'_>) -> Result<bool, Fault> {
        let mut filled = false;
        let mut index = 0_u64;
        values.elements(|value| {
            let end = self.path.len();
            self.path.extend(["[", index.to_string().as_str(), "]"]);
            index += 1;
            filled |= self.read_slot(own, value)?;
            self.path.truncate(end);
            Ok(())
        })?;
        Ok(filled)
    }

    /// Keeps a text, where it is not null.
    fn keep(&mut self, value: Value<'_>) -> Result<Option<Range<usize>>, Fault> {
        let text = value.text(&mut self.arena)?;
        Ok(self
            .arena
            .get_option(text)
            .map(|text| append(&mut self.text, text)))
    }
}

fn append(all: &mut String, text: &str) -> Range<usize> {
    let start = all.len();
    all.push_str(text);
    start..all.len()
}
