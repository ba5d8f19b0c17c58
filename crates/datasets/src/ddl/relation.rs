//! What a statement is made of: a table or a dimension table.

use crate::dims::{DIMS, Dim};
use crate::render::all_tables;
use crate::table::{Column, Table};

/// A table of the lake as an engine sees it.
#[derive(Debug)]
pub struct Relation {
    /// Its name.
    pub name: &'static str,
    /// One row is …
    pub doc: &'static str,
    /// The columns of its files, in their order.
    pub columns: Vec<&'static Column>,
    /// Its folder below the lake, with a `/` at its end.
    pub folder: String,
    /// Whether its files lie in folders `dt=YYYY-MM-DD/`.
    pub partitioned: bool,
}

impl From<&'static Table> for Relation {
    fn from(table: &'static Table) -> Self {
        Self {
            name: table.name,
            doc: table.doc,
            columns: table.columns().collect(),
            folder: format!("tables/{}/", table.name),
            partitioned: true,
        }
    }
}

impl From<&'static Dim> for Relation {
    fn from(dim: &'static Dim) -> Self {
        Self {
            name: dim.name,
            doc: dim.doc,
            columns: dim.columns.iter().collect(),
            folder: format!("dims/{}/", dim.name),
            partitioned: false,
        }
    }
}

/// Every table, then every dimension table.
pub fn relations() -> Vec<Relation> {
    all_tables()
        .into_iter()
        .map(Relation::from)
        .chain(DIMS.into_iter().map(Relation::from))
        .collect()
}
