//! Gzip members one after the other, as a stream.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use promptlake_datasets::input::{End, Refill};
use promptlake_datasets::reason::Reason;

use super::stream::{PIECE, Primed, cap};
use super::{MAGIC, is_gzip, too_large};

/// How much is inflated before the caller gets it.
const INFLATED: usize = 256 << 10;

/// Length of the fixed part of a header.
const HEADER: usize = 10;
const FLAG_HEADER_CRC: u8 = 2;
const FLAG_EXTRA: u8 = 4;
const FLAG_NAME: u8 = 8;
const FLAG_COMMENT: u8 = 16;
const FLAGS_RESERVED: u8 = 0xe0;

/// The inflated bytes of a sequence of gzip members.
pub(super) struct Members<'a> {
    source: Primed<'a>,
    source_end: Option<End>,
    input: Vec<u8>,
    at: usize,
    place: Place,
    decompress: Decompress,
    crc: Crc,
    max: u64,
    left: u64,
    end: Option<End>,
}

#[derive(Clone, Copy)]
enum Place {
    Header,
    Blocks,
    Trailer,
    After,
}

impl<'a> Members<'a> {
    /// The members in `source`, whose first two bytes are known to be a member's.
    pub(super) fn new(source: Primed<'a>, max: u64) -> Self {
        Self {
            source,
            source_end: None,
            input: Vec::with_capacity(PIECE),
            at: 0,
            place: Place::Header,
            decompress: Decompress::new(false),
            crc: Crc::new(),
            max,
            left: max,
            end: None,
        }
    }

    fn step(&mut self, buffer: &mut Vec<u8>) -> Result<(), End> {
        self.place = match self.place {
            Place::Header => {
                self.header()?;
                self.decompress.reset(false);
                self.crc.reset();
                Place::Blocks
            }
            Place::Blocks => {
                if self.blocks(buffer)? {
                    Place::Trailer
                } else {
                    Place::Blocks
                }
            }
            Place::Trailer => {
                self.trailer()?;
                Place::After
            }
            Place::After => {
                self.after()?;
                Place::Header
            }
        };
        Ok(())
    }

    fn header(&mut self) -> Result<(), End> {
        self.need(HEADER)?;
        let header = &self.input[self.at..self.at + HEADER];
        let (method, flags) = (header[2], header[3]);
        if method != 8 || flags & FLAGS_RESERVED != 0 {
            return Err(corrupt("gzip header"));
        }
        self.at += HEADER;
        if flags & FLAG_EXTRA != 0 {
            self.need(2)?;
            let length = usize::from(u16::from_le_bytes([
                self.input[self.at],
                self.input[self.at + 1],
            ]));
            self.need(2 + length)?;
            self.at += 2 + length;
        }
        for flag in [FLAG_NAME, FLAG_COMMENT] {
            if flags & flag != 0 {
                self.skip_text()?;
            }
        }
        if flags & FLAG_HEADER_CRC != 0 {
            self.need(2)?;
            self.at += 2;
        }
        Ok(())
    }

    /// Skips a text that ends in NUL, however long.
    fn skip_text(&mut self) -> Result<(), End> {
        loop {
            self.need(1)?;
            match memchr::memchr(0, &self.input[self.at..]) {
                Some(length) => {
                    self.at += length + 1;
                    return Ok(());
                }
                None => self.at = self.input.len(),
            }
        }
    }

    /// Inflates some; true: the last block has ended.
    fn blocks(&mut self, buffer: &mut Vec<u8>) -> Result<bool, End> {
        let start = buffer.len();
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        buffer.reserve(INFLATED.min(room.saturating_add(1)));
        let before = self.decompress.total_in();
        let result =
            self.decompress
                .decompress_vec(&self.input[self.at..], buffer, FlushDecompress::None);
        let taken = usize::try_from(self.decompress.total_in() - before)
            .expect("invariant: no more than is in memory");
        self.at += taken;
        if cap(buffer, start, &mut self.left) {
            return Err(too_large(self.max));
        }
        self.crc.update(&buffer[start..]);
        match result {
            Err(_) => Err(corrupt("deflate block")),
            Ok(Status::StreamEnd) => Ok(true),
            Ok(_) => {
                if taken == 0 && buffer.len() == start && !self.pull() {
                    return Err(self.cut_off());
                }
                Ok(false)
            }
        }
    }

    fn trailer(&mut self) -> Result<(), End> {
        self.need(8)?;
        let word = |at: usize| {
            let bytes = &self.input[at..at + 4];
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
        };
        let (crc, length) = (word(self.at), word(self.at + 4));
        self.at += 8;
        if crc != self.crc.sum() {
            Err(corrupt("CRC"))
        } else if length != self.crc.amount() {
            Err(corrupt("length"))
        } else {
            Ok(())
        }
    }

    /// Skips zeros between members; `Err` also where the bytes end as they should.
    fn after(&mut self) -> Result<(), End> {
        loop {
            let rest = &self.input[self.at..];
            let zeros = rest.iter().take_while(|b| **b == 0).count();
            self.at += zeros;
            let rest = &rest[zeros..];
            if is_gzip(rest) {
                return Ok(());
            }
            let undecided = rest.is_empty() || rest == &MAGIC[..1];
            if !undecided {
                return Err(End::Broken {
                    reason: Reason::TrailingBytes,
                    detail: "bytes after the last gzip member".to_owned(),
                });
            }
            let ended = rest.is_empty();
            if !self.pull() {
                return Err(if ended {
                    self.source_end.clone().unwrap_or(End::Clean)
                } else {
                    self.cut_off()
                });
            }
        }
    }

    /// Makes at least `n` bytes available after `at`.
    fn need(&mut self, n: usize) -> Result<(), End> {
        while self.input.len() - self.at < n {
            if !self.pull() {
                return Err(self.cut_off());
            }
        }
        Ok(())
    }

    /// Takes more from the source; false: there is none.
    fn pull(&mut self) -> bool {
        if self.source_end.is_none() {
            self.input.drain(..self.at);
            self.at = 0;
            self.source_end = self.source.refill(&mut self.input);
        }
        self.source_end.is_none()
    }

    /// How it ends if the source is at its end in the middle of a member: the source's own damage comes first.
    fn cut_off(&self) -> End {
        match &self.source_end {
            Some(end @ End::Broken { .. }) => end.clone(),
            _ => End::Broken {
                reason: Reason::GzipTruncated,
                detail: "the gzip stream ends in the middle".to_owned(),
            },
        }
    }
}

impl Refill for Members<'_> {
    fn refill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        let start = buffer.len();
        while self.end.is_none() && buffer.len() - start < INFLATED {
            self.end = self.step(buffer).err();
        }
        if buffer.len() > start {
            None
        } else {
            self.end.clone()
        }
    }
}

fn corrupt(what: &str) -> End {
    End::Broken {
        reason: Reason::GzipCorrupt,
        detail: format!("bad {what}"),
    }
}
