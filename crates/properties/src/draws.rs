//! Choices that are a function of the input.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A sequence of numbers that only the input decides.
#[derive(Debug)]
pub(crate) struct Draws {
    hash: u64,
    drawn: u64,
}

impl Draws {
    /// Those of an input.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            hash: xxh3_64(bytes),
            drawn: 0,
        }
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.drawn += 1;
        let number = xxh3_64_with_seed(&self.hash.to_le_bytes(), self.drawn);
        let below = number % (limit as u64);
        usize::try_from(below).expect("invariant: less than a usize")
    }

    /// Once in `of` times.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// The length of pieces: often very short.
    pub(crate) fn piece(&mut self) -> usize {
        let most = [1, 4, 32, 256][self.below(4)];
        1 + self.below(most)
    }
}
