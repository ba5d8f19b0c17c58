//! Reads a report: header, rows, and what is wrong with them.

use sha2::Digest;

use super::frame::{Frame, Frames, LargeSlice, MAX_CELLS, MAX_ROW};
use super::header::{Header, Layout};
use super::row::{Refusal, Row, cell_at, is_blank, resolve_repeated};
use crate::input::{End, Input};
use crate::object::Object;
use crate::output::Output;
use crate::reason::Reason;
use crate::rejects::Reject;

/// Reads reports of one layout, one after the other.
#[derive(Debug)]
pub(crate) struct ReportReader {
    layout: &'static Layout,
    frames: Frames,
    moved: Vec<(usize, usize)>,
}

impl ReportReader {
    /// A reader of reports.
    pub(crate) fn new(layout: &'static Layout) -> Self {
        Self::with_max_row(layout, MAX_ROW)
    }

    /// A reader that holds rows of at most `max_row` bytes.
    pub(super) fn with_max_row(layout: &'static Layout, max_row: usize) -> Self {
        Self {
            layout,
            frames: Frames::new(max_row),
            moved: Vec::new(),
        }
    }

    /// Reads a report to its end. `take` gets each row that can be told apart, counts it in `output` if it becomes
    /// one of the table, and must not have changed anything if it refuses it; the reader then rejects it.
    pub(crate) fn read(
        &mut self,
        object: &Object,
        input: &mut Input<'_>,
        output: &mut Output<'_>,
        mut take: impl FnMut(&Row<'_>, &mut Output<'_>) -> Result<(), Refusal>,
    ) {
        self.frames.begin(input);
        let Some(header) = self.header(object, input, output) else {
            return;
        };
        header.note_drift(self.layout, &mut output.drift, &object.source_object);
        let mut index = 0;
        loop {
            match self.frames.next(input, is_clean) {
                Frame::Row(len) => {
                    let (offset, line) = (input.offset(), input.line());
                    let raw = without_line_end(&input.window()[..len]);
                    if let Some(taken) = self.row(raw, &header, index, output, &mut take) {
                        if let Err(Refusal { reason, detail }) = taken {
                            let reject =
                                Reject::of_slice(reason, detail, Some(index), offset, line, raw);
                            output.reject(object, &reject);
                        }
                        index += 1;
                    }
                    input.consume(len);
                }
                Frame::Large {
                    slice,
                    closed: true,
                } => {
                    reject_large(
                        object,
                        output,
                        *slice,
                        Reason::RecordTooLarge,
                        too_large(),
                        Some(index),
                    );
                    index += 1;
                }
                Frame::Large {
                    slice,
                    closed: false,
                } => {
                    let (reason, detail) = unfinished(input);
                    reject_large(object, output, *slice, reason, detail, Some(index));
                    return;
                }
                Frame::OpenQuote => {
                    let (reason, detail) = open_quote();
                    output.reject_rest(object, input, reason, detail, Some(index));
                    return;
                }
                Frame::End => {
                    if let Some((reason, detail)) = broken(input) {
                        output.reject_rest(object, input, reason, detail, Some(index));
                    }
                    return;
                }
            }
        }
    }

    /// Reads the header; `None`: there is none, or the object was rejected.
    fn header(
        &mut self,
        object: &Object,
        input: &mut Input<'_>,
        output: &mut Output<'_>,
    ) -> Option<Header> {
        let (reason, detail) = loop {
            match self.frames.next(input, is_clean) {
                Frame::Row(len) => match self.bind(&input.window()[..len]) {
                    Ok(header) => {
                        input.consume(len);
                        if header.is_some() {
                            return header;
                        }
                    }
                    Err(detail) => break (Reason::NoHeader, detail.to_owned()),
                },
                Frame::Large { slice, closed } => {
                    let (reason, detail) = if closed {
                        (Reason::NoHeader, too_large())
                    } else {
                        unfinished(input)
                    };
                    reject_large_object(object, input, output, *slice, reason, detail);
                    return None;
                }
                Frame::OpenQuote => break open_quote(),
                Frame::End => {
                    if let Some((reason, detail)) = broken(input) {
                        output.reject_rest(object, input, reason, detail, Some(0));
                    }
                    return None;
                }
            }
        };
        output.reject_rest(object, input, reason, detail, None);
        None
    }

