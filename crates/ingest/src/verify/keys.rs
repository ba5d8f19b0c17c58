//! Keys and variants: (key, variant) is unique, variants count from 0 in their order, and contents of a key differ.

use std::io;
use std::path::{Path, PathBuf};

use super::finding::{Kind, Tally};
use crate::sorter::Sorter;

/// A row as far as its key is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyedRow {
    /// Hash of its key.
    pub(super) key: u128,
    /// Its variant.
    pub(super) variant: u32,
    /// When its report was written.
    pub(super) report_ts: Option<i64>,
    /// Its number.
    pub(super) row: u64,
    /// Hash of its content and its children's.
    pub(super) content: u128,
}

/// Collects rows, and checks them once all are there. Holds at most about `bytes`, twice at the end.
#[derive(Debug)]
pub(super) struct KeyCheck {
    temp: PathBuf,
    bytes: usize,
    /// Rows of a parent table: numbered without gaps. Children have the variants of their parents.
    parent: bool,
    rows: Sorter<53>,
    keyless: Tally,
}

impl KeyCheck {
    /// Spills to files in `temp`.
    pub(super) fn new(temp: &Path, bytes: usize, parent: bool) -> Self {
        Self {
            temp: temp.to_owned(),
            bytes,
            parent,
            rows: Sorter::new(temp, bytes),
            keyless: Tally::default(),
        }
    }

    /// Takes a row.
    pub(super) fn row(&mut self, row: &KeyedRow) -> io::Result<()> {
        let mut record = [0; 53];
        record[..16].copy_from_slice(&row.key.to_be_bytes());
        record[16..20].copy_from_slice(&row.variant.to_be_bytes());
        // The newest first, and those without a time last.
        record[20] = u8::from(row.report_ts.is_none());
        let newest_first = !(row.report_ts.unwrap_or(i64::MAX).cast_unsigned() ^ 1 << 63);
        record[21..29].copy_from_slice(&newest_first.to_be_bytes());
        record[29..37].copy_from_slice(&row.row.to_be_bytes());
        record[37..].copy_from_slice(&row.content.to_be_bytes());
        self.rows.push(record)
    }

    /// Takes a row without a key.
    pub(super) fn keyless(&mut self, row: u64, variant: u32) {
        if variant != 0 {
            self.keyless.add(row);
        }
    }

    /// What was found.
    pub(super) fn findings(self) -> io::Result<Vec<(Kind, String)>> {
        let (mut repeated, mut gaps, mut order, mut equal) = (
            Tally::default(),
            Tally::default(),
            Tally::default(),
            Tally::default(),
        );
        let mut contents = Sorter::<40>::new(&self.temp, self.bytes);
        let mut sorted = self.rows.sorted()?;
        let mut last: Option<[u8; 53]> = None;
        let mut shared = false;
        while let Some(record) = sorted.pop()? {
            let (variant, row) = (variant_of(&record), row_of(&record));
            match last.filter(|last| last[..16] == record[..16]) {
                Some(before) => {
                    if variant == variant_of(&before) {
                        repeated.add(row);
                    } else if self.parent && Some(variant) != variant_of(&before).checked_add(1) {
                        gaps.add(row);
                    } else if self.parent && record[20..37] < before[20..37] {
                        order.add(row);
                    }
                    if self.parent {
                        if !shared {
                            contents.push(content_of(&before))?;
                        }
                        contents.push(content_of(&record))?;
                    }
                    shared = true;
                }
                None => {
                    shared = false;
                    if self.parent && variant != 0 {
                        gaps.add(row);
                    }
                }
            }
            last = Some(record);
        }
        let mut contents = contents.sorted()?;
        let mut last: Option<[u8; 40]> = None;
        while let Some(record) = contents.pop()? {
            if last.is_some_and(|last| last[..32] == record[..32]) {
                equal.add(u64_at(&record[32..]));
            }
            last = Some(record);
        }
        let texts = [
            repeated.text("with a key and variant that another row has"),
            gaps.text("with a variant that does not follow that of another row of its key"),
            order.text("with a variant before that of a newer or earlier row of its key"),
            equal.text("with the key and content of another row"),
            self.keyless.text("without a key and with a variant"),
        ];
        Ok(texts
            .into_iter()
            .flatten()
            .map(|text| (Kind::Variant, text))
            .collect())
    }
}

fn variant_of(record: &[u8; 53]) -> u32 {
    u32::from_be_bytes([record[16], record[17], record[18], record[19]])
}

fn row_of(record: &[u8; 53]) -> u64 {
    u64_at(&record[29..37])
}

/// Key, content, row.
fn content_of(record: &[u8; 53]) -> [u8; 40] {
    let mut content = [0; 40];
    content[..16].copy_from_slice(&record[..16]);
    content[16..32].copy_from_slice(&record[37..]);
    content[32..].copy_from_slice(&record[29..37]);
    content
}

fn u64_at(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
