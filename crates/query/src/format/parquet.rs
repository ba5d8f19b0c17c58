//! Parquet.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::error::DataFusionError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::error::QueryError;

/// A Parquet file being written.
pub(super) struct ParquetFile<'a> {
    writer: ArrowWriter<&'a mut (dyn Write + Send)>,
}

impl<'a> ParquetFile<'a> {
    pub(super) fn new(
        schema: &SchemaRef,
        out: &'a mut (dyn Write + Send),
    ) -> Result<Self, QueryError> {
        let properties = WriterProperties::builder()
            .set_created_by("promptlake".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            // Readers see plain Parquet types, not how this engine held them.
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(out, SchemaRef::clone(schema), options);
        Ok(Self {
            writer: writer.map_err(error)?,
        })
    }

    pub(super) fn batch(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.writer.write(batch).map_err(error)
    }

    pub(super) fn finish(self) -> Result<(), QueryError> {
        self.writer.close().map(drop).map_err(error)
    }
}

fn error(error: ParquetError) -> QueryError {
    QueryError::Engine(Box::new(DataFusionError::ParquetError(Box::new(error))))
}
