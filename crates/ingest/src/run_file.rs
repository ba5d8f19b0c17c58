//! A run on disk: a Parquet file of a table, in canonical order, the old part or one parked by this run.

use std::fs::File;
use std::sync::Arc;

use arrow_array::{RecordBatch, new_null_array};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use promptlake_datasets::table::Table;

use crate::commit::hex;
use crate::digest;
use crate::encode::{DATA_KEY, ENCODING_VERSION};

/// How many decoded bytes a batch that is read has, about.
const READ_BYTES: i64 = 4 << 20;

/// A file of rows in canonical order.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    table: &'static Table,
    reader: ArrowReaderMetadata,
    same_encoding: bool,
}

impl RunFile {
    /// Opens a file by its footer.
    ///
    /// # Errors
    /// If it is damaged, or of another table.
    pub fn open(file: File, table: &'static Table) -> Result<Self, ParquetError> {
        let options = ArrowReaderOptions::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_skip_arrow_metadata(true)
            .with_encoding_stats_as_mask(false);
        let reader = ArrowReaderMetadata::load(&file, options)?;
        let entry = |key: &str| entry_of(reader.metadata(), key);
        if entry("promptlake.table").is_some_and(|name| name != table.name) {
            return Err(ParquetError::General(format!(
                "the file is not of table {}",
                table.name
            )));
        }
        let same_encoding = entry("promptlake.encoding_version")
            == Some(ENCODING_VERSION.to_string())
            && entry("promptlake.schema_version") == Some(table.version.to_string());
        for column in table.columns() {
            if let Ok(field) = reader.schema().field_with_name(column.name)
                && !field.data_type().equals_datatype(&column.ty.arrow())
            {
                return Err(ParquetError::General(format!(
                    "column {} of table {} is of another type",
                    column.name, table.name
                )));
            }
        }
        Ok(Self {
            file,
            table,
            reader,
            same_encoding,
        })
    }

    /// An entry of the footer.
    pub fn entry(&self, key: &str) -> Option<String> {
        entry_of(self.metadata(), key)
    }

    /// Whether the bytes of its rows are those that were written, as its own footer says; `None`: it does not say.
    pub fn is_intact(&self) -> Option<bool> {
        let entry = self.entry(DATA_KEY)?;
        let (bytes, sha256) = entry.split_once('-')?;
        let bytes = bytes.parse().ok()?;
        let same = |(hash, length): ([u8; 32], u64)| length == bytes && hex(&hash) == sha256;
        Some(digest::of_start(&self.file, bytes).is_ok_and(same))
    }

    /// The footer, page index included.
    pub fn metadata(&self) -> &Arc<ParquetMetaData> {
        self.reader.metadata()
    }

    /// The file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Its rows.
    pub fn rows(&self) -> u64 {
        self.metadata().file_metadata().num_rows().cast_unsigned()
    }

    /// Its row groups.
    pub fn groups(&self) -> usize {
        self.metadata().num_row_groups()
    }

    /// The rows of a group.
    pub fn group_rows(&self, group: usize) -> u64 {
        self.metadata().row_group(group).num_rows().cast_unsigned()
    }

    /// Whether its groups may be copied: they are encoded as this version encodes.
    pub fn same_encoding(&self) -> bool {
        self.same_encoding
    }

    /// Reads groups: those columns, or all; those rows, or all. Batches have the table's columns in the table's order,
    /// with NULLs for those that the file does not have yet.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(
        &self,
        columns: Option<&[&str]>,
        groups: Vec<usize>,
        rows: Option<RowSelection>,
    ) -> Result<Batches, ParquetError> {
        let schema = self.reader.parquet_schema();
        let wanted = |name: &str| columns.is_none_or(|columns| columns.contains(&name));
        let leaves =
            (0..schema.num_columns()).filter(|leaf| wanted(schema.get_column_root(*leaf).name()));
        let mask = ProjectionMask::leaves(schema, leaves);
        let bytes: i64 = groups
            .iter()
            .map(|group| weight_of(self.metadata(), *group, &mask))
            .sum();
        let count: i64 = groups
            .iter()
            .map(|group| self.metadata().row_group(*group).num_rows())
            .sum();
        let batch_rows = (READ_BYTES * count / bytes.max(1)).clamp(8, 8192);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.try_clone()?,
            self.reader.clone(),
        )
        .with_projection(mask)
        .with_row_groups(groups)
        .with_batch_size(usize::try_from(batch_rows).unwrap_or(8));
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        let schema = self.table.arrow_schema();
        let wanted: Vec<usize> = (0..schema.fields().len())
            .filter(|i| wanted(schema.field(*i).name()))
            .collect();
        Ok(Batches {
            reader: builder.build()?,
            schema: Arc::new(schema.project(&wanted)?),
        })
    }
}

fn entry_of(metadata: &ParquetMetaData, key: &str) -> Option<String> {
    let entries = metadata.file_metadata().key_value_metadata()?;
    entries.iter().find(|entry| entry.key == key)?.value.clone()
}

/// The decoded bytes of a group's projected columns, as far as its footer tells.
fn weight_of(metadata: &ParquetMetaData, group: usize, mask: &ProjectionMask) -> i64 {
    let columns = metadata.row_group(group).columns().iter().enumerate();
    columns
        .filter(|(leaf, _)| mask.leaf_included(*leaf))
        .map(|(_, column)| column.uncompressed_size())
        .sum()
}

/// The batches of a [`RunFile::read`].
#[derive(Debug)]
pub struct Batches {
    reader: ParquetRecordBatchReader,
    schema: arrow_schema::SchemaRef,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error.into())),
        };
        let columns =
            self.schema
                .fields()
                .iter()
                .map(|field| match batch.column_by_name(field.name()) {
                    Some(column) => Arc::clone(column),
                    None => new_null_array(field.data_type(), batch.num_rows()),
                });
        Some(RecordBatch::try_new(Arc::clone(&self.schema), columns.collect()).map_err(Into::into))
    }
}
