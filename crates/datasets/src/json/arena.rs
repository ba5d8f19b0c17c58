//! Where the texts of one record are while it is read.

use super::compact::Keys;

/// What an arena keeps of its memory from one record to the next, in bytes.
const KEEP: usize = 1 << 20;

/// A text of a record: in the source as it is, or written out in an [`Arena`].
#[derive(Clone, Copy)]
pub(crate) enum Text<'a> {
    /// As it stands in the source.
    Source(&'a str),
    /// This range of the arena.
    Arena(usize, usize),
}

/// Texts of one record that do not stand in the source as they are: with escapes, or compact. Used again for the next record.
#[derive(Default)]
pub(crate) struct Arena {
    pub(super) text: String,
    /// Where a text is written before it is known to be one. What is in it means nothing afterwards.
    pub(super) unescaped: Vec<u8>,
    pub(super) keys: Keys,
}

impl Arena {
    /// Forgets the last record.
    pub(crate) fn clear(&mut self) {
        if self.text.capacity() > KEEP {
            self.text = String::new();
        }
        if self.unescaped.len() > KEEP {
            self.unescaped = Vec::new();
        }
        self.text.clear();
        self.keys.clear();
    }

    /// Where the next text will begin.
    pub(crate) fn mark(&self) -> usize {
        self.text.len()
    }

    /// Drops the texts that were read since a mark.
    pub(crate) fn forget(&mut self, mark: usize) {
        self.text.truncate(mark);
    }

    /// A text that was read since the last `clear`.
    pub(crate) fn get<'x>(&'x self, text: Text<'x>) -> &'x str {
        match text {
            Text::Source(text) => text,
            Text::Arena(start, end) => &self.text[start..end],
        }
    }

    /// The same of a text that may be missing.
    pub(crate) fn get_option<'x>(&'x self, text: Option<Text<'x>>) -> Option<&'x str> {
        text.map(|text| self.get(text))
    }
}
