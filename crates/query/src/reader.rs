//! Reads the bytes of a part, of exactly the version that the listing shows.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetFileReaderFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};

use crate::error::PartError;
use crate::lake::Lake;
use crate::listing::ListedPart;

/// So many bytes at the end of a part in a bucket are read first: most footers lie in them.
const FOOTER_BYTES: usize = 64 << 10;

/// Makes readers of parts; a file's part is its extension.
#[derive(Debug)]
pub(crate) struct PartReaders {
    pub(crate) lake: Arc<Lake>,
}

impl ParquetFileReaderFactory for PartReaders {
    fn create_reader(
        &self,
        _partition_index: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let part = file.extension::<ListedPart>().ok_or_else(|| {
            DataFusionError::Internal("a file that is no part of the lake".to_owned())
        })?;
        self.lake.note_read(part);
        Ok(Box::new(PartReader::new(
            Arc::clone(&self.lake),
            part.clone(),
        )))
    }
}

/// Reads one part.
pub(crate) struct PartReader {
    lake: Arc<Lake>,
    part: ListedPart,
    file: Option<Arc<File>>,
}

impl PartReader {
    pub(crate) fn new(lake: Arc<Lake>, part: ListedPart) -> Self {
        Self {
            lake,
            part,
            file: None,
        }
    }

    /// The footer, from memory where it was read before.
    pub(crate) async fn footer(&mut self) -> ParquetResult<Arc<ParquetMetaData>> {
        if let Some(footer) = self.lake.footer(&self.part.path, &self.part.version) {
            return Ok(footer);
        }
        if self.part.size == 0 {
            return Err(self.unreadable("it is empty"));
        }
        let footer = if self.lake.remote().is_some() {
            self.remote_footer().await?
        } else {
            self.local_footer()?
        };
        let footer = Arc::new(footer);
        self.lake
            .keep_footer(&self.part.path, &self.part.version, &footer);
        Ok(footer)
    }

    async fn remote_footer(&mut self) -> ParquetResult<ParquetMetaData> {
        let size = self.part.size;
        let footer = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_prefetch_hint(Some(FOOTER_BYTES))
            .load_and_finish(&mut *self, size)
            .await;
        footer.map_err(|error| match error {
            // What the bucket said stays what it is.
            ParquetError::External(cause) => ParquetError::External(cause),
            other => self.unreadable(&other.to_string()),
        })
    }

    fn local_footer(&mut self) -> ParquetResult<ParquetMetaData> {
        let file = self.open()?;
        let mut reader =
            ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
        let counted = Counted {
            file: Arc::clone(&file),
            lake: &self.lake,
            size: self.part.size,
        };
        reader
            .try_parse(&counted)
            .and_then(|()| reader.finish())
            .map_err(|error| self.unreadable(&error.to_string()))
    }

    /// Opens the part, once. What is opened stays what it is when the part is replaced.
    fn open(&mut self) -> ParquetResult<Arc<File>> {
        if let Some(file) = &self.file {
            return Ok(Arc::clone(file));
        }
        let opened = self
            .lake
            .storage()
            .open(&self.part.path, self.lake.temp_dir())
            .map_err(|error| self.unreadable(&with_causes(&error)))?;
        let Some((file, version)) = opened else {
            return Err(self.changed());
        };
        if version != self.part.version {
            return Err(self.changed());
        }
        let file = Arc::new(file);
        self.file = Some(Arc::clone(&file));
        Ok(file)
    }

    fn range(&mut self, range: &Range<u64>) -> ParquetResult<Bytes> {
        let file = self.open()?;
        let length = range.end.saturating_sub(range.start);
        if range.end > self.part.size {
            return Err(self.unreadable("it is cut"));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(&mut bytes, range.start)
            .map_err(|error| self.unreadable(&error.to_string()))?;
        self.lake.count_bytes(length);
        Ok(bytes.into())
    }

    fn unreadable(&self, reason: &str) -> ParquetError {
        ParquetError::External(Box::new(PartError::Unreadable {
            path: self.part.path.clone(),
            reason: reason.to_owned(),
        }))
    }

    fn changed(&self) -> ParquetError {
        ParquetError::External(Box::new(PartError::Changed {
            path: self.part.path.clone(),
        }))
    }
}

impl AsyncFileReader for PartReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            let mut pieces = self.get_byte_ranges(vec![range]).await?;
            pieces
                .pop()
                .ok_or_else(|| ParquetError::EOF("no bytes".to_owned()))
        }
        .boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move {
            let Some(remote) = self.lake.remote() else {
                // Reads of a local file are not worth a thread of their own.
                return ranges.iter().map(|range| self.range(range)).collect();
            };
            let pieces = remote.ranges(&self.part, &ranges).await?;
            let wanted = ranges
                .iter()
                .map(|range| range.end.saturating_sub(range.start));
            self.lake.count_bytes(wanted.sum());
            Ok(pieces)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        self.footer().boxed()
    }
}

/// A file whose reads are counted.
struct Counted<'a> {
    file: Arc<File>,
    lake: &'a Lake,
    size: u64,
}

impl parquet::file::reader::Length for Counted<'_> {
    fn len(&self) -> u64 {
        self.size
    }
}

impl parquet::file::reader::ChunkReader for Counted<'_> {
    type T = std::io::Cursor<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let length = usize::try_from(self.size.saturating_sub(start)).unwrap_or(0);
        Ok(std::io::Cursor::new(self.get_bytes(start, length)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = start.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if end > self.size {
            return Err(ParquetError::EOF(
                "the footer points beyond the end".to_owned(),
            ));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        self.lake.count_bytes(end - start);
        Ok(bytes.into())
    }
}

/// An error with its causes, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
