//! Where statements end: at a `;` outside of texts, names and comments.

/// The statements of a text, without their semicolons; those without anything but comments are left out.
pub fn split(text: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut begin = 0;
    let mut has_content = false;
    for (at, token) in Tokens::of(text) {
        match token {
            Token::End => {
                if has_content {
                    statements.push(text[begin..at].trim());
                }
                begin = at + 1;
                has_content = false;
            }
            Token::Content | Token::Open => has_content = true,
        }
    }
    if has_content {
        statements.push(text[begin..].trim());
    }
    statements
}

/// Whether the last statement of a text is ended by a semicolon, with nothing but space and comments after it.
pub fn is_complete(text: &str) -> bool {
    let mut complete = false;
    for (_, token) in Tokens::of(text) {
        complete = token == Token::End;
    }
    complete
}

/// What matters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// A semicolon that ends a statement.
    End,
    /// Anything of a statement.
    Content,
    /// A text, name or comment that is not closed.
    Open,
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Goes to behind the next `end`; false: there is none.
    fn skip_past(&mut self, end: &str, from: usize) -> bool {
        match self.text[from..].find(end) {
            Some(found) => {
                self.at = from + found + end.len();
                true
            }
            None => {
                self.at = self.text.len();
                false
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = (usize, Token);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let begin = self.at;
            let rest = &self.text[begin..];
            let first = rest.chars().next()?;
            if first.is_whitespace() {
                self.at += first.len_utf8();
            } else if rest.starts_with("--") {
                // A comment that is not closed by a line feed ends with the text.
                self.skip_past("\n", begin);
            } else if rest.starts_with("/*") {
                if !self.skip_past("*/", begin + 2) {
                    return Some((begin, Token::Open));
                }
            } else if first == '\'' || first == '"' {
                let closed = self.skip_past(if first == '"' { "\"" } else { "'" }, begin + 1);
                return Some((begin, if closed { Token::Content } else { Token::Open }));
            } else {
                self.at += first.len_utf8();
                let token = if first == ';' {
                    Token::End
                } else {
                    Token::Content
                };
                return Some((begin, token));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_texts_names_and_comments_end_nothing() {
        assert_eq!(
            split("select 1; -- a; b\n select 'x;''y;', \";\" /* ; */ ;;\n-- end;\n"),
            ["select 1", "-- a; b\n select 'x;''y;', \";\" /* ; */"]
        );
        assert_eq!(split("select 1"), ["select 1"]);
        assert_eq!(split("  -- nothing"), [""; 0]);
        assert_eq!(split("select 'é; "), ["select 'é;"]);
    }

    #[test]
    fn a_statement_is_complete_when_its_semicolon_is_there() {
        for text in ["select 1;", "select 1; -- done", "a\n;\n/* x */ ", ";"] {
            assert!(is_complete(text), "{text}");
        }
        for text in [
            "select 1",
            "select 1; select",
            "select ';",
            "select \";",
            "/* ;",
            "-- ;",
            "",
            "select 1; /* x",
        ] {
            assert!(!is_complete(text), "{text}");
        }
    }
}
