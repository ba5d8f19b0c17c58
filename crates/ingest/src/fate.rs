//! What a merge does with a row, and how that counts for its children.

use crate::analyse::Counts;

/// What becomes of a row.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It is stored, with this variant if that is another one.
    Stored(Option<u32>),
    /// It is listed.
    Twin,
    /// Its object was read again, or could not be read.
    Gone,
}

impl Counts {
    /// Counts a child of a row of run `run`.
    pub fn child(&mut self, run: usize, fate: Fate) {
        match (run, fate) {
            (0, Fate::Gone) => {
                self.before += 1;
                self.replaced += 1;
            }
            (0, _) => self.before += 1,
            (_, Fate::Gone) => {}
            (_, _) => self.accepted += 1,
        }
        match fate {
            Fate::Stored(variant) => {
                self.after += 1;
                self.variants += u64::from(variant.is_some_and(|variant| variant > 0));
            }
            Fate::Twin => self.new_twins += 1,
            Fate::Gone => {}
        }
    }
}
