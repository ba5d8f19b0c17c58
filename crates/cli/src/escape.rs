//! Text of the outside world on a terminal: control characters would be obeyed there.

use std::fmt::Write as _;

/// Text on one line: every control character as an escape.
pub(crate) fn one_line(text: &str) -> String {
    escape(text, |_| false)
}

/// Text of several lines: line feeds and tabs stay.
pub(crate) fn lines(text: &str) -> String {
    escape(text, |c| c == '\n' || c == '\t')
}

fn escape(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_control(c) && !stays(c) {
            write!(escaped, "{}", c.escape_default()).expect("invariant: a String takes any text");
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Control characters, and those that turn the direction of writing.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc\té"), "a\\u{1b}[2Jb\\nc\\té");
        assert_eq!(lines("a\u{7}\nb\tc\r"), "a\\u{7}\nb\tc\\r");
        assert_eq!(one_line("x\u{202e}y"), "x\\u{202e}y");
    }
}
