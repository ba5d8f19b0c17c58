//! The lineage columns that every table ends with.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Int64Builder, StringBuilder};

use crate::object::{Object, Product};
use crate::table::Lineage;

/// Builds the lineage columns, a row at a time.
#[derive(Debug)]
pub struct LineageRows {
    lineage: Lineage,
    account_id: StringBuilder,
    region: StringBuilder,
    source: StringBuilder,
    source_object: StringBuilder,
    record_index: Int64Builder,
    variant: Int64Builder,
    extra: StringBuilder,
}

impl LineageRows {
    /// Of a table with these columns.
    pub fn new(lineage: Lineage) -> Self {
        Self {
            lineage,
            account_id: StringBuilder::new(),
            region: StringBuilder::new(),
            source: StringBuilder::new(),
            source_object: StringBuilder::new(),
            record_index: Int64Builder::new(),
            variant: Int64Builder::new(),
            extra: StringBuilder::new(),
        }
    }

    /// Appends a row and gives the bytes of its text. `variant` is 0 until the rows of its key are compared.
    pub fn push(&mut self, object: &Object, record_index: i64, extra: Option<&str>) -> usize {
        self.account_id.append_option(object.account_id.as_deref());
        self.region.append_option(object.region.as_deref());
        self.source
            .append_option(object.product.map(Product::as_str));
        self.source_object.append_value(&object.source_object);
        self.record_index.append_value(record_index);
        if self.lineage.variant {
            self.variant.append_value(0);
        }
        if self.lineage.extra {
            self.extra.append_option(extra);
        }
        object.source_object.len() + extra.map_or(0, str::len)
    }

    /// The columns of the rows appended since the last call, in the table's order.
    pub fn finish(&mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.account_id.finish()),
            Arc::new(self.region.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.source_object.finish()),
            Arc::new(self.record_index.finish()),
        ];
        if self.lineage.variant {
            columns.push(Arc::new(self.variant.finish()));
        }
        if self.lineage.extra {
            columns.push(Arc::new(self.extra.finish()));
        }
        columns
    }
}
