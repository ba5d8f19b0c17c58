//! Builds rows of `lex_slot`.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};

use super::columns::SLOT;
use super::entry::Entry;
use super::slots::SlotRow;
use crate::day::Day;
use crate::json::Arena;
use crate::lineage::LineageRows;
use crate::object::Object;

/// What a row weighs beside its text, in bytes.
const FIXED: usize = 8 * 18;

/// A builder a column, in the table's order.
pub(super) struct SlotRows {
    bytes: usize,
    request_id: StringBuilder,
    session_id: StringBuilder,
    event_date: Date32Builder,
    bot_name: StringBuilder,
    intent: StringBuilder,
    slot: StringBuilder,
    shape: StringBuilder,
    original_value: StringBuilder,
    interpreted_value: StringBuilder,
    resolved_values: ListBuilder<StringBuilder>,
    is_filled: BooleanBuilder,
    is_obfuscated: BooleanBuilder,
    lineage: LineageRows,
}

impl SlotRows {
    pub(super) fn new() -> Self {
        let element = Field::new("element", DataType::Utf8, true);
        Self {
            bytes: 0,
            request_id: StringBuilder::new(),
            session_id: StringBuilder::new(),
            event_date: Date32Builder::new(),
            bot_name: StringBuilder::new(),
            intent: StringBuilder::new(),
            slot: StringBuilder::new(),
            shape: StringBuilder::new(),
            original_value: StringBuilder::new(),
            interpreted_value: StringBuilder::new(),
            resolved_values: ListBuilder::new(StringBuilder::new()).with_field(element),
            is_filled: BooleanBuilder::new(),
            is_obfuscated: BooleanBuilder::new(),
            lineage: LineageRows::default(),
        }
    }

    /// Appends a slot of an entry.
    pub(super) fn push(
        &mut self,
        slot: &SlotRow<'_>,
        entry: &Entry<'_>,
        arena: &Arena,
        (object, index, day): (&Object, i64, Day),
    ) {
        self.bytes += FIXED + LineageRows::row_bytes(object);
        for (column, text) in [
            (&mut self.request_id, arena.get_option(entry.request_id)),
            (&mut self.session_id, arena.get_option(entry.session_id)),
            (&mut self.bot_name, arena.get_option(entry.bot_name)),
            (&mut self.intent, arena.get_option(entry.intent)),
            (&mut self.slot, Some(slot.name)),
            (&mut self.shape, slot.shape),
            (&mut self.original_value, slot.original),
            (&mut self.interpreted_value, slot.interpreted),
        ] {
            self.bytes += text.map_or(0, str::len);
            column.append_option(text);
        }
        for text in slot.resolved.iter().flatten() {
            self.bytes += 8 + text.map_or(0, str::len);
            self.resolved_values.values().append_option(*text);
        }
        self.resolved_values.append(slot.resolved.is_some());
        self.event_date.append_value(day.0);
        self.is_filled.append_value(slot.is_filled);
        self.is_obfuscated.append_value(slot.is_obfuscated);
        self.lineage.push(object, index);
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows appended since the last call, none perhaps.
    pub(super) fn take(&mut self) -> RecordBatch {
        self.bytes = 0;
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.request_id.finish()),
            Arc::new(self.session_id.finish()),
            Arc::new(self.event_date.finish()),
            Arc::new(self.bot_name.finish()),
            Arc::new(self.intent.finish()),
            Arc::new(self.slot.finish()),
            Arc::new(self.shape.finish()),
            Arc::new(self.original_value.finish()),
            Arc::new(self.interpreted_value.finish()),
            Arc::new(self.resolved_values.finish()),
            Arc::new(self.is_filled.finish()),
            Arc::new(self.is_obfuscated.finish()),
        ];
        columns.extend(self.lineage.finish());
        RecordBatch::try_new(SLOT.arrow_schema(), columns)
            .expect("invariant: the builders are the table's columns")
    }
}
