//! A session over a lake: settings under which the lake's SQL means what it means in Trino, and statements that read.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::SchemaRef;
use datafusion::catalog::CatalogProvider as _;
use datafusion::catalog::MemoryCatalogProvider;
use datafusion::common::ScalarValue;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::disk_manager::DiskManagerMode;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::{StreamExt as _, stream};

use crate::error::QueryError;
use crate::functions;
use crate::lake::Lake;
use crate::schema::LakeSchema;
use crate::yielding::YieldingJoins;

/// The names before a table's: `lake.public.chat`.
const CATALOG: &str = "lake";
const SCHEMA: &str = "public";
/// Rows that are worked on at once; prompts are long.
const BATCH_ROWS: usize = 2048;
/// So often a statement is begun again because parts are replaced while it begins.
const ATTEMPTS: usize = 4;

/// What a session may use.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Threads.
    pub threads: usize,
    /// Memory of sorts, joins and aggregates; what does not fit is spilled to `temp_dir`, or the statement fails.
    pub memory_bytes: usize,
    /// Where spilled rows lie.
    pub temp_dir: PathBuf,
    /// Texts for `$name` in statements.
    pub parameters: Vec<(String, String)>,
}

/// A session.
pub struct Session {
    context: SessionContext,
    lake: Arc<Lake>,
    parameters: Vec<(String, String)>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.lake.location())
    }
}

/// The answer to a statement.
pub struct Answer {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows. Dropping it stops the statement.
    pub rows: SendableRecordBatchStream,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({:?})", self.schema)
    }
}

impl Session {
    /// A session over a lake.
    ///
    /// # Errors
    /// If spilled rows have no place.
    pub fn new(lake: Arc<Lake>, options: &SessionOptions) -> Result<Self, QueryError> {
        let mut config = SessionConfig::new()
            .with_default_catalog_and_schema(CATALOG, SCHEMA)
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true)
            .with_target_partitions(options.threads.max(1))
            .with_batch_size(BATCH_ROWS);
        let settings = config.options_mut();
        "nulls_last".clone_into(&mut settings.sql_parser.default_null_ordering);
        settings.execution.parquet.pushdown_filters = true;
        settings.execution.parquet.reorder_filters = true;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(options.memory_bytes, 1.0)
            .with_disk_manager_builder(
                DiskManagerBuilder::default()
                    .with_mode(DiskManagerMode::Directories(vec![options.temp_dir.clone()])),
            )
            .build_arc()?;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_physical_optimizer_rule(Arc::new(YieldingJoins))
            .build();
        let context = SessionContext::new_with_state(state);
        let schema = Arc::new(LakeSchema::new(&lake));
        let catalog = Arc::new(MemoryCatalogProvider::new());
        catalog.register_schema(SCHEMA, Arc::<LakeSchema>::clone(&schema) as _)?;
        context.register_catalog(CATALOG, catalog);
        functions::register(&context);
        schema.plan_views_in(context.state_weak_ref());
        Ok(Self {
            context,
            lake,
            parameters: options.parameters.clone(),
        })
    }

    /// The lake.
    pub fn lake(&self) -> &Arc<Lake> {
        &self.lake
    }

    /// The engine's context, for what is completed and highlighted.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Begins a statement, which may only read. Where a part was replaced since the lake was listed, it is listed again.
    ///
    /// # Errors
    /// If it cannot be parsed, planned or begun.
    pub async fn query(&self, statement: &str) -> Result<Answer, QueryError> {
        self.lake.forget_read();
        let mut attempt = 1;
        loop {
            match self.begin(statement).await {
                Err(QueryError::Changed { .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::task::block_in_place(|| self.lake.refresh())?;
                }
                result => return result,
            }
        }
    }

    /// Begins a statement and waits for its first rows: by then, every part's version was compared.
    async fn begin(&self, statement: &str) -> Result<Answer, QueryError> {
        let read_only = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let plan = self.context.state().create_logical_plan(statement).await?;
        if let Err(error) = read_only.verify_plan(&plan) {
            let what = QueryError::from(error).to_string();
            return Err(QueryError::ReadOnly(what));
        }
        let plan = if self.parameters.is_empty() {
            plan
        } else {
            let values: Vec<(&str, ScalarValue)> = self
                .parameters
                .iter()
                .map(|(name, text)| (name.as_str(), ScalarValue::from(text.as_str())))
                .collect();
            plan.with_param_values(values)?
        };
        let frame = self.context.execute_logical_plan(plan).await?;
        let mut rows = frame.execute_stream().await?;
        let schema = rows.schema();
        let first = match rows.next().await {
            Some(first) => Some(first?),
            None => None,
        };
        let rows = stream::iter(first.map(Ok)).chain(rows);
        Ok(Answer {
            rows: Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), rows)),
            schema,
        })
    }
}
