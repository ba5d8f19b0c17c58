//! What must not reach a terminal as it is: control characters would be obeyed there.

use std::fmt::Write as _;

/// Appends text with every control character, and those that turn the direction of writing, as an escape.
pub(crate) fn push(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_control(c) => {
                write!(out, "{}", c.escape_default()).expect("invariant: a String takes any text");
            }
            c => out.push(c),
        }
    }
}

fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
