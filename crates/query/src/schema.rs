//! The names of a lake: tables, dimension tables and views. A view is planned when it is first named.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::datasource::{TableType, ViewTable};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionState;
use promptlake_datasets::ddl::relations;
use promptlake_datasets::views::{VIEWS, View, view};

use crate::lake::Lake;
use crate::table::LakeTable;

/// The state of the session in which views are planned; the session holds the schema, so it is held weakly.
pub(crate) type StateRef = Weak<parking_lot::RwLock<SessionState>>;

/// Tables and views of a lake.
#[derive(Debug)]
pub(crate) struct LakeSchema {
    tables: BTreeMap<&'static str, Arc<LakeTable>>,
    views: Mutex<BTreeMap<&'static str, Arc<dyn TableProvider>>>,
    state: OnceLock<StateRef>,
}

impl LakeSchema {
    pub(crate) fn new(lake: &Arc<Lake>) -> Self {
        let tables = relations()
            .into_iter()
            .map(|relation| {
                let name = relation.name;
                (name, Arc::new(LakeTable::new(Arc::clone(lake), relation)))
            })
            .collect();
        Self {
            tables,
            views: Mutex::default(),
            state: OnceLock::new(),
        }
    }

    /// Says where views are planned; the first time counts.
    pub(crate) fn plan_views_in(&self, state: StateRef) {
        self.state.get_or_init(|| state);
    }

    async fn plan(&self, view: &'static View) -> Result<Arc<dyn TableProvider>> {
        let kept = |views: &Mutex<BTreeMap<&str, Arc<dyn TableProvider>>>| {
            let views = views.lock().unwrap_or_else(PoisonError::into_inner);
            views.get(view.name).cloned()
        };
        if let Some(planned) = kept(&self.views) {
            return Ok(planned);
        }
        let state = self.state.get().and_then(Weak::upgrade).ok_or_else(|| {
            DataFusionError::Internal("a view is named outside of a session".to_owned())
        })?;
        let state = state.read().clone();
        let plan = state
            .create_logical_plan(view.query())
            .await
            .map_err(|error| error.context(format!("view {}", view.name)))?;
        let planned: Arc<dyn TableProvider> =
            Arc::new(ViewTable::new(plan, Some(view.text.to_owned())));
        self.views
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(view.name, Arc::clone(&planned));
        Ok(planned)
    }
}

#[async_trait]
impl SchemaProvider for LakeSchema {
    fn table_names(&self) -> Vec<String> {
        let tables = self.tables.keys().copied();
        tables
            .chain(VIEWS.iter().map(|view| view.name))
            .map(str::to_owned)
            .collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.tables.get(name) {
            let table: Arc<dyn TableProvider> = Arc::<LakeTable>::clone(table);
            return Ok(Some(table));
        }
        match view(name) {
            Some(view) => Ok(Some(self.plan(view).await?)),
            None => Ok(None),
        }
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(if self.tables.contains_key(name) {
            Some(TableType::Base)
        } else {
            view(name).map(|_| TableType::View)
        })
    }

    fn table_exist(&self, name: &str) -> bool {
        self.tables.contains_key(name) || view(name).is_some()
    }
}
