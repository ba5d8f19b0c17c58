//! Builds rows of `chat`.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::columns::CHAT;
use super::record::{Record, WebLinks};
use super::router::is_router_turn;
use crate::day::Day;
use crate::instant;
use crate::json::{Arena, Text, Unknown};
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::user_id;

/// What a row weighs beside its text, in bytes.
const FIXED: usize = 8 * 24;

/// What a record's columns cannot be taken from alone.
pub(super) struct Row<'r> {
    pub(super) object: &'r Object,
    pub(super) index: i64,
    /// Nanoseconds since the epoch.
    pub(super) event: Option<i64>,
    pub(super) day: Day,
    pub(super) model: Option<&'r str>,
    pub(super) extra: Option<&'r str>,
}

/// A builder a column, in the table's order.
pub(super) struct ChatRows {
    rows: usize,
    bytes: usize,
    request_id: StringBuilder,
    user_id: StringBuilder,
    user_id_raw: StringBuilder,
    identity_store_id: StringBuilder,
    event_ts: TimestampMillisecondBuilder,
    event_ts_nanos: Int64Builder,
    event_date: Date32Builder,
    trigger: StringBuilder,
    customization_arn: StringBuilder,
    model_id: StringBuilder,
    model: StringBuilder,
    prompt: StringBuilder,
    prompt_chars: Int64Builder,
    response: StringBuilder,
    response_chars: Int64Builder,
    followup_prompts: StringBuilder,
    conversation_id: StringBuilder,
    utterance_id: StringBuilder,
    code_reference_count: Int64Builder,
    code_references: StringBuilder,
    web_link_count: Int64Builder,
    web_links: WebLinkRows,
    is_tool_turn: BooleanBuilder,
    is_router_turn: BooleanBuilder,
    lineage: LineageRows,
    extra: StringBuilder,
}

