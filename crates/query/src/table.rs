//! A table of the lake as the engine sees it: an explicit schema, one file a day, nothing inferred.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{ScalarValue, Statistics, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use promptlake_datasets::day::Day;
use promptlake_datasets::ddl::Relation;
use promptlake_datasets::table::{Column, ColumnType};
use tokio::runtime::Handle;

use crate::lake::Lake;
use crate::listing::ListedPart;
use crate::prune;
use crate::reader::{PartReader, PartReaders};

/// The partition column.
const DT: &str = "dt";
/// Parts whose rows are looked up by one thread, more are shared out; and threads at most.
const LOCAL: (usize, usize) = (64, 8);
/// In a bucket they wait more than they work.
const REMOTE: (usize, usize) = (2, 32);

/// A table or dimension table of a lake.
#[derive(Debug)]
pub(crate) struct LakeTable {
    lake: Arc<Lake>,
    relation: Relation,
    files: TableSchema,
    /// Where `event_date` stands, of which every part tells the value.
    event_date: Option<usize>,
}

impl LakeTable {
    pub(crate) fn new(lake: Arc<Lake>, relation: Relation) -> Self {
        let columns: Vec<Field> = relation
            .columns
            .iter()
            .map(|column| field(column))
            .collect();
        let event_date = columns
            .iter()
            .position(|field| field.name() == "event_date")
            .filter(|_| relation.partitioned);
        let partition: Vec<FieldRef> = relation
            .partitioned
            .then(|| Arc::new(Field::new(DT, DataType::Utf8View, false)))
            .into_iter()
            .collect();
        let files = TableSchema::builder(Arc::new(Schema::new(columns)))
            .with_table_partition_cols(partition)
            .build();
        Self {
            lake,
            relation,
            files,
            event_date,
        }
    }

    /// The parts that can hold a row for which all filters are true.
    fn surviving(&self, session: &dyn Session, filters: &[Expr]) -> Result<Vec<ListedPart>> {
        let listing = self.lake.listing();
        if !self.relation.partitioned {
            let part = listing.dim(self.relation.name).cloned();
            self.lake.count_parts(part.iter().len(), 0);
            return Ok(part.into_iter().collect());
        }
        let parts = listing.parts(self.relation.name);
        let days: Vec<Day> = parts.iter().filter_map(|part| part.dt).collect();
        let keep = prune::keep(session, self.files.table_schema(), &days, filters)?;
        let kept: Vec<ListedPart> = parts
            .iter()
            .zip(keep)
            .filter(|(_, keep)| *keep)
            .map(|(part, _)| part.clone())
            .collect();
        self.lake.count_parts(parts.len(), parts.len() - kept.len());
        Ok(kept)
    }

    /// A part as a file with its rows known; `None`: it has none.
    fn file(&self, part: ListedPart, runtime: &Handle) -> Result<Option<PartitionedFile>> {
        let rows = rows(&self.lake, self.relation.name, &part, runtime)?;
        if rows == 0 {
            return Ok(None);
        }
        let mut statistics = Statistics::new_unknown(self.files.file_schema());
        statistics.num_rows = Precision::Exact(usize::try_from(rows).unwrap_or(usize::MAX));
        if let (Some(index), Some(dt)) = (self.event_date, part.dt) {
            let value = Precision::Exact(ScalarValue::Date32(Some(dt.0)));
            let column = &mut statistics.column_statistics[index];
            column.null_count = Precision::Exact(0);
            column.min_value = value.clone();
            column.max_value = value;
        }
        let values = part
            .dt
            .map(|dt| ScalarValue::Utf8View(Some(dt.to_string())));
        Ok(Some(
            PartitionedFile::new(part.path.clone(), part.size)
                .with_partition_values(values.into_iter().collect())
                .with_statistics(Arc::new(statistics))
                .with_extension(part),
        ))
    }

