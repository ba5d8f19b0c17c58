//! Builds rows of `user_activity_legacy`.

use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};

use super::columns::USER_ACTIVITY_LEGACY;
use super::layout::FIRST_METRIC;
use super::metrics::METRICS;
use crate::day::Day;
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::report::{Refusal, Row};
use crate::user_id::UserId;

/// A row, read and found good.
pub(super) struct UserDay<'a> {
    pub(super) day: Day,
    user_id_raw: &'a str,
    user: UserId<'a>,
    /// In the order of `METRICS`.
    metrics: [Option<i64>; METRICS.len()],
}

impl<'a> UserDay<'a> {
    /// Reads a row; changes nothing.
    pub(super) fn read(row: &Row<'a>, object: &Object) -> Result<Self, Refusal> {
        let day = row.day(object)?;
        let (user_id_raw, user) = row.user()?;
        let mut metrics = [None; METRICS.len()];
        for (number, metric) in metrics.iter_mut().enumerate() {
            *metric = row.count(FIRST_METRIC + number)?;
        }
        Ok(Self {
            day,
            user_id_raw,
            user,
            metrics,
        })
    }
}

/// A builder a column.
pub(super) struct LegacyRows {
    rows: usize,
    bytes: usize,
    event_date: Date32Builder,
    user_id: StringBuilder,
    user_id_raw: StringBuilder,
    identity_store_id: StringBuilder,
    metrics: [Int64Builder; METRICS.len()],
    report_ts: TimestampMillisecondBuilder,
    lineage: LineageRows,
    extra_json: StringBuilder,
}

impl LegacyRows {
    pub(super) fn new() -> Self {
        Self {
            rows: 0,
            bytes: 0,
            event_date: Date32Builder::new(),
            user_id: StringBuilder::new(),
            user_id_raw: StringBuilder::new(),
            identity_store_id: StringBuilder::new(),
            metrics: std::array::from_fn(|_| Int64Builder::new()),
            report_ts: TimestampMillisecondBuilder::new().with_timezone("UTC"),
            lineage: LineageRows::default(),
            extra_json: StringBuilder::new(),
        }
    }

    /// Appends a row; `extra_json` is empty where there is none.
    pub(super) fn push(
        &mut self,
        row: &UserDay<'_>,
        object: &Object,
        record_index: i64,
        extra_json: &str,
    ) {
        self.event_date.append_value(row.day.0);
        self.user_id.append_value(row.user.user_id);
        self.user_id_raw.append_value(row.user_id_raw);
        self.identity_store_id
            .append_option(row.user.identity_store_id);
        for (column, metric) in self.metrics.iter_mut().zip(row.metrics) {
            column.append_option(metric);
        }
        self.report_ts.append_option(object.report_ts);
        self.lineage.push(object, record_index);
        self.extra_json
            .append_option((!extra_json.is_empty()).then_some(extra_json));
        self.rows += 1;
        self.bytes += LineageRows::row_bytes(object)
            + 2 * row.user_id_raw.len()
            + extra_json.len()
            + 8 * (METRICS.len() + 6);
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows appended since the last call; `None` if there are none.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        if self.rows == 0 {
            return None;
        }
        self.rows = 0;
        self.bytes = 0;
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.event_date.finish()),
            Arc::new(self.user_id.finish()),
            Arc::new(self.user_id_raw.finish()),
            Arc::new(self.identity_store_id.finish()),
        ];
        let metrics = self.metrics.iter_mut();
        columns.extend(metrics.map(|metric| Arc::new(metric.finish()) as ArrayRef));
        columns.push(Arc::new(self.report_ts.finish()));
        columns.extend(self.lineage.finish());
        columns.push(Arc::new(self.extra_json.finish()));
        Some(
            RecordBatch::try_new(USER_ACTIVITY_LEGACY.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}
