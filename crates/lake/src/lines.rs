//! The encoding of the lake's state files: JSON, a value a line, zstd with a checksum, written and read as a stream.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::StateError;

/// Level 1: state is written in every run and read seldom; keys repeat, so that more effort gains little.
const LEVEL: i32 = 1;
/// Lines are handed to the compressor in pieces of about this many bytes.
const PIECE_BYTES: usize = 64 << 10;
/// No line that was written is longer; a damaged file must not fill the memory.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// Writes values as lines.
pub(crate) struct LineWriter<W: Write> {
    path: String,
    encoder: zstd::Encoder<'static, W>,
    piece: Vec<u8>,
}

impl<W: Write> LineWriter<W> {
    /// Begins a file; `path` is for errors.
    pub(crate) fn new(path: &str, output: W) -> Result<Self, StateError> {
        let encoder = zstd::Encoder::new(output, LEVEL).and_then(|mut encoder| {
            encoder.include_checksum(true)?;
            Ok(encoder)
        });
        Ok(Self {
            path: path.to_owned(),
            encoder: encoder.map_err(|source| StateError::Write {
                path: path.to_owned(),
                source,
            })?,
            piece: Vec::with_capacity(PIECE_BYTES * 2),
        })
    }

    /// Path, for errors.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Appends a value.
    pub(crate) fn put(&mut self, value: &impl Serialize) -> Result<(), StateError> {
        serde_json::to_writer(&mut self.piece, value).map_err(|error| self.failed(error.into()))?;
        self.piece.push(b'\n');
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Appends lines that hold values already.
    pub(crate) fn copy(&mut self, mut lines: impl BufRead) -> Result<(), StateError> {
        loop {
            let read = match lines.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(|error| self.failed(error))?,
            };
            if read.is_empty() {
                return Ok(());
            }
            let length = read.len();
            self.piece.extend_from_slice(read);
            lines.consume(length);
            if self.piece.len() >= PIECE_BYTES {
                self.flush()?;
            }
        }
    }

    /// Ends the file; without it, the file counts as damaged.
    pub(crate) fn finish(mut self) -> Result<W, StateError> {
        self.flush()?;
        let Self { path, encoder, .. } = self;
        encoder
            .finish()
            .and_then(|mut output| output.flush().map(|()| output))
            .map_err(|source| StateError::Write { path, source })
    }

    fn flush(&mut self) -> Result<(), StateError> {
        let written = self.encoder.write_all(&self.piece);
        self.piece.clear();
        written.map_err(|error| self.failed(error))
    }

    fn failed(&self, source: std::io::Error) -> StateError {
        StateError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

/// Reads them back.
pub(crate) struct LineReader<R: Read> {
    path: String,
    input: BufReader<zstd::Decoder<'static, BufReader<R>>>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> LineReader<R> {
    /// Opens a file; `path` is for errors.
    pub(crate) fn new(path: &str, input: R) -> Result<Self, StateError> {
        let decoder =
            zstd::Decoder::new(input).map_err(|error| StateError::reading(path, 1, error))?;
        Ok(Self {
            path: path.to_owned(),
            input: BufReader::with_capacity(PIECE_BYTES, decoder),
            line: Vec::new(),
            number: 0,
        })
    }

    /// The next value; `None` at the end.
    pub(crate) fn next<'a, T: Deserialize<'a>>(&'a mut self) -> Result<Option<T>, StateError> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.input)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut self.line)
            .map_err(|error| StateError::reading(&self.path, self.number, error))?;
        if read == 0 {
            return Ok(None);
        }
        if self.line.last() != Some(&b'\n') {
            return Err(self.damaged("a line without end"));
        }
        serde_json::from_slice(&self.line)
            .map(Some)
            .map_err(|error| StateError::Damaged {
                path: self.path.clone(),
                line: self.number,
                source: error.into(),
            })
    }

    /// The first line, which every file has, if it is of a version that is known here.
    pub(crate) fn header<T: DeserializeOwned>(&mut self, known: u32) -> Result<T, StateError> {
        let Some(header) = self.next::<Value>()? else {
            return Err(self.damaged("nothing in it"));
        };
        // The version first: what else a later one holds may not be understood.
        let version = header.get("version").and_then(Value::as_u64);
        let Some(version) = version.and_then(|v| u32::try_from(v).ok()) else {
            return Err(self.damaged("no version"));
        };
        StateError::check_version(&self.path, version, known)?;
        serde_json::from_value(header).map_err(|error| StateError::Damaged {
            path: self.path.clone(),
            line: self.number,
            source: error.into(),
        })
    }

    /// An error at the line read last.
    pub(crate) fn damaged(&self, what: &'static str) -> StateError {
        StateError::damaged(&self.path, self.number, what)
    }

    /// Path, for errors.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}