    /// What is known of all files together: files are in the order of their days.
    fn statistics(&self, files: &[PartitionedFile]) -> Statistics {
        let mut total = Statistics::new_unknown(self.files.table_schema());
        total.num_rows = Precision::Exact(0);
        for file in files {
            let rows = file.statistics.as_ref().map(|known| known.num_rows);
            total.num_rows = total.num_rows.add(&rows.unwrap_or_default());
        }
        let (Some(first), Some(last)) = (files.first(), files.last()) else {
            return total;
        };
        let days = self.event_date.into_iter();
        for index in days.chain(
            self.relation
                .partitioned
                .then_some(self.relation.columns.len()),
        ) {
            let of = |file: &PartitionedFile| {
                let known = file.statistics.as_ref();
                known.and_then(|known| known.column_statistics.get(index).cloned())
            };
            if let (Some(first), Some(last)) = (of(first), of(last)) {
                let column = &mut total.column_statistics[index];
                column.null_count = Precision::Exact(0);
                column.min_value = first.min_value;
                column.max_value = last.max_value;
            }
        }
        total
    }

    /// All parts as files.
    fn files(&self, parts: Vec<ListedPart>, runtime: &Handle) -> Result<Vec<PartitionedFile>> {
        let (parts_a_thread, threads) = if self.lake.remote().is_some() {
            REMOTE
        } else {
            LOCAL
        };
        let threads = parts.len().div_ceil(parts_a_thread).clamp(1, threads);
        let share = parts.len().div_ceil(threads).max(1);
        let mut shares: Vec<Vec<ListedPart>> = Vec::new();
        let mut parts = parts.into_iter();
        loop {
            let some: Vec<_> = parts.by_ref().take(share).collect();
            if some.is_empty() {
                break;
            }
            shares.push(some);
        }
        let one = |share: Vec<ListedPart>| -> Result<Vec<PartitionedFile>> {
            share
                .into_iter()
                .filter_map(|part| self.file(part, runtime).transpose())
                .collect()
        };
        let results: Vec<Result<Vec<PartitionedFile>>> = if shares.len() <= 1 {
            shares.into_iter().map(one).collect()
        } else {
            std::thread::scope(|scope| {
                let running: Vec<_> = shares
                    .into_iter()
                    .map(|share| scope.spawn(|| one(share)))
                    .collect();
                running
                    .into_iter()
                    .map(|thread| {
                        thread
                            .join()
                            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                    })
                    .collect()
            })
        };
        let mut files = Vec::new();
        for result in results {
            files.extend(result?);
        }
        Ok(files)
    }
}

/// The rows of a part: by its inventory, or by its own footer where that is another version's.
fn rows(lake: &Arc<Lake>, table: &str, part: &ListedPart, runtime: &Handle) -> Result<u64> {
    if part.size > 0
        && let Some(rows) = lake.inventoried_rows(table, part)
    {
        return Ok(rows);
    }
    let mut reader = PartReader::new(Arc::clone(lake), part.clone());
    let footer = runtime
        .block_on(reader.footer())
        .map_err(|error| DataFusionError::ParquetError(Box::new(error)))?;
    let rows = u64::try_from(footer.file_metadata().num_rows()).unwrap_or(0);
    lake.remember_rows(part, rows);
    Ok(rows)
}

/// A column for the engine: text as views, of which an array may hold more than 2 GiB.
fn field(column: &Column) -> Field {
    let ty = match column.ty {
        ColumnType::Text => DataType::Utf8View,
        other => other.arrow(),
    };
    Field::new(column.name, ty, true)
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.files.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let parts = self.surviving(session, filters)?;
        // What the lake's state says is read by calls that wait.
        let runtime = Handle::current();
        let files = tokio::task::block_in_place(|| self.files(parts, &runtime))?;
        if files.is_empty() {
            let schema = project_schema(self.files.table_schema(), projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let statistics = self.statistics(&files);
        let groups = FileGroup::new(files).split_files(session.config().target_partitions().max(1));
        let options = TableParquetOptions {
            global: session.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        let source = ParquetSource::new(self.files.clone())
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(PartReaders {
                lake: Arc::clone(&self.lake),
            }));
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| {
            if self.relation.partitioned && prune::is_exact(filter) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Inexact
            }
        };
        Ok(filters.iter().map(support).collect())
    }
}
