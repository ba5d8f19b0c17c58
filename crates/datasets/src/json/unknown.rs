//! What a record holds that its dataset does not know: `extra_json`, and the names for drift.

use std::ops::Range;

use super::arena::Arena;
use super::fault::Fault;
use super::scan::Scanner;
use super::token::Token;
use crate::drift::{Drift, DriftKind};
use crate::object::Object;

/// How many names one record can bring to drift; more are not named.
const MAX_NAMES: usize = 1_000;

/// Collects the unknown members of one record as they come, nested as in the source and in its order.
/// Used again for the next record.
#[derive(Default)]
pub(crate) struct Unknown {
    extra: Arena,
    levels: Vec<Level>,
    names: String,
    ends: Vec<usize>,
}

/// A known object or list around the place at hand.
struct Level {
    name: &'static str,
    /// In a list only names are collected: if there is one, the whole list becomes extra.
    list: bool,
    /// Whether it was begun in `extra`; of a list, whether it has an unknown member.
    used: bool,
}

impl Unknown {
    /// Forgets the last record.
    pub(crate) fn clear(&mut self) {
        self.extra.clear();
        self.levels.clear();
        self.names.clear();
        self.ends.clear();
    }

    /// A known member follows, an object whose members may be unknown.
    pub(crate) fn enter(&mut self, name: &'static str) {
        self.push(name, false);
    }

    /// The object that was entered last ends.
    pub(crate) fn leave(&mut self) -> Result<(), Fault> {
        if self.levels.pop().is_some_and(|level| level.used) {
            self.close()?;
        }
        Ok(())
    }

    /// A known member follows, a list whose elements may have unknown members.
    pub(crate) fn enter_list(&mut self, name: &'static str) {
        self.push(name, true);
    }

    /// The list that was entered last ends; `source` is all of it, at `depth`.
    pub(crate) fn leave_list(&mut self, source: &[u8], depth: u32) -> Result<(), Fault> {
        let Some(level) = self.levels.pop().filter(|level| level.used) else {
            return Ok(());
        };
        self.open();
        self.known_key(level.name);
        self.extra.compact(&mut Scanner::nested(source, depth))?;
        Ok(())
    }

    /// An unknown member of the object at hand: reads its value.
    pub(crate) fn member(
        &mut self,
        scan: &mut Scanner<'_>,
        key: Token<'_>,
        name: &str,
    ) -> Result<(), Fault> {
        self.name(name);
        if let Some(level) = self.levels.last_mut().filter(|level| level.list) {
            level.used = true;
            scan.skip()?;
            return Ok(());
        }
        self.open();
        self.comma();
        let start = self.extra.text.len();
        key.write_compact(&mut self.extra.text)?;
        self.add_key(start);
        self.extra.compact(scan)?;
        Ok(())
    }

    /// The record ends.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        if !self.extra.text.is_empty() {
            self.close()?;
        }
        Ok(())
    }

    /// The unknown members as compact JSON, once the record has ended; `None` if there are none.
    pub(crate) fn extra(&self) -> Option<&str> {
        Some(self.extra.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Notes the unknown members of a record of `object`.
    pub(crate) fn note(&self, dataset: &'static str, object: &Object, drift: &mut Drift) {
        for name in self.names() {
            drift.note(dataset, DriftKind::Field, name, &object.source_object);
        }
    }

    /// The paths of the unknown members, in the order of the source, down to the first unknown level.
    fn names(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let name = &self.names[start..end];
            start = end;
            name
        })
    }

    fn push(&mut self, name: &'static str, list: bool) {
        self.levels.push(Level {
            name,
            list,
            used: false,
        });
    }

    fn name(&mut self, name: &str) {
        if self.ends.len() >= MAX_NAMES {
            return;
        }
        for level in &self.levels {
            self.names.push_str(level.name);
            self.names.push_str(if level.list { "[]." } else { "." });
        }
        // One byte more than drift keeps: it sees that the name went on.
        self.names
            .push_str(&name[..name.floor_char_boundary(Drift::MAX_NAME + 1)]);
        self.ends.push(self.names.len());
    }

    /// Begins in `extra` what is around the place at hand.
    fn open(&mut self) {
        if self.extra.text.is_empty() {
            self.brace();
        }
        for at in 0..self.levels.len() {
            if !std::mem::replace(&mut self.levels[at].used, true) {
                self.known_key(self.levels[at].name);
                self.brace();
            }
        }
    }

    fn brace(&mut self) {
        self.extra.text.push('{');
        self.extra.keys.open();
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.extra.keys.close(&self.extra.text)?;
        self.extra.text.push('}');
        Ok(())
    }

    fn comma(&mut self) {
        if !self.extra.text.ends_with('{') {
            self.extra.text.push(',');
        }
    }

    fn known_key(&mut self, name: &str) {
        self.comma();
        let start = self.extra.text.len();
        self.extra.text.extend(["\"", name, "\""]);
        self.add_key(start);
    }

    fn add_key(&mut self, start: usize) {
        let key: Range<usize> = start..self.extra.text.len();
        self.extra.keys.add(key);
        self.extra.text.push(':');
    }
}
