//! Finds out where a value ends, from bytes that come in pieces.

use super::plain::plain_end;
use super::scan::{ends_number, is_escape, is_space};

/// Open containers at which reading gives up: their stack is then 8 MiB.
const MAX_OPEN: usize = 1 << 26;

/// What came of a piece. Places count from the front of the piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value goes on.
    More,
    /// A key of the outermost object ended before this place; the value goes on from there.
    Key(usize),
    /// The value ended before this place.
    End(usize),
    /// The byte at this place cannot stand there.
    Syntax(usize),
    /// It opens more than can be followed.
    TooDeep(usize),
}

/// Follows a value's grammar byte by byte, however deep and long it is, and looks at nothing else.
#[derive(Debug)]
pub(crate) struct Extent {
    state: State,
    open: Stack,
    keys: bool,
    max_open: usize,
    /// Bytes read by earlier calls.
    read: u64,
    key_start: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Value,
    /// A value or the array's end.
    First,
    /// A key or the object's end.
    FirstKey,
    Key,
    Colon,
    /// After a value in a container.
    After,
    Text(Role),
    Escape(Role),
    Hex(Role, u8),
    Literal(&'static [u8]),
    Number(Number),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Key,
    Value,
}

/// The part of a number that was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigit,
}

impl Number {
    /// What it is with one more byte; `None`: that byte is not of it.
    fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Some(Self::Whole),
            (Self::Zero | Self::Whole, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigit, b'0'..=b'9') => {
                Some(Self::ExponentDigit)
            }
            _ => None,
        }
    }

    fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Whole | Self::Fraction | Self::ExponentDigit
        )
    }
}

impl Extent {
    /// At the front of a value; white space before it is part of it.
    pub(super) fn new() -> Self {
        Self {
            state: State::Value,
            open: Stack::default(),
            keys: false,
            max_open: MAX_OPEN,
            read: 0,
            key_start: 0,
        }
    }

    /// As `new`; keys of the value itself are told, if it is an object.
    pub(super) fn with_keys() -> Self {
        Self {
            keys: true,
            ..Self::new()
        }
    }

    /// As `with_keys`, of values that open at most `max_open` containers at once.
    pub(crate) fn shallow(max_open: usize) -> Self {
        Self {
            max_open,
            ..Self::with_keys()
        }
    }

    /// After the value of a member of an object, which goes on with a comma or its end. Its further keys are told.
    pub(super) fn within_object() -> Self {
        let mut extent = Self::with_keys();
        extent.open.push(true);
        extent.state = State::After;
        extent
    }

    /// Whether what was read is whole where the bytes end: a number does not say so itself.
    pub(crate) fn is_whole_number(&self) -> bool {
        self.open.is_empty() && matches!(self.state, State::Number(number) if number.is_whole())
    }

    /// Where the quote stands that began the last key of the outermost object, counted from the first byte read.
    pub(crate) fn key_start(&self) -> u64 {
        self.key_start
    }

    /// Whether a key of the outermost object has begun and not ended.
    pub(super) fn in_key(&self) -> bool {
        self.open.len == 1
            && matches!(
                self.state,
                State::Text(Role::Key) | State::Escape(Role::Key) | State::Hex(Role::Key, _)
            )
    }

