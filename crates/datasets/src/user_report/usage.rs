//! Rows of `model_usage`.

use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};

use super::activity::Activity;
use super::columns::MODEL_USAGE;
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::table::ColumnType;

/// Builds rows of the table.
pub(super) struct UsageRows {
    event_date: Date32Builder,
    user_id: StringBuilder,
    client_type: StringBuilder,
    model: StringBuilder,
    model_raw: StringBuilder,
    messages: Int64Builder,
    report_ts: TimestampMillisecondBuilder,
    lineage: LineageRows,
}

impl UsageRows {
    pub(super) fn new() -> Self {
        Self {
            event_date: Date32Builder::new(),
            user_id: StringBuilder::new(),
            client_type: StringBuilder::new(),
            model: StringBuilder::new(),
            model_raw: StringBuilder::new(),
            messages: Int64Builder::new(),
            report_ts: TimestampMillisecondBuilder::new()
                .with_data_type(ColumnType::Instant.arrow()),
            lineage: LineageRows::default(),
        }
    }

    /// Appends a model of a user's day. Gives about how many bytes it takes.
    pub(super) fn push(
        &mut self,
        parent: &Activity<'_>,
        object: &Object,
        record_index: i64,
        (model, model_raw, messages): (&str, &str, i64),
    ) -> usize {
        self.event_date.append_value(parent.day.0);
        self.user_id.append_value(parent.user.user_id);
        self.client_type.append_option(parent.client_type);
        self.model.append_value(model);
        self.model_raw.append_value(model_raw);
        self.messages.append_value(messages);
        self.report_ts.append_option(object.report_ts);
        self.lineage.push(object, record_index);
        LineageRows::row_bytes(object) + parent.user.user_id.len() + 2 * model_raw.len() + 64
    }

    /// Gives the rows and starts anew.
    pub(super) fn finish(&mut self) -> RecordBatch {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.event_date.finish()),
            Arc::new(self.user_id.finish()),
            Arc::new(self.client_type.finish()),
            Arc::new(self.model.finish()),
            Arc::new(self.model_raw.finish()),
            Arc::new(self.messages.finish()),
            Arc::new(self.report_ts.finish()),
        ];
        columns.extend(self.lineage.finish());
        RecordBatch::try_new(MODEL_USAGE.arrow_schema(), columns)
            .expect("invariant: the builders are the table's columns")
    }
}
