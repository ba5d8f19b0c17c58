//! Writes one Parquet file of a table: groups that were encoded, and groups copied from another file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parquet::arrow::ArrowSchemaConverter;
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use promptlake_datasets::table::Table;
use promptlake_lake::settings::Encoding;
use sha2::{Digest, Sha256};

use crate::chunk::Chunk;
use crate::digest::hex;
use crate::encode::{self, DATA_KEY};
use crate::group_encoder::GroupColumns;
use crate::run_file::RunFile;

/// A Parquet file as it was written.
#[derive(Clone, Debug)]
pub struct FinishedPart {
    /// Where it lies, temporarily.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Its row groups.
    pub groups: usize,
}

/// A Parquet file being written. Its bytes are hashed on the way.
#[derive(Debug)]
pub struct PartWriter {
    path: PathBuf,
    writer: SerializedFileWriter<Hashing>,
    table: &'static Table,
    rows: u64,
    ahead: Option<SyncAhead>,
}

impl PartWriter {
    /// Starts a file at `path`, which must not exist.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(
        path: &Path,
        table: &'static Table,
        encoding: &Encoding,
    ) -> Result<Self, ParquetError> {
        let schema = table.arrow_schema();
        let properties = Arc::new(encode::properties(table, encoding)?);
        let parquet_schema = ArrowSchemaConverter::new()
            .schema_root("schema")
            .convert(&schema)?;
        let file = Hashing {
            file: BufWriter::with_capacity(1 << 18, File::create_new(path)?),
            hash: Sha256::new(),
            bytes: 0,
        };
        let writer = SerializedFileWriter::new(file, parquet_schema.root_schema_ptr(), properties)?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            table,
            rows: 0,
            ahead: None,
        })
    }

    /// Has the disk write the file while it grows: it will be synced, and less is left to do then.
    #[must_use]
    pub fn syncing_ahead(mut self, ahead: bool) -> Self {
        self.ahead = ahead.then(SyncAhead::default);
        self
    }

    /// What the column writers of groups are made of, on any thread.
    pub(crate) fn group_columns(&self) -> GroupColumns {
        GroupColumns::new(&self.writer, self.table)
    }

    /// Appends an encoded group: the chunks of its leaves, in the order of the schema.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn append(&mut self, chunks: Vec<Chunk>) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to(&mut group)?;
        }
        self.rows += group.close()?.num_rows().cast_unsigned();
        if let Some(ahead) = &mut self.ahead {
            ahead.grown(self.writer.inner())?;
        }
        Ok(())
    }

    /// Appends a group of another file of the same table and encoding, byte for byte.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn copy(&mut self, from: &RunFile, index: usize) -> Result<(), ParquetError> {
        let metadata = from.metadata();
        let source = metadata.row_group(index);
        let mut group = self.writer.next_row_group()?;
        for (column, chunk) in source.columns().iter().enumerate() {
            let column_index = metadata
                .column_index()
                .map(|all| all[index][column].clone());
            let offset_index = metadata
                .offset_index()
                .map(|all| all[index][column].clone());
            let close = ColumnCloseResult {
                bytes_written: chunk.compressed_size().cast_unsigned(),
                rows_written: source.num_rows().cast_unsigned(),
                metadata: as_written(chunk)?,
                bloom_filter: Sbbf::read_from_column_chunk(chunk, from.file())?,
                column_index: column_index
                    .filter(|index| !matches!(index, ColumnIndexMetaData::NONE)),
                offset_index,
            };
            group.append_column(from.file(), close)?;
        }
        self.rows += group.close()?.num_rows().cast_unsigned();
        Ok(())
    }

    /// Writes the footer.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<FinishedPart, ParquetError> {
        // The rows vouch for themselves: without its inventory, a damaged part is told from a new one by this.
        self.writer.flush()?;
        let written = self.writer.inner();
        let data = format!(
            "{}-{}",
            written.bytes,
            hex(&written.hash.clone().finalize())
        );
        self.writer
            .append_key_value_metadata(KeyValue::new(DATA_KEY.to_owned(), data));
        let groups = self.writer.flushed_row_groups().len();
        let mut file = self.writer.into_inner()?;
        file.flush()?;
        if let Some(ahead) = self.ahead {
            ahead.end()?;
        }
        Ok(FinishedPart {
            path: self.path,
            sha256: file.hash.finalize().into(),
            bytes: file.bytes,
            rows: self.rows,
            groups,
        })
    }
}

