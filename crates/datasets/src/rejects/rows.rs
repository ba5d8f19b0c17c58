//! Rows of `rejects`, and a reject's id.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::builder::{Date32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use sha2::{Digest, Sha256};

use super::columns::REJECTS;
use crate::object::Object;
use crate::reason::Reason;

/// How much of a slice `raw` keeps, in bytes.
pub const MAX_RAW: usize = 1 << 20;

/// A record or object that could not be read.
#[derive(Debug)]
pub struct Reject<'a> {
    /// Why.
    pub reason: Reason,
    /// What was wrong, without any value of the record: a field's or column's path, what was expected.
    pub detail: String,
    /// Place of the record; `None`: the whole object.
    pub record_index: Option<i64>,
    /// Where the slice begins in the inflated object.
    pub byte_offset: Option<u64>,
    /// The line of that byte.
    pub line: Option<u64>,
    /// The slice, or at least its first [`MAX_RAW`] + 4 bytes.
    pub raw: &'a [u8],
    /// Length of the uncut slice.
    pub raw_bytes: u64,
    /// SHA-256 of the uncut slice.
    pub raw_sha256: [u8; 32],
}

impl<'a> Reject<'a> {
    /// A reject whose slice is at hand in full.
    pub fn of_slice(
        reason: Reason,
        detail: String,
        record_index: Option<i64>,
        offset: u64,
        line: u64,
        raw: &'a [u8],
    ) -> Self {
        Self {
            reason,
            detail,
            record_index,
            byte_offset: Some(offset),
            line: Some(line),
            raw,
            raw_bytes: raw.len() as u64,
            raw_sha256: Sha256::digest(raw).into(),
        }
    }
}

/// Builds rows of `rejects`, in the order in which they are appended.
#[derive(Debug, Default)]
pub struct RejectRows {
    event_date: Date32Builder,
    dataset: StringBuilder,
    reason: StringBuilder,
    detail: StringBuilder,
    byte_offset: Int64Builder,
    line: Int64Builder,
    raw: StringBuilder,
    raw_bytes: Int64Builder,
    raw_sha256: StringBuilder,
    account_id: StringBuilder,
    region: StringBuilder,
    source: StringBuilder,
    source_object: StringBuilder,
    record_index: Int64Builder,
    bytes: usize,
}

impl RejectRows {
    /// Appends a row.
    pub fn push(&mut self, object: &Object, reject: &Reject<'_>) {
        let raw = text_of(reject.raw);
        self.bytes += raw.len() + 512;
        self.event_date.append_value(object.day.0);
        self.dataset.append_option(object.dataset.map(|d| d.name));
        self.reason.append_value(reject.reason.code());
        self.detail.append_value(&reject.detail);
        self.byte_offset
            .append_option(reject.byte_offset.and_then(|n| i64::try_from(n).ok()));
        self.line
            .append_option(reject.line.and_then(|n| i64::try_from(n).ok()));
        self.raw.append_value(raw);
        self.raw_bytes
            .append_option(i64::try_from(reject.raw_bytes).ok());
        self.raw_sha256.append_value(hex(&reject.raw_sha256));
        self.account_id.append_option(object.account_id.as_deref());
        self.region.append_option(object.region.as_deref());
        self.source
            .append_option(object.product.map(crate::object::Product::as_str));
        self.source_object.append_value(&object.source_object);
        self.record_index.append_option(reject.record_index);
    }

    /// About how many bytes are held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows appended since the last call; `None` if there are none.
    ///
    /// # Panics
    /// Never: the builders are the table's columns.
    pub fn take(&mut self) -> Option<RecordBatch> {
        if self.source_object.values_slice().is_empty() {
            return None;
        }
        self.bytes = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.event_date.finish()),
            Arc::new(self.dataset.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.detail.finish()),
            Arc::new(self.byte_offset.finish()),
            Arc::new(self.line.finish()),
            Arc::new(self.raw.finish()),
            Arc::new(self.raw_bytes.finish()),
            Arc::new(self.raw_sha256.finish()),
            Arc::new(self.account_id.finish()),
            Arc::new(self.region.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.source_object.finish()),
            Arc::new(self.record_index.finish()),
        ];
        Some(
            RecordBatch::try_new(REJECTS.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}

/// A reject's id: the first 12 hex digits of the SHA-256 of its key, whose parts are joined by a line feed, a NULL as nothing.
pub fn id(
    source_object: &str,
    dataset: Option<&str>,
    record_index: Option<i64>,
    reason: &str,
) -> String {
    let index = record_index.map(|i| i.to_string()).unwrap_or_default();
    let key = format!(
        "{source_object}\n{}\n{index}\n{reason}",
        dataset.unwrap_or_default()
    );
    hex(&Sha256::digest(key)[..6])
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("invariant: a String takes any text");
            text
        })
}

/// The slice as text, cut at a character at [`MAX_RAW`] bytes of text.
fn text_of(raw: &[u8]) -> String {
    let head = &raw[..raw.len().min(MAX_RAW + 4)];
    let mut text = String::from_utf8_lossy(head).into_owned();
    let mut cut = text.len().min(MAX_RAW);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    text.truncate(cut);
    text
}
