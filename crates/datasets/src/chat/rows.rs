//! Builds rows of `chat`.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::columns::CHAT;
use super::record::{Record, web_link};
use super::router::is_router_turn;
use crate::json::{Arena, List, Text, Unknown};
use crate::prompt_log::{Event, EventRows, chars};
use crate::texts::finish_texts;

/// What the columns of a row weigh beside their text, in bytes, without those of every prompt log.
const FIXED: usize = 8 * 17;

/// What a record's columns cannot be taken from alone.
pub(super) struct Row<'r> {
    pub(super) event: &'r Event<'r>,
    pub(super) model: Option<&'r str>,
    pub(super) extra: Option<&'r str>,
}

/// A builder a column, in the table's order.
pub(super) struct ChatRows {
    events: EventRows,
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
    extra: StringBuilder,
}

impl ChatRows {
    pub(super) fn new() -> Self {
        Self {
            events: EventRows::new(),
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
        let bytes = FIXED + row.extra.map_or(0, str::len) + self.push_texts(record, arena);
        let prompt = arena.get_option(record.prompt);
        self.prompt_chars.append_option(prompt.map(chars));
        self.is_tool_turn.append_option(prompt.map(str::is_empty));
        let response = arena.get_option(record.response);
        self.response_chars.append_option(response.map(chars));
        self.is_router_turn
            .append_option(response.map(is_router_turn));

        self.model.append_option(row.model);

        self.code_reference_count
            .append_option(record.code_references.map(|(_, count)| count));
        self.web_link_count
            .append_option(record.web_links.map(List::count));
        self.extra.append_option(row.extra);
        self.events.push(
            row.event,
            arena.get_option(record.request_id),
            arena.get_option(record.user_id),
            bytes + record.web_links.map_or(0, WebLinkRows::weight),
        );
        self.web_links.push(record.web_links, arena, scratch);
    }

    /// Appends the texts that are columns as they are, and gives their bytes.
    fn push_texts(&mut self, record: &Record<'_>, arena: &Arena) -> usize {
        let mut bytes = 0;
        let mut push = |column: &mut StringBuilder, text: Option<Text<'_>>| {
            let text = arena.get_option(text);
            bytes += text.map_or(0, str::len);
            column.append_option(text);
        };
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
        self.events.bytes()
    }

    /// The rows appended since the last call; `None` if there are none.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        let events = self.events.take()?;
        let mut columns = Vec::from(events.head);
        let own: [ArrayRef; 17] = [
            Arc::new(self.trigger.finish()),
            Arc::new(self.customization_arn.finish()),
            Arc::new(self.model_id.finish()),
            Arc::new(self.model.finish()),
            Arc::new(finish_texts(&mut self.prompt)),
            Arc::new(self.prompt_chars.finish()),
            Arc::new(finish_texts(&mut self.response)),
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
        columns.extend(own);
        columns.extend(events.lineage);
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

    /// About how many bytes the links take.
    fn weight(links: List<'_>) -> usize {
        links.source_bytes() + usize::try_from(links.count()).unwrap_or(0) * 12
    }

    fn push(&mut self, links: Option<List<'_>>, arena: &mut Arena, scratch: &mut Unknown) {
        if let Some(links) = links {
            links.each(arena, scratch, web_link, |link, arena| {
                self.links += 1;
                self.links_there.append(link.is_some());
                for (member, text) in self.members.iter_mut().zip(link.unwrap_or_default()) {
                    member.append_option(arena.get_option(text));
                }
            });
        }
        self.ends.push(self.links);
        self.there.append(links.is_some());
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
