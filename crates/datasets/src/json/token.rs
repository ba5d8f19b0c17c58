//! A JSON string, and the text that it stands for.

use std::borrow::Cow;

use memchr::memchr;

use super::arena::{Arena, Text};
use super::scan::is_escape;
use crate::reason::Reason;

/// A JSON string as it stands in the source, without its quotes. Only the scanner makes one: its escapes are well-formed.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    raw: &'a [u8],
    escaped: bool,
}

enum Piece<'a> {
    /// Characters that stand for themselves.
    Plain(&'a str),
    /// What an escape stands for.
    Escaped(char),
}

impl<'a> Token<'a> {
    pub(super) fn new(raw: &'a [u8], escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// The text; [`Reason::NotUtf8`] or [`Reason::LoneSurrogate`] if it is none.
    pub(crate) fn text(&self) -> Result<Cow<'a, str>, Reason> {
        if !self.escaped {
            return self.source().map(Cow::Borrowed);
        }
        let mut text = String::with_capacity(self.raw.len());
        self.write(&mut text)?;
        Ok(Cow::Owned(text))
    }

    /// The text, written into `arena` where the source does not hold it as it is.
    pub(crate) fn read(&self, arena: &mut Arena) -> Result<Text<'a>, Reason> {
        if !self.escaped {
            return self.source().map(Text::Source);
        }
        let start = arena.text.len();
        arena.text.reserve(self.raw.len());
        self.write(&mut arena.text)?;
        Ok(Text::Arena(start, arena.text.len()))
    }

    /// Appends the string with its quotes, every character as short as JSON can write it.
    pub(crate) fn write_compact(&self, out: &mut String) -> Result<(), Reason> {
        out.push('"');
        if self.escaped {
            self.pieces(|piece| match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Escaped(char) => push_escaped(char, out),
            })?;
        } else {
            out.push_str(self.source()?);
        }
        out.push('"');
        Ok(())
    }

    fn source(&self) -> Result<&'a str, Reason> {
        str::from_utf8(self.raw).map_err(|_| Reason::NotUtf8)
    }

    fn write(&self, out: &mut String) -> Result<(), Reason> {
        self.pieces(|piece| match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Escaped(char) => out.push(char),
        })
    }

    #[inline]
    fn pieces(&self, mut each: impl FnMut(Piece<'a>)) -> Result<(), Reason> {
        let mut rest = self.source()?;
        while let Some(at) = memchr(b'\\', rest.as_bytes()) {
            each(Piece::Plain(&rest[..at]));
            // The scanner has seen that it is well-formed.
            let (char, length) = unescape(&rest.as_bytes()[at..]).ok_or(Reason::LoneSurrogate)?;
            each(Piece::Escaped(char));
            rest = &rest[at + length..];
        }
        each(Piece::Plain(rest));
        Ok(())
    }
}

/// What the escape at the front stands for, and its length; `None`: it is not well-formed, or a surrogate without its other half.
#[inline]
pub(super) fn unescape(escape: &[u8]) -> Option<(char, usize)> {
    let char = match *escape.get(1)? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(escape),
        itself if is_escape(itself) => char::from(itself),
        _ => return None,
    };
    Some((char, 2))
}

fn unescape_unicode(escape: &[u8]) -> Option<(char, usize)> {
    let high = hex4(escape.get(2..6)?)?;
    if !(0xD800..0xDC00).contains(&high) {
        return char::from_u32(high).map(|char| (char, 6));
    }
    if escape.get(6..8)? != br"\u" {
        return None;
    }
    let low = hex4(escape.get(8..12)?)?.wrapping_sub(0xDC00);
    if low >= 0x400 {
        return None;
    }
    char::from_u32(0x10000 + ((high - 0xD800) << 10) + low).map(|char| (char, 12))
}

fn hex4(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(number << 4 | value)
    })
}

fn push_escaped(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' => {
            out.push_str("\\u00");
            for nibble in [u32::from(char) >> 4, u32::from(char) & 15] {
                out.push(char::from_digit(nibble, 16).expect("invariant: a nibble is a hex digit"));
            }
        }
        other => out.push(other),
    }
}
