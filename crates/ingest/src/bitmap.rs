//! A set of row numbers that knows how many of them stand before a place.

/// A bit a row.
#[derive(Clone, Debug, Default)]
pub struct Bitmap {
    words: Vec<u64>,
    before: Vec<u64>,
    len: u64,
}

impl Bitmap {
    /// Appends a bit.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if bit && let Some(word) = self.words.last_mut() {
            *word |= 1 << (self.len % 64);
        }
        self.len += 1;
    }

    /// Sets or clears a bit that was pushed.
    pub fn set(&mut self, at: u64, bit: bool) {
        if let Some(word) = self.words.get_mut(index(at)) {
            *word = *word & !(1 << (at % 64)) | u64::from(bit) << (at % 64);
        }
    }

    /// A bit.
    pub fn get(&self, at: u64) -> bool {
        self.words
            .get(index(at))
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Prepares [`Bitmap::rank`]; no bit may change afterwards.
    pub fn freeze(&mut self) {
        let mut sum = 0;
        self.before = self
            .words
            .iter()
            .map(|word| {
                let before = sum;
                sum += u64::from(word.count_ones());
                before
            })
            .collect();
        self.before.push(sum);
    }

    /// How many bits are set before `at`; after [`Bitmap::freeze`] only.
    pub fn rank(&self, at: u64) -> u64 {
        let word = index(at);
        let whole = self
            .before
            .get(word)
            .or(self.before.last())
            .copied()
            .unwrap_or(0);
        let partial = self
            .words
            .get(word)
            .map_or(0, |bits| bits & ((1 << (at % 64)) - 1));
        whole + u64::from(partial.count_ones())
    }

    /// How many bits are set; after [`Bitmap::freeze`] only.
    pub fn count(&self) -> u64 {
        self.before.last().copied().unwrap_or(0)
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at / 64).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rank_counts_what_stands_before(bits in prop::collection::vec(any::<bool>(), 0..300)) {
            let mut bitmap = Bitmap::default();
            for _ in &bits {
                bitmap.push(true);
            }
            for (at, bit) in bits.iter().enumerate() {
                bitmap.set(at as u64, *bit);
            }
            bitmap.freeze();
            for at in 0..bits.len() {
                prop_assert_eq!(bitmap.rank(at as u64), bits[..at].iter().filter(|bit| **bit).count() as u64);
                prop_assert_eq!(bitmap.get(at as u64), bits[at]);
            }
            prop_assert_eq!(bitmap.count(), bits.iter().filter(|bit| **bit).count() as u64);
        }
    }
}
