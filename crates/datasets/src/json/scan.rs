//! Reads a value, member by member, from the bytes at hand.

use super::arena::{Arena, Text};
use super::extent::{Extent, Step};
use super::fault::Fault;
use super::plain::plain_end;
use super::token::Token;
use super::unescape::read_escaped;
use crate::reason::Reason;

/// How deep a record may nest, itself counted as 1.
pub(crate) const MAX_DEPTH: u32 = 128;

/// What kind of value follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    Text,
    /// A number.
    Number,
    /// `true` or `false`
    Flag,
    /// `null`
    Null,
}

/// What a walk over a value meets, in the order of the source.
pub(super) trait Events {
    fn open(&mut self, object: bool);
    fn close(&mut self, object: bool) -> Result<(), Fault>;
    fn comma(&mut self);
    /// A key and its colon.
    fn key(&mut self, key: Token<'_>) -> Result<(), Fault>;
    fn text(&mut self, text: Token<'_>) -> Result<(), Fault>;
    /// A number, `true`, `false` or `null`, as it is written.
    fn scalar(&mut self, raw: &[u8]) -> Result<(), Fault>;
}

/// A place in a slice of JSON that moves forward. White space before what is asked for is skipped.
///
/// Says [`Fault::Syntax`] only where no continuation of the bytes at hand could be JSON, otherwise [`Fault::End`].
/// After a fault it must not be used any more.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
}

impl<'a> Scanner<'a> {
    /// At the front of a record.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self::nested(bytes, 0)
    }

    /// At the front of a value that stands within `depth` others.
    pub(crate) fn nested(bytes: &'a [u8], depth: u32) -> Self {
        Self {
            bytes,
            at: 0,
            depth,
        }
    }

    /// How many bytes were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many objects and arrays are open.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// What was read from a place on.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// The kind of the value that follows; stops before it.
    #[inline]
    pub(crate) fn kind(&mut self) -> Result<Kind, Fault> {
        match self.peek()? {
            b'"' => Ok(Kind::Text),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'n' => Ok(Kind::Null),
            b't' | b'f' => Ok(Kind::Flag),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            _ => Err(Fault::Syntax(self.at)),
        }
    }

    /// Reads a `null`, if that is what follows.
    pub(crate) fn null(&mut self) -> Result<bool, Fault> {
        let null = self.kind()? == Kind::Null;
        if null {
            self.literal(b"null")?;
        }
        Ok(null)
    }

