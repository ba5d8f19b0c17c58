//! From bytes to rows: where a row of a CSV ends, and what its cells are.

use csv_core::{ReadRecordResult, Reader};
use sha2::{Digest, Sha256};

use crate::input::Input;
use crate::rejects::MAX_RAW;

/// The longest row that is held, in bytes.
pub(super) const MAX_ROW: usize = 64 << 20;

/// The most cells that a row may have.
pub(super) const MAX_CELLS: usize = 1 << 16;

/// How much room for the text of cells is kept from one row to the next, in bytes.
const KEPT_TEXT: usize = 1 << 20;

/// Finds the rows of one CSV after the other. Holds the cells of one row.
pub(super) struct Frames {
    core: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    text_len: usize,
    cell_count: usize,
    max_row: usize,
}

/// What comes next in the input.
pub(super) enum Frame {
    /// A row, in the window's first so many bytes; the caller consumes them. [`Frames::cells`] has its cells.
    Row(usize),
    /// A row that is too long or has too many cells to be held; it was consumed.
    /// `closed` is false where the bytes ended before its last quote, or, if they ended too soon, before its end.
    Large {
        /// What was read.
        slice: Box<LargeSlice>,
        /// Whether its end was found.
        closed: bool,
    },
    /// The bytes ended before the last quote of the row that the window holds.
    OpenQuote,
    /// The bytes ended; what the window holds is the beginning of a row if they ended too soon, else nothing.
    End,
}

/// What is kept of a row that cannot be held.
pub(super) struct LargeSlice {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) head: Vec<u8>,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
}

impl LargeSlice {
    fn new(input: &Input<'_>) -> Self {
        Self {
            offset: input.offset(),
            line: input.line(),
            head: Vec::new(),
            bytes: 0,
            sha256: Sha256::new(),
        }
    }

    pub(super) fn take(&mut self, input: &mut Input<'_>, len: usize) {
        let slice = &input.window()[..len];
        let room = (MAX_RAW + 4).saturating_sub(self.head.len());
        self.head.extend_from_slice(&slice[..len.min(room)]);
        self.sha256.update(slice);
        self.bytes += len as u64;
        input.consume(len);
    }
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frames, {} cells at hand", self.cell_count)
    }
}

impl Frames {
    /// Frames that hold rows of at most `max_row` bytes.
    pub(super) fn new(max_row: usize) -> Self {
        Self {
            core: Reader::new(),
            text: vec![0; 4096],
            ends: vec![0; 64],
            text_len: 0,
            cell_count: 0,
            max_row,
        }
    }

    /// Begins an object: drops a byte order mark.
    pub(super) fn begin(&mut self, input: &mut Input<'_>) {
        self.core.reset();
        // The reader looks for a byte order mark of its own in the first bytes that it is given: not in ours.
        let (_, _, _, _) = self.core.read_record(b"\n", &mut self.text, &mut self.ends);
        while input.window().len() < 3 && input.more() {}
        if input.window().starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
    }

    /// Finds the next row. `clean` tells, once the bytes have ended, whether they ended where a row may end.
    pub(super) fn next(
        &mut self,
        input: &mut Input<'_>,
        clean: impl Fn(&Input<'_>) -> bool,
    ) -> Frame {
        if !skip_line_ends(input) {
            return Frame::End;
        }
        self.text_len = 0;
        self.cell_count = 0;
        if self.text.len() > KEPT_TEXT {
            self.text.truncate(KEPT_TEXT);
            self.text.shrink_to_fit();
        }
        let mut at = 0;
        loop {
            // Before the end is looked for: a row without a line end is no longer than one with it.
            if at > self.max_row || self.cell_count > MAX_CELLS {
                return self.large(input, at, clean);
            }
            if at == input.window().len() && !input.more() {
                return match clean(input) {
                    false => Frame::End,
                    true if self.step_to_end(b"\n") => self.row(input, at),
                    true => Frame::OpenQuote,
                };
            }
            // Up to one byte more than allowed: what is too long must not depend on how the bytes come.
            let end = input.window().len().min(self.max_row + 1);
            let (result, read, written, ended) = self.core.read_record(
                &input.window()[at..end],
                &mut self.text[self.text_len..],
                &mut self.ends[self.cell_count..],
            );
            at += read;
            if self.took(&result, written, ended) {
                return self.row(input, at);
            }
        }
    }

    /// The cells of the row that [`Frames::next`] found: their text without a gap, and where each ends in it.
    pub(super) fn cells(&self) -> (&[u8], &[usize]) {
        (&self.text[..self.text_len], &self.ends[..self.cell_count])
    }

    /// A row that has ended.
    fn row(&self, input: &mut Input<'_>, len: usize) -> Frame {
        if self.cell_count <= MAX_CELLS {
            return Frame::Row(len);
        }
        let mut slice = Box::new(LargeSlice::new(input));
        slice.take(input, len);
        Frame::Large {
            slice,
            closed: true,
        }
    }

    /// Notes what one call of the reader gave; whether that was the row's end.
    fn took(&mut self, result: &ReadRecordResult, written: usize, ended: usize) -> bool {
        self.text_len += written;
        self.cell_count += ended;
        match result {
            ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => {
                let len = (self.ends.len() * 2).min(MAX_CELLS + 1);
                self.ends.resize(len, 0);
            }
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record | ReadRecordResult::End => return true,
        }
        false
    }

    /// Ends the last row of a CSV that has no line end there; false if the line end fell into a quoted cell.
    fn step_to_end(&mut self, mut rest: &[u8]) -> bool {
        while !rest.is_empty() {
            let (result, read, written, ended) = self.core.read_record(
                rest,
                &mut self.text[self.text_len..],
                &mut self.ends[self.cell_count..],
            );
            rest = &rest[read..];
            if self.took(&result, written, ended) {
                return true;
            }
        }
        false
    }

    /// Goes on to the end of a row of which `at` bytes were read, without holding it.
    fn large(
        &mut self,
        input: &mut Input<'_>,
        at: usize,
        clean: impl Fn(&Input<'_>) -> bool,
    ) -> Frame {
        let mut slice = Box::new(LargeSlice::new(input));
        slice.take(input, at);
        loop {
            if input.window().is_empty() && !input.more() {
                let closed = clean(input) && self.skip(b"\n").0;
                return Frame::Large { slice, closed };
            }
            let (closed, read) = self.skip(input.window());
            slice.take(input, read);
            if closed {
                return Frame::Large { slice, closed };
            }
        }
    }

    /// Reads on, cells unseen: whether the row ended, and how many bytes were read.
    fn skip(&mut self, bytes: &[u8]) -> (bool, usize) {
        let mut at = 0;
        while at < bytes.len() {
            let (result, read, _, _) =
                self.core
                    .read_record(&bytes[at..], &mut self.text, &mut self.ends);
            at += read;
            if matches!(result, ReadRecordResult::Record | ReadRecordResult::End) {
                return (true, at);
            }
        }
        (false, at)
    }
}

/// Drops line ends at the front; false: nothing follows.
fn skip_line_ends(input: &mut Input<'_>) -> bool {
    loop {
        let window = input.window();
        let count = window
            .iter()
            .position(|byte| !matches!(byte, b'\r' | b'\n'))
            .unwrap_or(window.len());
        if count > 0 {
            input.consume(count);
        }
        if !input.window().is_empty() {
            return true;
        }
        if !input.more() {
            return false;
        }
    }
}
