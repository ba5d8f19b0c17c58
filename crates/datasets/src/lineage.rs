//! The lineage columns of rows, as [`crate::table::Table::columns`] orders them.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Int64Builder, StringBuilder};

use crate::object::{Object, Product};

/// `account_id, region, source, source_object, record_index, variant` of rows, in the order in which they are appended.
/// `variant` is 0: only a merge can number them.
#[derive(Debug, Default)]
pub(crate) struct LineageRows {
    account_id: StringBuilder,
    region: StringBuilder,
    source: StringBuilder,
    source_object: StringBuilder,
    record_index: Int64Builder,
    variant: Int64Builder,
}

impl LineageRows {
    /// Appends the lineage of a record.
    pub(crate) fn push(&mut self, object: &Object, record_index: i64) {
        self.account_id.append_option(object.account_id.as_deref());
        self.region.append_option(object.region.as_deref());
        self.source
            .append_option(object.product.map(Product::as_str));
        self.source_object.append_value(&object.source_object);
        self.record_index.append_value(record_index);
        self.variant.append_value(0);
    }

    /// About how many bytes one row of the object takes.
    pub(crate) fn row_bytes(object: &Object) -> usize {
        object.source_object.len() + 64
    }

    /// Gives the columns and starts anew.
    pub(crate) fn finish(&mut self) -> [ArrayRef; 6] {
        [
            Arc::new(self.account_id.finish()),
            Arc::new(self.region.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.source_object.finish()),
            Arc::new(self.record_index.finish()),
            Arc::new(self.variant.finish()),
        ]
    }
}
