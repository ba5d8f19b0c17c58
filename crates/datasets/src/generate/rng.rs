//! Random numbers that are a function of a seed.

/// The splitmix64 generator: small, fast, good enough for test data, and the same on every machine.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one purpose: the same `parts` give the same numbers, whatever else was generated before.
    pub fn derived(seed: u64, parts: &[u64]) -> Self {
        let mut rng = Self(seed);
        for part in parts {
            rng.0 = rng.next().wrapping_add(part.wrapping_mul(ODD));
        }
        // Mixed once more: the last part alone moves the state by steps of the sequence itself.
        Self(rng.next())
    }

    /// The next 64 bits.
    #[expect(
        clippy::should_implement_trait,
        reason = "an endless source of numbers, not something to iterate over"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(ODD);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` − 1; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = (n as u64).max(1);
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A number from `low` to `high`, both included: for times and amounts.
    pub fn between_i64(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).unsigned_abs().saturating_add(1);
        low.saturating_add_unsigned(self.next() % span)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there are none: lists are constants of this module, never input.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A number from 0 (included) to 1 (excluded), with all the digits that a double has.
    pub fn unit(&mut self) -> f64 {
        let bits = self.next();
        let high = u32::try_from(bits >> 32).unwrap_or(0);
        let low = u32::try_from(bits & 0x001f_ffff).unwrap_or(0);
        (f64::from(high) * f64::from(1_u32 << 21) + f64::from(low)) / 2_f64.powi(53)
    }

    /// A random (version 4) uuid.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | ((b >> 48) & 0x3fff),
            b & 0xffff_ffff_ffff
        )
    }

    /// `n` letters and digits of `alphabet`.
    ///
    /// # Panics
    /// If `alphabet` is empty.
    pub fn letters(&mut self, n: usize, alphabet: &[u8]) -> String {
        (0..n).map(|_| char::from(*self.pick(alphabet))).collect()
    }
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_one_day_are_not_those_of_the_day_before_moved_by_one() {
        let of = |day| {
            let mut rng = Rng::derived(7, &[1, day]);
            [(); 4].map(|()| rng.next())
        };
        let (day, next) = (of(20_426), of(20_427));
        assert!(next.iter().all(|number| !day.contains(number)));
    }

    #[test]
    fn the_first_numbers_are_those_of_splitmix64() {
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_uuid_has_its_form() {
        let uuid = Rng::new(1).uuid();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
    }

    #[test]
    fn ranges_hold_both_ends() {
        let mut rng = Rng::new(7);
        let seen: std::collections::BTreeSet<usize> = (0..200).map(|_| rng.between(3, 5)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
        assert!((0..200).all(|_| (-2..=1).contains(&rng.between_i64(-2, 1))));
        assert!((0..200).all(|_| (0.0..1.0).contains(&rng.unit())));
    }
}
