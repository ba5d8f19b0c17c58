//! Encodes a column of texts: plain values in data pages of version 1, each value copied once on its way into its page.
//!
//! The column writer of the parquet crate lets the buffer of each page grow anew, copies all of it behind the levels, and moves what was
//! compressed. Texts are nearly all bytes of a log, so they get a writer of their own.
//! Format: <https://parquet.apache.org/docs/file-format/data-pages/>.

use std::sync::Arc;

use arrow_array::{Array, StringArray};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, EncodingMask, PageType, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::schema::types::ColumnDescPtr;

use crate::chunk::PageChunk;
use crate::encoder::Encoder;

#[cfg(test)]
mod tests;

/// A page has at most so many rows, as those of the parquet crate.
const PAGE_ROWS: usize = 20_000;
/// Larger pages are not made, whatever the lake's settings say: lengths have 31 bits.
const LARGEST_PAGE: usize = 1 << 30;
/// So much room for the levels stands before the values of a page: more than [`PAGE_ROWS`] take.
const HEAD: usize = 4 << 10;
/// The values of a run of packed levels: as many as have a header of one byte.
const PACKED: usize = 63 * 8;

/// A column of texts that are optional and in no list, being encoded.
pub(crate) struct TextColumn {
    encoder: Arc<Encoder>,
    descr: ColumnDescPtr,
    page: Page,
    pages: Vec<Bytes>,
    offsets: OffsetIndexBuilder,
    /// Bytes of all pages with their headers.
    compressed: i64,
    uncompressed: i64,
    rows: i64,
}

/// The page that values go to.
struct Page {
    /// Room for the levels, then values, each behind its length.
    bytes: Vec<u8>,
    /// Whether each row has a value.
    defined: Vec<bool>,
    /// The bytes of the values alone.
    text_bytes: usize,
    /// How many bytes of values it is to have at most.
    limit: usize,
}

impl TextColumn {
    /// A column without rows.
    pub(crate) fn new(encoder: &Arc<Encoder>, descr: ColumnDescPtr) -> Self {
        debug_assert_eq!((descr.max_def_level(), descr.max_rep_level()), (1, 0));
        let limit = usize::try_from(encoder.encoding.page_bytes).unwrap_or(usize::MAX);
        let limit = limit.min(LARGEST_PAGE);
        Self {
            encoder: Arc::clone(encoder),
            descr,
            page: Page::new(limit),
            pages: Vec::new(),
            offsets: OffsetIndexBuilder::new(),
            compressed: 0,
            uncompressed: 0,
            rows: 0,
        }
    }

    /// Appends rows. A page closes before the row that would make it larger than the lake's pages; so only a value that is
    /// larger itself makes a larger page.
    ///
    /// # Errors
    /// If a page cannot be compressed, or is larger than the format allows (2 GiB).
    pub(crate) fn write(&mut self, texts: &StringArray) -> Result<(), ParquetError> {
        for row in 0..texts.len() {
            let text = texts.is_valid(row).then(|| texts.value(row));
            let more = text.map_or(0, |text| size_of::<u32>() + text.len());
            if self.page.is_full(more) {
                self.close_page()?;
            }
            self.page.add(text)?;
        }
        Ok(())
    }

    /// About the bytes that it takes in memory.
    pub(crate) fn memory_size(&self) -> usize {
        self.pages.iter().map(Bytes::len).sum::<usize>() + self.page.bytes.capacity()
    }

    /// Ends it: its pages, and what the footer says of them.
    ///
    /// # Errors
    /// As [`TextColumn::write`].
    pub(crate) fn close(mut self) -> Result<PageChunk, ParquetError> {
        if !self.page.defined.is_empty() {
            self.close_page()?;
        }
        let stats = PageEncodingStats {
            page_type: PageType::DATA_PAGE,
            encoding: Encoding::PLAIN,
            count: length(self.pages.len())?,
        };
        let level = ZstdLevel::try_new(self.encoder.encoding.zstd_level)?;
        let metadata = ColumnChunkMetaData::builder(self.descr)
            .set_compression(Compression::ZSTD(level))
            .set_encodings_mask(EncodingMask::new_from_encodings(
                [Encoding::PLAIN, Encoding::RLE].iter(),
            ))
            .set_page_encoding_stats(vec![stats])
            .set_total_compressed_size(self.compressed)
            .set_total_uncompressed_size(self.uncompressed)
            .set_num_values(self.rows)
            .set_data_page_offset(0)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: self.compressed.cast_unsigned(),
            rows_written: self.rows.cast_unsigned(),
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.offsets.build()),
        };
        Ok(PageChunk::new(self.pages, close))
    }

    fn close_page(&mut self) -> Result<(), ParquetError> {
        let page = &mut self.page;
        let levels = levels(&page.defined);
        let start = HEAD - levels.len();
        page.bytes[start..HEAD].copy_from_slice(&levels);
        let body = &page.bytes[start..];
        let (rows, bytes) = (length(page.defined.len())?, length(body.len())?);
        let (written, header) = self.encoder.compressors.compress(body, |frame| {
            let header = header(bytes, length(frame.len())?, rows);
            let mut written = Vec::with_capacity(header.len() + frame.len());
            written.extend_from_slice(&header);
            written.extend_from_slice(frame);
            Ok::<_, ParquetError>((Bytes::from(written), header.len()))
        })??;
        self.offsets.append_row_count(i64::from(rows));
        self.offsets
            .append_unencoded_byte_array_data_bytes(Some(i64::from(length(page.text_bytes)?)));
        self.offsets
            .append_offset_and_size(self.compressed, length(written.len())?);
        self.compressed += i64::from(length(written.len())?);
        self.uncompressed += i64::from(length(header)?) + i64::from(bytes);
        self.rows += i64::from(rows);
        self.pages.push(written);
        self.page.clear();
        Ok(())
    }
}

