//! Names of models: one spelling for one model.

use std::borrow::Cow;

/// Canonical names that were seen before; another one is drift.
const KNOWN: &[&str] = &[
    "auto",
    "claude_3.7_sonnet",
    "claude_haiku_4.5",
    "claude_opus_4.5",
    "claude_opus_4.6",
    "claude_sonnet_3.7",
    "claude_sonnet_4",
    "claude_sonnet_4.0",
    "claude_sonnet_4.5",
    "claude_sonnet_4.6",
    "simple_task",
];

/// The canonical name: lower case, `-` as `_`, nothing more.
pub fn canonical(raw: &str) -> Cow<'_, str> {
    let is_canonical = raw
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase() && b != b'-');
    if is_canonical {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(raw.to_lowercase().replace('-', "_"))
    }
}

/// Whether a canonical name was seen before.
pub fn is_known(canonical: &str) -> bool {
    KNOWN.binary_search(&canonical).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_and_reports_spell_one_name() {
        assert_eq!(canonical("claude-opus-4.6"), canonical("Claude_Opus_4.6"));
        assert_eq!(canonical("claude-opus-4.6"), "claude_opus_4.6");
        assert_eq!(canonical(" Ä-b "), " ä_b ");
    }

    #[test]
    fn known_names_are_sorted_and_canonical() {
        assert!(KNOWN.is_sorted());
        for name in KNOWN {
            assert_eq!(canonical(name), *name);
            assert!(is_known(name));
        }
        assert!(!is_known("claude-opus-4.6"));
    }
}
