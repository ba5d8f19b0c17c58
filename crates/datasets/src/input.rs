//! The inflated bytes of one object, in a window that slides forward.

use crate::reason::Reason;

/// How the bytes of an object ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Where they should.
    Clean,
    /// Before they should: what could be had stands before, the rest of the object is one reject.
    Broken {
        /// Why.
        reason: Reason,
        /// What was seen, without any value.
        detail: String,
    },
}

/// Where an [`Input`] has its bytes from.
pub trait Refill {
    /// Appends at least one byte to `buffer`, or says how the bytes ended.
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End>;
}

/// The bytes of one object. `window` is what is at hand, `more` lengthens it, `consume` drops its front.
pub struct Input<'a> {
    bytes: Bytes<'a>,
    start: usize,
    offset: u64,
    line: u64,
    end: Option<End>,
}

enum Bytes<'a> {
    Whole(&'a [u8]),
    Window(Vec<u8>, Box<dyn Refill + 'a>),
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Input at byte {}, {} bytes at hand",
            self.offset,
            self.window().len()
        )
    }
}

impl<'a> Input<'a> {
    /// All bytes at once, and how they end.
    pub fn whole(bytes: &'a [u8], end: End) -> Self {
        Self {
            bytes: Bytes::Whole(bytes),
            start: 0,
            offset: 0,
            line: 1,
            end: Some(end),
        }
    }

    /// Bytes that come in pieces; `more` has to be called to see the first.
    pub fn pieces(refill: impl Refill + 'a) -> Self {
        Self {
            bytes: Bytes::Window(Vec::new(), Box::new(refill)),
            start: 0,
            offset: 0,
            line: 1,
            end: None,
        }
    }

    /// The bytes at hand that were not consumed.
    pub fn window(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Whole(bytes) => &bytes[self.start..],
            Bytes::Window(buffer, _) => &buffer[self.start..],
        }
    }

    /// Lengthens the window; false: there is no more, and [`Input::end`] says how it ended.
    pub fn more(&mut self) -> bool {
        if self.end.is_some() {
            return false;
        }
        let Bytes::Window(buffer, refill) = &mut self.bytes else {
            return false;
        };
        buffer.drain(..self.start);
        self.start = 0;
        self.end = refill.refill(buffer);
        self.end.is_none()
    }

    /// Drops the first `n` bytes of the window.
    ///
    /// # Panics
    /// If the window is shorter.
    pub fn consume(&mut self, n: usize) {
        let lines = memchr::memchr_iter(b'\n', &self.window()[..n]).count();
        self.line += lines as u64;
        self.offset += n as u64;
        self.start += n;
    }

    /// The place of the window's first byte in the object, from 0.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The line of the window's first byte, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How the bytes end, once `more` was false.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}
