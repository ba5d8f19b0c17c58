//! Builds rows of `lex_conversation`.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};

use super::columns::CONVERSATION;
use super::entry::Entry;
use crate::day::Day;
use crate::instant;
use crate::json::Arena;
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::table::ColumnType;
use crate::texts::finish_texts;

/// What a row weighs beside its text, in bytes.
const FIXED: usize = 8 * 56;

const TEXTS: usize = 33;
const COUNTS: usize = 6;
const DOUBLES: usize = 6;
const FLAGS: usize = 3;

/// What a row's columns cannot be taken from the entry's fields alone.
pub(super) struct Row<'r> {
    pub(super) object: &'r Object,
    pub(super) index: i64,
    /// Nanoseconds since the epoch.
    pub(super) event: Option<i64>,
    pub(super) day: Day,
    pub(super) bot_response: Option<&'r str>,
    pub(super) raw_json: &'r str,
    pub(super) log_group: Option<&'r str>,
    pub(super) log_stream: Option<&'r str>,
}

/// The builders of the columns: those of a type in the order of the table.
pub(super) struct ConversationRows {
    rows: usize,
    bytes: usize,
    texts: [StringBuilder; TEXTS],
    counts: [Int64Builder; COUNTS],
    doubles: [Float64Builder; DOUBLES],
    flags: [BooleanBuilder; FLAGS],
    event_ts: TimestampMillisecondBuilder,
    event_date: Date32Builder,
    lineage: LineageRows,
}

impl ConversationRows {
    pub(super) fn new() -> Self {
        Self {
            rows: 0,
            bytes: 0,
            texts: std::array::from_fn(|_| StringBuilder::new()),
            counts: std::array::from_fn(|_| Int64Builder::new()),
            doubles: std::array::from_fn(|_| Float64Builder::new()),
            flags: std::array::from_fn(|_| BooleanBuilder::new()),
            event_ts: TimestampMillisecondBuilder::new().with_timezone("UTC"),
            event_date: Date32Builder::new(),
            lineage: LineageRows::default(),
        }
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: &Row<'_>, entry: &Entry<'_>, arena: &Arena) {
        let get = |text| arena.get_option(text);
        let slot_to_elicit = get(entry.slot_to_elicit).map(|slot| {
            if entry.sub_slot.is_empty() {
                Cow::Borrowed(slot)
            } else {
                Cow::Owned(format!("{slot}{}", entry.sub_slot))
            }
        });
        let sentiment = get(entry.sentiment.label).map(upper);
        let texts: [Option<&str>; TEXTS] = [
            get(entry.request_id),
            get(entry.session_id),
            get(entry.originating_request_id),
            get(entry.message_version),
            get(entry.bot_id),
            get(entry.bot_name),
            get(entry.bot_alias_id),
            get(entry.bot_alias),
            get(entry.bot_version),
            get(entry.locale),
            get(entry.user_id),
            get(entry.input_mode),
            get(entry.operation_name),
            get(entry.response_reason),
            get(entry.input_transcript),
            get(entry.raw_input_transcript),
            row.bot_response,
            entry.messages.json,
            get(entry.intent),
            get(entry.intent_state),
            get(entry.confirmation_state),
            get(entry.interpretation_source),
            entry.interpretations.json,
            get(entry.dialog_action),
            slot_to_elicit.as_deref(),
            sentiment.as_deref(),
            entry.session_attributes,
            entry.request_attributes,
            get(entry.audio_uri),
            get(entry.audio_content_type),
            Some(row.raw_json),
            row.log_group,
            row.log_stream,
        ];
        self.rows += 1;
        self.bytes += FIXED + LineageRows::row_bytes(row.object);
        for (column, text) in self.texts.iter_mut().zip(texts) {
            self.bytes += text.map_or(0, str::len);
            column.append_option(text);
        }
        let [total, voice, silence] = entry.audio_ms;
        let counts: [Option<i64>; COUNTS] = [
            row.event,
            entry.messages.count,
            entry.interpretations.count,
            total,
            voice,
            silence,
        ];
        for (column, count) in self.counts.iter_mut().zip(counts) {
            column.append_option(count);
        }
        let [positive, negative, neutral, mixed] = entry.sentiment.scores;
        let doubles: [Option<f64>; DOUBLES] = [
            entry.nlu_confidence,
            positive,
            negative,
            neutral,
            mixed,
            entry.transcription_confidence,
        ];
        for (column, number) in self.doubles.iter_mut().zip(doubles) {
            column.append_option(number);
        }
        let flags: [Option<bool>; FLAGS] = [
            entry.missed_utterance,
            entry.developer_override,
            entry.barge_in,
        ];
        for (column, flag) in self.flags.iter_mut().zip(flags) {
            column.append_option(flag);
        }
        self.event_ts
            .append_option(row.event.map(instant::floor_millis));
        self.event_date.append_value(row.day.0);
        self.lineage.push(row.object, row.index);
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
        let (mut texts, mut counts) = (self.texts.iter_mut(), self.counts.iter_mut());
        let (mut doubles, mut flags) = (self.doubles.iter_mut(), self.flags.iter_mut());
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(56);
        for column in CONVERSATION.own {
            let array: Option<ArrayRef> = match column.ty {
                ColumnType::Text => texts.next().map(|b| Arc::new(finish_texts(b)) as ArrayRef),
                ColumnType::Count => counts.next().map(|b| Arc::new(b.finish()) as ArrayRef),
                ColumnType::Double => doubles.next().map(|b| Arc::new(b.finish()) as ArrayRef),
                ColumnType::Flag => flags.next().map(|b| Arc::new(b.finish()) as ArrayRef),
                ColumnType::Instant => Some(Arc::new(self.event_ts.finish())),
                ColumnType::Date => Some(Arc::new(self.event_date.finish())),
                ColumnType::List(_) | ColumnType::Struct(_) => None,
            };
            columns.push(array.expect("invariant: there is a builder a column"));
        }
        columns.extend(self.lineage.finish());
        Some(
            RecordBatch::try_new(CONVERSATION.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}

/// A label in upper case, as it mostly is.
fn upper(label: &str) -> Cow<'_, str> {
    if label
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase())
    {
        Cow::Borrowed(label)
    } else {
        Cow::Owned(label.to_uppercase())
    }
}
