//! Builds what rows of prompt logs have in common.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};

use super::event::Event;
use crate::instant;
use crate::lineage::LineageRows;
use crate::user_id;

/// The columns of [`super::columns`] up to `event_date`, and the lineage; counts rows and their bytes.
pub(crate) struct EventRows {
    rows: usize,
    bytes: usize,
    request_id: StringBuilder,
    user_id: StringBuilder,
    user_id_raw: StringBuilder,
    identity_store_id: StringBuilder,
    event_ts: TimestampMillisecondBuilder,
    event_ts_nanos: Int64Builder,
    event_date: Date32Builder,
    lineage: LineageRows,
}

/// The columns of rows, without those that a table has alone.
pub(crate) struct EventColumns {
    /// From `request_id` to `event_date`.
    pub(crate) head: [ArrayRef; 7],
    /// The lineage.
    pub(crate) lineage: [ArrayRef; 6],
}

impl EventRows {
    pub(crate) fn new() -> Self {
        Self {
            rows: 0,
            bytes: 0,
            request_id: StringBuilder::new(),
            user_id: StringBuilder::new(),
            user_id_raw: StringBuilder::new(),
            identity_store_id: StringBuilder::new(),
            event_ts: TimestampMillisecondBuilder::new().with_timezone("UTC"),
            event_ts_nanos: Int64Builder::new(),
            event_date: Date32Builder::new(),
            lineage: LineageRows::default(),
        }
    }

    /// Begins a row, whose columns of the table alone take about `more` bytes.
    pub(crate) fn push(
        &mut self,
        event: &Event<'_>,
        request_id: Option<&str>,
        user_id: Option<&str>,
        more: usize,
    ) {
        let user = user_id.map(user_id::split);
        self.request_id.append_option(request_id);
        self.user_id.append_option(user.map(|user| user.user_id));
        self.user_id_raw.append_option(user_id);
        self.identity_store_id
            .append_option(user.and_then(|user| user.identity_store_id));
        self.event_ts
            .append_option(event.nanos.map(instant::floor_millis));
        self.event_ts_nanos.append_option(event.nanos);
        self.event_date.append_value(event.day.0);
        self.lineage.push(event.object, event.index);
        self.rows += 1;
        self.bytes += LineageRows::row_bytes(event.object)
            + request_id.map_or(0, str::len)
            + 2 * user_id.map_or(0, str::len)
            + 8 * 7
            + more;
    }

    /// About how many bytes are held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows begun since the last call; `None` if there are none.
    pub(crate) fn take(&mut self) -> Option<EventColumns> {
        if self.rows == 0 {
            return None;
        }
        self.rows = 0;
        self.bytes = 0;
        Some(EventColumns {
            head: [
                Arc::new(self.request_id.finish()),
                Arc::new(self.user_id.finish()),
                Arc::new(self.user_id_raw.finish()),
                Arc::new(self.identity_store_id.finish()),
                Arc::new(self.event_ts.finish()),
                Arc::new(self.event_ts_nanos.finish()),
                Arc::new(self.event_date.finish()),
            ],
            lineage: self.lineage.finish(),
        })
    }
}

/// Unicode scalar values of a text.
pub(crate) fn chars(text: &str) -> i64 {
    i64::try_from(text.chars().count()).expect("invariant: a text is shorter than 2^63")
}
