//! Subscription tiers, which files and documentation spell in several ways.

use std::borrow::Cow;

/// The tiers, and how they look without `_`, `-` and spaces.
const TIERS: [(&str, &str); 5] = [
    ("FREE", "FREE"),
    ("POWER", "POWER"),
    ("PRO", "PRO"),
    ("PROMAX", "PRO_MAX"),
    ("PROPLUS", "PRO_PLUS"),
];

/// A tier in its one spelling and whether it is one of the five; another one is its text in upper case.
pub(crate) fn normalise(trimmed: &str) -> (Cow<'_, str>, bool) {
    let letters = || {
        trimmed
            .bytes()
            .filter(|byte| !matches!(byte, b'_' | b'-' | b' '))
    };
    let known = TIERS.iter().find(|(bare, _)| {
        letters()
            .map(|byte| byte.to_ascii_uppercase())
            .eq(bare.bytes())
    });
    match known {
        Some((_, tier)) => (Cow::Borrowed(tier), true),
        None => (Cow::Owned(trimmed.to_uppercase()), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_five_is_one() {
        for (raw, tier) in [
            ("POWER", "POWER"),
            ("PRO_MAX", "PRO_MAX"),
            ("pro-max", "PRO_MAX"),
            ("ProPlus", "PRO_PLUS"),
            ("PROPLUS", "PRO_PLUS"),
            ("Pro Plus", "PRO_PLUS"),
            ("pro", "PRO"),
            ("Free", "FREE"),
        ] {
            assert_eq!(normalise(raw), (Cow::Borrowed(tier), true), "{raw}");
        }
        assert_eq!(normalise("Pro+"), (Cow::Borrowed("PRO+"), false));
        assert_eq!(normalise("team_x"), (Cow::Borrowed("TEAM_X"), false));
        assert_eq!(normalise("_"), (Cow::Borrowed("_"), false));
    }
}
