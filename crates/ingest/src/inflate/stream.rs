//! Bytes that come in pieces: from a reader, from a slice, capped, and with their first bytes looked at.

use std::io::{self, Read};

use promptlake_datasets::input::{End, Refill};
use promptlake_datasets::reason::Reason;

use super::{is_gzip, too_large};

/// How many bytes are taken at a time.
pub(super) const PIECE: usize = 64 << 10;

/// A reader's bytes. An error of the reader is kept in `failure`, and ends them as if they were cut off.
pub(super) struct Reading<'a> {
    reader: Box<dyn Read + Send>,
    failure: &'a mut Option<io::Error>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(reader: Box<dyn Read + Send>, failure: &'a mut Option<io::Error>) -> Self {
        Self { reader, failure }
    }
}

impl Refill for Reading<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        let start = buffer.len();
        buffer.resize(start + PIECE, 0);
        let end = loop {
            match self.reader.read(&mut buffer[start..]) {
                Ok(0) => break Some(End::Clean),
                Ok(n) => {
                    buffer.truncate(start + n);
                    return None;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    *self.failure = Some(error);
                    break Some(End::Broken {
                        reason: Reason::GzipTruncated,
                        detail: "reading it failed".to_owned(),
                    });
                }
            }
        };
        buffer.truncate(start);
        end
    }
}

/// The bytes of a slice.
pub(super) struct Piece<'a> {
    left: &'a [u8],
}

impl<'a> Piece<'a> {
    pub(super) fn new(left: &'a [u8]) -> Self {
        Self { left }
    }
}

impl Refill for Piece<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if self.left.is_empty() {
            return Some(End::Clean);
        }
        let (piece, left) = self.left.split_at(self.left.len().min(PIECE));
        buffer.extend_from_slice(piece);
        self.left = left;
        None
    }
}

/// At most `left` more bytes.
pub(super) struct Capped<'a> {
    source: Primed<'a>,
    max: u64,
    left: u64,
    over: bool,
}

impl<'a> Capped<'a> {
    pub(super) fn new(source: Primed<'a>, max: u64) -> Self {
        Self {
            source,
            max,
            left: max,
            over: false,
        }
    }
}

impl Refill for Capped<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if self.over {
            return Some(too_large(self.max));
        }
        let start = buffer.len();
        if let Some(end) = self.source.refill(buffer) {
            return Some(end);
        }
        self.over = cap(buffer, start, &mut self.left);
        (self.over && buffer.len() == start).then(|| too_large(self.max))
    }
}

/// Takes what was appended after `start` from what is `left`; true if it was more, and is cut.
pub(super) fn cap(buffer: &mut Vec<u8>, start: usize, left: &mut u64) -> bool {
    let added = (buffer.len() - start) as u64;
    if let Some(rest) = left.checked_sub(added) {
        *left = rest;
        return false;
    }
    let kept = usize::try_from(*left).expect("invariant: less than what is in memory");
    buffer.truncate(start + kept);
    *left = 0;
    true
}

/// A source whose first bytes may be looked at before they are taken.
pub(super) struct Primed<'a> {
    head: Vec<u8>,
    end: Option<End>,
    source: Box<dyn Refill + 'a>,
}

impl<'a> Primed<'a> {
    pub(super) fn new(source: impl Refill + 'a) -> Self {
        Self {
            head: Vec::new(),
            end: None,
            source: Box::new(source),
        }
    }

    /// Whether the bytes begin as gzip does.
    pub(super) fn is_gzip(&mut self) -> bool {
        while self.head.len() < 2 && self.end.is_none() {
            self.end = self.source.refill(&mut self.head);
        }
        is_gzip(&self.head)
    }
}

impl Refill for Primed<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        if !self.head.is_empty() {
            if buffer.is_empty() {
                std::mem::swap(buffer, &mut self.head);
            } else {
                buffer.append(&mut self.head);
            }
            self.head = Vec::new();
            return None;
        }
        if self.end.is_none() {
            self.end = self.source.refill(buffer);
        }
        self.end.clone()
    }
}