/// The metadata of a chunk as its writer had it: reading forgets that signed statistics are written in the old fields too.
fn as_written(chunk: &ColumnChunkMetaData) -> Result<ColumnChunkMetaData, ParquetError> {
    let Some(statistics) = chunk
        .statistics()
        .filter(|_| chunk.column_descr().sort_order().is_signed())
    else {
        return Ok(chunk.clone());
    };
    let statistics = match statistics.clone() {
        Statistics::Boolean(values) => {
            Statistics::Boolean(values.with_backwards_compatible_min_max(true))
        }
        Statistics::Int32(values) => {
            Statistics::Int32(values.with_backwards_compatible_min_max(true))
        }
        Statistics::Int64(values) => {
            Statistics::Int64(values.with_backwards_compatible_min_max(true))
        }
        Statistics::Float(values) => {
            Statistics::Float(values.with_backwards_compatible_min_max(true))
        }
        Statistics::Double(values) => {
            Statistics::Double(values.with_backwards_compatible_min_max(true))
        }
        other => other,
    };
    chunk
        .clone()
        .into_builder()
        .set_statistics(statistics)
        .build()
}

/// After so many bytes of a file the next sync begins.
const AHEAD_BYTES: u64 = 32 << 20;

/// Syncs a file while it grows, one sync at a time.
#[derive(Debug, Default)]
struct SyncAhead {
    begun_at: u64,
    running: Option<JoinHandle<io::Result<()>>>,
}

impl SyncAhead {
    /// Begins another sync, if enough was written and none is running.
    fn grown(&mut self, file: &Hashing) -> io::Result<()> {
        let running = self
            .running
            .as_ref()
            .is_some_and(|sync| !sync.is_finished());
        if running || file.bytes < self.begun_at + AHEAD_BYTES {
            return Ok(());
        }
        self.begun_at = file.bytes;
        let descriptor = file.file.get_ref().try_clone()?;
        let sync = thread::Builder::new()
            .name("sync".to_owned())
            .spawn(move || descriptor.sync_data());
        // Without a thread for it, nothing is lost but time: who publishes the file syncs it.
        sync.map_or(Ok(()), |sync| outcome(self.running.replace(sync)))
    }

    /// Waits for the last one.
    fn end(self) -> io::Result<()> {
        outcome(self.running)
    }
}

/// How a sync ended. The system tells an error once: whoever syncs next would not hear of it.
fn outcome(sync: Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    match sync.map(JoinHandle::join) {
        None => Ok(()),
        Some(Ok(synced)) => synced,
        Some(Err(panic)) => std::panic::resume_unwind(panic),
    }
}

/// A file whose bytes are hashed as they are written.
#[derive(Debug)]
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.file.write_all(buf)?;
        self.hash.update(buf);
        self.bytes += buf.len() as u64;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown_to(path: &Path, bytes: u64) -> Hashing {
        Hashing {
            file: BufWriter::new(File::create(path).unwrap()),
            hash: Sha256::new(),
            bytes,
        }
    }

    #[test]
    fn a_sync_that_fails_is_told() {
        // It takes bytes, and cannot be synced.
        let file = grown_to(Path::new("/dev/null"), AHEAD_BYTES);
        let mut ahead = SyncAhead::default();
        ahead.grown(&file).unwrap();
        ahead.end().unwrap_err();
    }

    #[test]
    fn a_sync_begins_where_enough_was_written() {
        let temp = tempfile::tempdir().unwrap();
        let mut file = grown_to(&temp.path().join("part"), AHEAD_BYTES - 1);
        let mut ahead = SyncAhead::default();
        ahead.grown(&file).unwrap();
        assert!(ahead.running.is_none());
        file.bytes += 1;
        ahead.grown(&file).unwrap();
        assert!(ahead.running.is_some());
        assert_eq!(ahead.begun_at, AHEAD_BYTES);
        ahead.end().unwrap();
    }
}
