//! Names of models: logs write `claude-opus-4.6`, reports `claude_opus_4.6`.

use std::borrow::Cow;

/// Models that have been seen, in canonical spelling. Others are kept all the same, and reported as drift.
const KNOWN: [&str; 13] = [
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
    "deepseek_3.2",
    "qwen3_coder_next",
    "simple_task",
];

/// The one spelling of a model's name: lower case, `-` → `_`, nothing more.
pub fn canonical(raw: &str) -> Cow<'_, str> {
    let is_canonical = |byte: u8| byte.is_ascii() && byte != b'-' && !byte.is_ascii_uppercase();
    if raw.bytes().all(is_canonical) {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(raw.to_lowercase().replace('-', "_"))
    }
}

/// Whether a model, in canonical spelling, has been seen before.
pub fn is_known(canonical: &str) -> bool {
    KNOWN.binary_search(&canonical).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_logs_and_reports_meet() {
        assert_eq!(canonical("claude-opus-4.6"), "claude_opus_4.6");
        assert_eq!(canonical("Claude_Opus_4.6"), "claude_opus_4.6");
        assert_eq!(canonical(" É "), " é ");
        assert!(matches!(canonical("simple_task"), Cow::Borrowed(_)));
    }

    #[test]
    fn known_models_are_canonical_and_found() {
        assert!(KNOWN.is_sorted());
        assert!(
            KNOWN
                .iter()
                .all(|name| canonical(name) == *name && is_known(name))
        );
        assert!(!is_known("claude-opus-4.6") && !is_known(""));
    }
}