    /// Reads a text, or a null as `None`.
    #[inline]
    pub(crate) fn text(&mut self, arena: &mut Arena) -> Result<Option<Text<'a>>, Fault> {
        match self.kind()? {
            Kind::Text => self.read_string(arena).map(Some),
            Kind::Null => {
                self.literal(b"null")?;
                Ok(None)
            }
            _ => Err(Fault::wrong_type("expected text")),
        }
    }

    /// Enters an object; [`Scanner::key`] gives its members, and must be called until there are no more.
    pub(crate) fn begin_object(&mut self) -> Result<(), Fault> {
        self.begin(Kind::Object, "expected an object")
    }

    /// Enters an array; [`Scanner::element`] gives its elements, and must be called until there are no more.
    pub(crate) fn begin_array(&mut self) -> Result<(), Fault> {
        self.begin(Kind::Array, "expected a list")
    }

    /// The next key of the object, up to its colon; `None`: the object ends. `first` is true before the first.
    #[inline]
    pub(crate) fn key(&mut self, first: &mut bool) -> Result<Option<Token<'a>>, Fault> {
        if !self.next(first, b'}')? {
            return Ok(None);
        }
        self.member().map(Some)
    }

    /// Whether another element of the array follows. `first` is true before the first.
    pub(crate) fn element(&mut self, first: &mut bool) -> Result<bool, Fault> {
        self.next(first, b']')
    }

    /// Reads any value and gives it as it is written. Of its texts only the form is looked at.
    pub(crate) fn skip(&mut self) -> Result<&'a [u8], Fault> {
        self.peek()?;
        let start = self.at;
        self.walk(&mut Ignore)?;
        Ok(self.since(start))
    }

    /// As [`Scanner::skip`], of a value that is all at hand, however deep it is.
    pub(crate) fn skip_deep(&mut self) -> Result<&'a [u8], Fault> {
        self.peek()?;
        let (start, depth) = (self.at, self.depth);
        let Err(fault) = self.walk(&mut Ignore) else {
            return Ok(self.since(start));
        };
        let Fault::Bad(_) = fault else {
            return Err(fault);
        };
        match Extent::new().feed(&self.bytes[start..]) {
            Step::End(length) => {
                (self.at, self.depth) = (start + length, depth);
                Ok(self.since(start))
            }
            _ => Err(fault),
        }
    }

    /// Reads any value and shows what it is made of.
    pub(super) fn walk(&mut self, events: &mut impl Events) -> Result<(), Fault> {
        // One bit for each open container, the innermost lowest: set for an object.
        let mut objects = 0_u128;
        let outside = self.depth;
        loop {
            match self.kind()? {
                kind @ (Kind::Object | Kind::Array) => {
                    let object = kind == Kind::Object;
                    self.deeper()?;
                    events.open(object);
                    objects = objects << 1 | u128::from(object);
                    let close = if object { b'}' } else { b']' };
                    if self.peek()? != close {
                        if object {
                            events.key(self.member()?)?;
                        }
                        continue;
                    }
                }
                Kind::Text => events.text(self.string()?)?,
                Kind::Number => events.scalar(self.number()?)?,
                Kind::Null => events.scalar(self.literal(b"null")?)?,
                Kind::Flag if self.bytes[self.at] == b't' => {
                    events.scalar(self.literal(b"true")?)?;
                }
                Kind::Flag => events.scalar(self.literal(b"false")?)?,
            }
            loop {
                if self.depth == outside {
                    return Ok(());
                }
                let object = objects & 1 == 1;
                match (self.peek()?, object) {
                    (b',', _) => {
                        self.at += 1;
                        events.comma();
                        if object {
                            events.key(self.member()?)?;
                        }
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.at += 1;
                        self.depth -= 1;
                        objects >>= 1;
                        events.close(object)?;
                    }
                    _ => return Err(Fault::Syntax(self.at)),
                }
            }
        }
    }

    fn begin(&mut self, kind: Kind, otherwise: &'static str) -> Result<(), Fault> {
        if self.kind()? != kind {
            return Err(Fault::wrong_type(otherwise));
        }
        self.deeper()
    }

    /// Steps over an opening bracket.
    fn deeper(&mut self) -> Result<(), Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(Reason::TooDeep.into());
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn next(&mut self, first: &mut bool, close: u8) -> Result<bool, Fault> {
        let byte = self.peek()?;
        if byte == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            if byte != b',' {
                return Err(Fault::Syntax(self.at));
            }
            self.at += 1;
        }
        Ok(true)
    }

    /// A key and its colon.
    #[inline]
    fn member(&mut self) -> Result<Token<'a>, Fault> {
        if self.peek()? != b'"' {
            return Err(Fault::Syntax(self.at));
        }
        let key = self.string()?;
        if self.peek()? != b':' {
            return Err(Fault::Syntax(self.at));
        }
        self.at += 1;
        Ok(key)
    }

    /// The next byte that is not white space, not read yet.
    #[inline]
    fn peek(&mut self) -> Result<u8, Fault> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !is_space(byte) {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(Fault::End)
    }

    /// What a string stands for, whose opening quote is the next byte.
    fn read_string(&mut self, arena: &mut Arena) -> Result<Text<'a>, Fault> {
        let start = self.at + 1;
        let plain_end = plain_end(self.bytes, start);
        if self.bytes.get(plain_end) == Some(&b'"') {
            self.at = plain_end + 1;
            let token = Token::new(&self.bytes[start..plain_end], false);
            return Ok(token.read(arena)?);
        }
        if let Some((end, length)) =
            read_escaped(self.bytes, start, plain_end, &mut arena.unescaped)
            && let Ok(text) = str::from_utf8(&arena.unescaped[..length])
        {
            self.at = end + 1;
            let start = arena.text.len();
            arena.text.push_str(text);
            return Ok(Text::Arena(start, arena.text.len()));
        }
        // It says what is wrong, or reads what is too long to be written twice.
        Ok(self.string()?.read(arena)?)
    }

    /// A string, whose opening quote is the next byte.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at = self.escape_end(at)?;
                }
                Some(_) => return Err(Fault::Syntax(at)),
                None => return Err(Fault::End),
            }
        }
        self.at = at + 1;
        Ok(Token::new(&self.bytes[start..at], escaped))
    }

    /// Where the escape ends whose backslash is at `at`.
    fn escape_end(&self, at: usize) -> Result<usize, Fault> {
        let letter = *self.bytes.get(at + 1).ok_or(Fault::End)?;
        if letter != b'u' {
            return if is_escape(letter) {
                Ok(at + 2)
            } else {
                Err(Fault::Syntax(at + 1))
            };
        }
        for digit in at + 2..at + 6 {
            if !self.bytes.get(digit).ok_or(Fault::End)?.is_ascii_hexdigit() {
                return Err(Fault::Syntax(digit));
            }
        }
        Ok(at + 6)
    }

    fn literal(&mut self, word: &'static [u8]) -> Result<&'a [u8], Fault> {
        let start = self.at;
        for expected in word {
            match self.bytes.get(self.at) {
                Some(byte) if byte == expected => self.at += 1,
                Some(_) => return Err(Fault::Syntax(self.at)),
                None => return Err(Fault::End),
            }
        }
        Ok(self.since(start))
    }

    /// A number. One that reaches the end of the bytes at hand might go on.
    fn number(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        let mut at = start;
        if self.bytes[at] == b'-' {
            at += 1;
        }
        at = match self.bytes.get(at) {
            Some(b'0') => at + 1,
            _ => self.digits(at)?,
        };
        if self.bytes.get(at) == Some(&b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        match self.bytes.get(at) {
            None => return Err(Fault::End),
            Some(byte) if ends_number(*byte) => {}
            Some(_) => return Err(Fault::Syntax(at)),
        }
        self.at = at;
        Ok(self.since(start))
    }

    /// Where the digits end of which there must be one.
    fn digits(&self, start: usize) -> Result<usize, Fault> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        match (count, rest.is_empty()) {
            (0, true) => Err(Fault::End),
            (0, false) => Err(Fault::Syntax(start)),
            _ => Ok(start + count),
        }
    }
}

struct Ignore;

impl Events for Ignore {
    fn open(&mut self, _object: bool) {}
    fn close(&mut self, _object: bool) -> Result<(), Fault> {
        Ok(())
    }
    fn comma(&mut self) {}
    fn key(&mut self, _key: Token<'_>) -> Result<(), Fault> {
        Ok(())
    }
    fn text(&mut self, _text: Token<'_>) -> Result<(), Fault> {
        Ok(())
    }
    fn scalar(&mut self, _raw: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}

/// JSON's white space.
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// What may stand behind a number.
pub(super) fn ends_number(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b',' | b']' | b'}' | b'[' | b'{' | b'"')
}

/// What may follow a backslash, but for `u`.
pub(super) fn is_escape(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')
}