    /// Reads the bytes that follow. Whatever it says but `More` and `Key` is the end of reading.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Step {
        let step = self.follow(bytes);
        self.read += match step {
            Step::Key(end) => end,
            _ => bytes.len(),
        } as u64;
        step
    }

    fn follow(&mut self, bytes: &[u8]) -> Step {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let step = match self.state {
                State::Text(role) => {
                    at = plain_end(bytes, at);
                    match bytes.get(at) {
                        None => return Step::More,
                        Some(b'"') => self.end_text(role, at),
                        Some(b'\\') => self.go(State::Escape(role)),
                        Some(_) => return Step::Syntax(at),
                    }
                }
                State::Escape(role) if byte == b'u' => self.go(State::Hex(role, 4)),
                State::Escape(role) if is_escape(byte) => self.go(State::Text(role)),
                State::Hex(role, left) if byte.is_ascii_hexdigit() => self.go(if left == 1 {
                    State::Text(role)
                } else {
                    State::Hex(role, left - 1)
                }),
                State::Literal([expected, rest @ ..]) if byte == *expected => {
                    if rest.is_empty() {
                        self.end_value(at + 1)
                    } else {
                        self.go(State::Literal(rest))
                    }
                }
                State::Escape(_) | State::Hex(..) | State::Literal(_) => return Step::Syntax(at),
                State::Number(number) => {
                    if let Some(next) = number.next(byte) {
                        self.go(State::Number(next))
                    } else if number.is_whole() && ends_number(byte) {
                        // The byte is not of the number: it is looked at again.
                        match self.end_value(at) {
                            None => continue,
                            end => end,
                        }
                    } else {
                        return Step::Syntax(at);
                    }
                }
                _ if is_space(byte) => None,
                _ => self.structure(byte, at),
            };
            if let Some(step) = step {
                return step;
            }
            at += 1;
        }
        Step::More
    }

    fn go(&mut self, state: State) -> Option<Step> {
        self.state = state;
        None
    }

    /// A byte between texts, numbers and literals.
    fn structure(&mut self, byte: u8, at: usize) -> Option<Step> {
        match (self.state, byte) {
            (State::First, b']') | (State::FirstKey, b'}') => self.close(at),
            (State::Value | State::First, _) => self.begin(byte, at),
            (State::FirstKey | State::Key, b'"') => {
                if self.open.len == 1 {
                    self.key_start = self.read + at as u64;
                }
                self.go(State::Text(Role::Key))
            }
            (State::After, b',') if self.open.top() => self.go(State::Key),
            (State::Colon, b':') | (State::After, b',') => self.go(State::Value),
            (State::After, b'}') if self.open.top() => self.close(at),
            (State::After, b']') if !self.open.top() => self.close(at),
            _ => Some(Step::Syntax(at)),
        }
    }

    /// The first byte of a value.
    fn begin(&mut self, byte: u8, at: usize) -> Option<Step> {
        match byte {
            b'{' | b'[' if self.open.len >= self.max_open => Some(Step::TooDeep(at)),
            b'{' => {
                self.open.push(true);
                self.go(State::FirstKey)
            }
            b'[' => {
                self.open.push(false);
                self.go(State::First)
            }
            b'"' => self.go(State::Text(Role::Value)),
            b't' => self.go(State::Literal(b"rue")),
            b'f' => self.go(State::Literal(b"alse")),
            b'n' => self.go(State::Literal(b"ull")),
            b'-' => self.go(State::Number(Number::Minus)),
            b'0' => self.go(State::Number(Number::Zero)),
            b'1'..=b'9' => self.go(State::Number(Number::Whole)),
            _ => Some(Step::Syntax(at)),
        }
    }

    fn close(&mut self, at: usize) -> Option<Step> {
        self.open.pop();
        self.end_value(at + 1)
    }

    fn end_text(&mut self, role: Role, at: usize) -> Option<Step> {
        match role {
            Role::Value => self.end_value(at + 1),
            Role::Key => {
                self.state = State::Colon;
                (self.keys && self.open.len == 1).then_some(Step::Key(at + 1))
            }
        }
    }

    fn end_value(&mut self, end: usize) -> Option<Step> {
        self.state = State::After;
        self.open.is_empty().then_some(Step::End(end))
    }
}

/// A stack of bits: whether each open container is an object.
#[derive(Debug, Default)]
struct Stack {
    words: Vec<u64>,
    len: usize,
}

impl Stack {
    fn push(&mut self, object: bool) {
        let (word, bit) = (self.len / 64, self.len % 64);
        if word == self.words.len() {
            self.words.push(0);
        }
        self.words[word] = self.words[word] & !(1 << bit) | u64::from(object) << bit;
        self.len += 1;
    }

    fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    fn top(&self) -> bool {
        let Some(last) = self.len.checked_sub(1) else {
            return false;
        };
        self.words[last / 64] >> (last % 64) & 1 == 1
    }

    fn is_empty(&self) -> bool {
        self.len == 0
    }
}