impl Page {
    fn new(limit: usize) -> Self {
        Self {
            bytes: vec![0; HEAD],
            defined: Vec::new(),
            text_bytes: 0,
            limit,
        }
    }

    /// Whether a further row of so many bytes belongs to the next page.
    fn is_full(&self, more: usize) -> bool {
        let rows = self.defined.len();
        let values = self.bytes.len() - HEAD;
        rows == PAGE_ROWS || (rows > 0 && values.saturating_add(more) > self.limit)
    }

    fn add(&mut self, text: Option<&str>) -> Result<(), ParquetError> {
        self.defined.push(text.is_some());
        if let Some(text) = text {
            let length = length(text.len())?;
            self.reserve(size_of::<u32>() + text.len());
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
            self.text_bytes += text.len();
        }
        Ok(())
    }

    /// Grows to the size of a full page at most, unless a value is larger.
    fn reserve(&mut self, more: usize) {
        let (length, capacity) = (self.bytes.len(), self.bytes.capacity());
        if capacity - length < more {
            let grown = self.room().min(2 * capacity).max(length + more);
            self.bytes.reserve_exact(grown - length);
        }
    }

    /// The bytes of a full page.
    fn room(&self) -> usize {
        self.limit.saturating_add(HEAD)
    }

    fn clear(&mut self) {
        self.bytes.truncate(HEAD);
        // A large value was in it: what it took is given back.
        self.bytes.shrink_to(self.room());
        self.defined.clear();
        self.text_bytes = 0;
    }
}

/// A length as the format has it.
fn length(length: usize) -> Result<i32, ParquetError> {
    i32::try_from(length).map_err(|_| {
        let text = format!("a page of texts is {length} bytes long, more than Parquet allows");
        ParquetError::General(text)
    })
}

/// Definition levels of a page of version 1, behind their length: one repeated level, or packed ones.
/// Format: <https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE>.
fn levels(defined: &[bool]) -> Vec<u8> {
    let mut levels = vec![0; size_of::<u32>()];
    let first = defined.first().copied().unwrap_or(true);
    if defined.iter().all(|one| *one == first) {
        varint((defined.len() as u64) << 1, &mut levels);
        levels.push(u8::from(first));
    } else {
        for run in defined.chunks(PACKED) {
            varint((run.len().div_ceil(8) as u64) << 1 | 1, &mut levels);
            levels.extend(run.chunks(8).map(|eight| {
                let bits = eight.iter().enumerate();
                bits.fold(0, |byte, (bit, one)| byte | u8::from(*one) << bit)
            }));
        }
    }
    let bytes = (levels.len() - size_of::<u32>()).to_le_bytes();
    levels[..size_of::<u32>()].copy_from_slice(&bytes[..size_of::<u32>()]);
    levels
}

/// The header of a data page of version 1 in Thrift's compact protocol: each field is a byte of (difference of its number, type), then
/// its value; 5 is a number, 12 a structure, which a 0 ends.
/// Format: `PageHeader` of <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>.
fn header(uncompressed: i32, compressed: i32, rows: i32) -> Vec<u8> {
    let mut header = Vec::with_capacity(32);
    let number = |value: i32, header: &mut Vec<u8>| {
        header.push(0x15);
        varint(
            u64::from((value << 1 ^ value >> 31).cast_unsigned()),
            header,
        );
    };
    number(PageType::DATA_PAGE as i32, &mut header);
    number(uncompressed, &mut header);
    number(compressed, &mut header);
    // Field 5 follows field 3.
    header.push(0x2c);
    number(rows, &mut header);
    number(Encoding::PLAIN as i32, &mut header);
    // Definition and repetition levels.
    number(Encoding::RLE as i32, &mut header);
    number(Encoding::RLE as i32, &mut header);
    header.extend([0, 0]);
    header
}

/// Seven bits a byte, the lowest first.
fn varint(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}
