//! Builds rows of `dev_task`.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};

use super::columns::DEV_TASK;
use super::record::Record;
use crate::json::Arena;
use crate::prompt_log::{Event, EventRows, chars};
use crate::texts::finish_texts;

/// A builder a column, in the table's order.
pub(super) struct TaskRows {
    events: EventRows,
    prompt: StringBuilder,
    prompt_chars: Int64Builder,
    raw_json: StringBuilder,
}

impl TaskRows {
    pub(super) fn new() -> Self {
        Self {
            events: EventRows::new(),
            prompt: StringBuilder::new(),
            prompt_chars: Int64Builder::new(),
            raw_json: StringBuilder::new(),
        }
    }

    /// Appends a row.
    pub(super) fn push(
        &mut self,
        event: &Event<'_>,
        record: &Record<'_>,
        raw_json: &str,
        arena: &Arena,
    ) {
        let prompt = arena.get_option(record.prompt);
        self.prompt.append_option(prompt);
        self.prompt_chars.append_option(prompt.map(chars));
        self.raw_json.append_value(raw_json);
        self.events.push(
            event,
            arena.get_option(record.request_id),
            arena.get_option(record.user_id),
            prompt.map_or(0, str::len) + raw_json.len() + 8 * 3,
        );
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        self.events.bytes()
    }

    /// The rows appended since the last call; `None` if there are none.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        let events = self.events.take()?;
        let mut columns = Vec::from(events.head);
        let own: [ArrayRef; 3] = [
            Arc::new(finish_texts(&mut self.prompt)),
            Arc::new(self.prompt_chars.finish()),
            Arc::new(finish_texts(&mut self.raw_json)),
        ];
        columns.extend(own);
        columns.extend(events.lineage);
        Some(
            RecordBatch::try_new(DEV_TASK.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}
