//! A column's encoded chunk of a row group, as the parquet crate gives it or as our own pages.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use parquet::arrow::arrow_writer::ArrowColumnChunk;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::writer::SerializedRowGroupWriter;

/// The encoded chunk of a leaf.
#[derive(Debug)]
pub(crate) enum Chunk {
    /// By the parquet crate.
    Arrow(ArrowColumnChunk),
    /// By `TextColumn`.
    Pages(PageChunk),
}

impl Chunk {
    /// Appends it to a group, as its next leaf.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn append_to<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        match self {
            Self::Arrow(chunk) => chunk.append_to_row_group(group),
            Self::Pages(PageChunk { pages, close }) => group.append_column(&pages, close),
        }
    }
}

/// Pages of a column, and what the footer says of them.
#[derive(Debug)]
pub(crate) struct PageChunk {
    pages: Pages,
    close: ColumnCloseResult,
}

impl PageChunk {
    /// Pages in their order; offsets in `close` count from the first one.
    pub(crate) fn new(pages: Vec<Bytes>, close: ColumnCloseResult) -> Self {
        Self {
            pages: Pages(pages),
            close,
        }
    }
}

/// Pages one after the other.
#[derive(Debug)]
struct Pages(Vec<Bytes>);

impl Length for Pages {
    fn len(&self) -> u64 {
        self.0.iter().map(|page| page.len() as u64).sum()
    }
}

impl ChunkReader for Pages {
    type T = PagesReader;

    fn get_read(&self, start: u64) -> Result<PagesReader, ParquetError> {
        let mut reader = PagesReader(self.0.clone().into());
        io::copy(&mut reader.by_ref().take(start), &mut io::sink())?;
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = vec![0; length];
        self.get_read(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// What is left of the pages.
#[derive(Debug)]
struct PagesReader(VecDeque<Bytes>);

impl Read for PagesReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.0.front().is_some_and(Bytes::is_empty) {
            self.0.pop_front();
        }
        let Some(page) = self.0.front_mut() else {
            return Ok(0);
        };
        let bytes = page.len().min(buffer.len());
        page.copy_to_slice(&mut buffer[..bytes]);
        Ok(bytes)
    }
}