    /// Binds the row that was found last as a header; `None`: a blank line.
    fn bind(&self, raw: &[u8]) -> Result<Option<Header>, &'static str> {
        let (text, ends) = self.frames.cells();
        let (Ok(line), Ok(text)) = (str::from_utf8(raw), str::from_utf8(text)) else {
            return Err("the header is not UTF-8");
        };
        if ends.len() == 1 && is_blank(line) {
            return Ok(None);
        }
        let cells: Vec<_> = (0..ends.len())
            .map(|at| cell_at(text, ends, at).unwrap_or_default())
            .collect();
        Header::bind(&cells, self.layout)
            .map(Some)
            .ok_or("no column Date or no column UserId")
    }

    /// Takes a row; `None`: a blank line.
    fn row(
        &mut self,
        raw: &[u8],
        header: &Header,
        index: i64,
        output: &mut Output<'_>,
        take: &mut impl FnMut(&Row<'_>, &mut Output<'_>) -> Result<(), Refusal>,
    ) -> Option<Result<(), Refusal>> {
        let (text, ends) = self.frames.cells();
        // Cells may join bytes into characters that the row does not have, so the row is asked too.
        let (Ok(line), Ok(text)) = (str::from_utf8(raw), str::from_utf8(text)) else {
            return Some(Err(Refusal::new(
                Reason::NotUtf8,
                "bytes that are not UTF-8",
            )));
        };
        if ends.len() == 1 && is_blank(line) {
            return None;
        }
        let over = ends.get(header.len - 1).and_then(|end| text.get(*end..));
        if over.is_some_and(|over| !is_blank(over)) {
            let detail = format!("{} cells, {} in the header", ends.len(), header.len);
            return Some(Err(Refusal::new(Reason::LongRow, detail)));
        }
        self.moved.clear();
        if let Err(refusal) = resolve_repeated(header, text, ends, &mut self.moved) {
            return Some(Err(refusal));
        }
        let row = Row {
            layout: self.layout,
            header,
            text,
            ends,
            moved: &self.moved,
            index,
        };
        Some(take(&row, output))
    }
}

/// Whether the bytes ended where a row may end: what follows the last gzip member does not touch the rows before it.
fn is_clean(input: &Input<'_>) -> bool {
    match input.end() {
        None | Some(End::Clean) => true,
        Some(End::Broken { reason, .. }) => *reason == Reason::TrailingBytes,
    }
}

fn broken(input: &Input<'_>) -> Option<(Reason, String)> {
    match input.end() {
        Some(End::Broken { reason, detail }) => Some((*reason, detail.clone())),
        _ => None,
    }
}

/// Why the last row has no end.
fn unfinished(input: &Input<'_>) -> (Reason, String) {
    match broken(input) {
        Some(broken) if !is_clean(input) => broken,
        _ => open_quote(),
    }
}

fn open_quote() -> (Reason, String) {
    (Reason::OpenQuote, "a quote is never closed".to_owned())
}

fn too_large() -> String {
    format!("a row of more than {MAX_ROW} bytes or {MAX_CELLS} cells")
}

fn without_line_end(row: &[u8]) -> &[u8] {
    row.strip_suffix(b"\n")
        .or_else(|| row.strip_suffix(b"\r"))
        .unwrap_or(row)
}

fn reject_large(
    object: &Object,
    output: &mut Output<'_>,
    slice: LargeSlice,
    reason: Reason,
    detail: String,
    record_index: Option<i64>,
) {
    let reject = Reject {
        reason,
        detail,
        record_index,
        byte_offset: Some(slice.offset),
        line: Some(slice.line),
        raw: &slice.head,
        raw_bytes: slice.bytes,
        raw_sha256: slice.sha256.finalize().into(),
    };
    output.reject(object, &reject);
}

/// Rejects an object whose header was read in part already.
fn reject_large_object(
    object: &Object,
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    mut slice: LargeSlice,
    reason: Reason,
    detail: String,
) {
    loop {
        let len = input.window().len();
        slice.take(input, len);
        if !input.more() {
            break;
        }
    }
    let whole = matches!(reason, Reason::NoHeader | Reason::OpenQuote);
    let record_index = (!whole).then_some(0);
    reject_large(object, output, slice, reason, detail, record_index);
}