impl ChatRows {
    pub(super) fn new() -> Self {
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
            trigger: StringBuilder::new(),
            customization_arn: StringBuilder::new(),
            model_id: StringBuilder::new(),
            model: StringBuilder::new(),
            prompt: StringBuilder::new(),
            prompt_chars: Int64Builder::new(),
            response: StringBuilder::new(),
            response_chars: Int64Builder::new(),
            followup_prompts: StringBuilder::new(),
            conversation_id: StringBuilder::new(),
            utterance_id: StringBuilder::new(),
            code_reference_count: Int64Builder::new(),
            code_references: StringBuilder::new(),
            web_link_count: Int64Builder::new(),
            web_links: WebLinkRows::new(),
            is_tool_turn: BooleanBuilder::new(),
            is_router_turn: BooleanBuilder::new(),
            lineage: LineageRows::default(),
            extra: StringBuilder::new(),
        }
    }

    /// Appends a row. `scratch` is used to read the links again.
    pub(super) fn push(
        &mut self,
        row: &Row<'_>,
        record: &Record<'_>,
        arena: &mut Arena,
        scratch: &mut Unknown,
    ) {
        self.rows += 1;
        self.bytes += FIXED + self.push_texts(record, arena);
        let prompt = arena.get_option(record.prompt);
        self.prompt_chars.append_option(prompt.map(chars));
        self.is_tool_turn.append_option(prompt.map(str::is_empty));
        let response = arena.get_option(record.response);
        self.response_chars.append_option(response.map(chars));
        self.is_router_turn
            .append_option(response.map(is_router_turn));

        let user = arena.get_option(record.user_id).map(user_id::split);
        self.user_id.append_option(user.map(|user| user.user_id));
        self.identity_store_id
            .append_option(user.and_then(|user| user.identity_store_id));
        self.model.append_option(row.model);

        self.event_ts
            .append_option(row.event.map(instant::floor_millis));
        self.event_ts_nanos.append_option(row.event);
        self.event_date.append_value(row.day.0);
        self.code_reference_count
            .append_option(record.code_references.map(|(_, count)| count));
        self.web_link_count
            .append_option(record.web_links.map(|links| links.count));
        self.lineage.push(row.object, row.index);
        self.extra.append_option(row.extra);
        self.bytes += LineageRows::row_bytes(row.object) + row.extra.map_or(0, str::len);
        self.bytes += self.web_links.push(record.web_links, arena, scratch);
    }

    /// Appends the texts that are columns as they are, and gives their bytes.
    fn push_texts(&mut self, record: &Record<'_>, arena: &Arena) -> usize {
        let mut bytes = 0;
        let mut push = |column: &mut StringBuilder, text: Option<Text<'_>>| {
            let text = arena.get_option(text);
            bytes += text.map_or(0, str::len);
            column.append_option(text);
        };
        push(&mut self.request_id, record.request_id);
        push(&mut self.user_id_raw, record.user_id);
        push(&mut self.trigger, record.trigger);
        push(&mut self.customization_arn, record.customization_arn);
        push(&mut self.model_id, record.model_id);
        push(&mut self.prompt, record.prompt);
        push(&mut self.response, record.response);
        push(&mut self.followup_prompts, record.followup_prompts);
        push(&mut self.conversation_id, record.conversation_id);
        push(&mut self.utterance_id, record.utterance_id);
        push(
            &mut self.code_references,
            record.code_references.map(|(text, _)| text),
        );
        bytes
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
            Arc::new(self.request_id.finish()),
            Arc::new(self.user_id.finish()),
            Arc::new(self.user_id_raw.finish()),
            Arc::new(self.identity_store_id.finish()),
            Arc::new(self.event_ts.finish()),
            Arc::new(self.event_ts_nanos.finish()),
            Arc::new(self.event_date.finish()),
            Arc::new(self.trigger.finish()),
            Arc::new(self.customization_arn.finish()),
            Arc::new(self.model_id.finish()),
            Arc::new(self.model.finish()),
            Arc::new(self.prompt.finish()),
            Arc::new(self.prompt_chars.finish()),
            Arc::new(self.response.finish()),
            Arc::new(self.response_chars.finish()),
            Arc::new(self.followup_prompts.finish()),
            Arc::new(self.conversation_id.finish()),
            Arc::new(self.utterance_id.finish()),
            Arc::new(self.code_reference_count.finish()),
            Arc::new(self.code_references.finish()),
            Arc::new(self.web_link_count.finish()),
            Arc::new(self.web_links.finish()),
            Arc::new(self.is_tool_turn.finish()),
            Arc::new(self.is_router_turn.finish()),
        ];
        columns.extend(self.lineage.finish());
        columns.push(Arc::new(self.extra.finish()));
        Some(
            RecordBatch::try_new(CHAT.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}

/// Builds the column `web_links`.
struct WebLinkRows {
    members: [StringBuilder; 3],
    links: i32,
    links_there: NullBufferBuilder,
    ends: Vec<i32>,
    there: NullBufferBuilder,
}

impl WebLinkRows {
    fn new() -> Self {
        Self {
            members: std::array::from_fn(|_| StringBuilder::new()),
            links: 0,
            links_there: NullBufferBuilder::new(0),
            ends: vec![0],
            there: NullBufferBuilder::new(0),
        }
    }

    fn push(
        &mut self,
        links: Option<WebLinks<'_>>,
        arena: &mut Arena,
        scratch: &mut Unknown,
    ) -> usize {
        let mut bytes = 0;
        if let Some(links) = links.filter(|links| links.count > 0) {
            links.each(arena, scratch, |link, arena| {
                self.links += 1;
                self.links_there.append(link.is_some());
                for (member, text) in self.members.iter_mut().zip(link.unwrap_or_default()) {
                    member.append_option(arena.get_option(text));
                }
            });
            bytes = links.source.len() + usize::try_from(links.count).unwrap_or(0) * 12;
        }
        self.ends.push(self.links);
        self.there.append(links.is_some());
        bytes
    }

    fn finish(&mut self) -> ListArray {
        let column = &CHAT.own[CHAT.index_of("web_links")];
        let DataType::List(element) = column.ty.arrow() else {
            unreachable!("invariant: web_links is a list");
        };
        let DataType::Struct(fields) = element.data_type() else {
            unreachable!("invariant: a web link is a struct");
        };
        let members = self
            .members
            .each_mut()
            .map(|member| Arc::new(member.finish()) as ArrayRef)
            .to_vec();
        let links = StructArray::new(fields.clone(), members, self.links_there.finish());
        let ends = std::mem::replace(&mut self.ends, vec![0]);
        self.links = 0;
        ListArray::new(
            Arc::clone(&element),
            OffsetBuffer::new(ScalarBuffer::from(ends)),
            Arc::new(links),
            self.there.finish(),
        )
    }
}

/// Unicode scalar values of a text.
fn chars(text: &str) -> i64 {
    i64::try_from(text.chars().count()).expect("invariant: a text is shorter than 2^63")
}
