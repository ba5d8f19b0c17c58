//! Builds rows of `inline_completion`.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::columns::INLINE_COMPLETION;
use super::record::{Record, completion};
use crate::json::{Arena, List, Unknown};
use crate::prompt_log::{Event, EventRows, chars};
use crate::texts::finish_texts;

/// What the columns of a row weigh beside their text, in bytes, without those of every prompt log.
const FIXED: usize = 8 * 10;

/// A builder a column, in the table's order.
pub(super) struct CompletionRows {
    events: EventRows,
    file_name: StringBuilder,
    file_extension: StringBuilder,
    customization_arn: StringBuilder,
    left_context: StringBuilder,
    left_context_chars: Int64Builder,
    right_context: StringBuilder,
    right_context_chars: Int64Builder,
    completions: TextListRows,
    completion_count: Int64Builder,
    completion_chars: Int64Builder,
    extra: StringBuilder,
}

impl CompletionRows {
    pub(super) fn new() -> Self {
        Self {
            events: EventRows::new(),
            file_name: StringBuilder::new(),
            file_extension: StringBuilder::new(),
            customization_arn: StringBuilder::new(),
            left_context: StringBuilder::new(),
            left_context_chars: Int64Builder::new(),
            right_context: StringBuilder::new(),
            right_context_chars: Int64Builder::new(),
            completions: TextListRows::new(),
            completion_count: Int64Builder::new(),
            completion_chars: Int64Builder::new(),
            extra: StringBuilder::new(),
        }
    }

    /// Appends a row. `scratch` is used to read the completions again.
    pub(super) fn push(
        &mut self,
        event: &Event<'_>,
        record: &Record<'_>,
        extra: Option<&str>,
        arena: &mut Arena,
        scratch: &mut Unknown,
    ) {
        let length = |text: Option<&str>| text.map_or(0, str::len);
        let file_name = arena.get_option(record.file_name);
        let customization_arn = arena.get_option(record.customization_arn);
        let left = arena.get_option(record.left_context);
        let right = arena.get_option(record.right_context);
        self.file_name.append_option(file_name);
        self.file_extension
            .append_option(file_name.and_then(extension));
        self.customization_arn.append_option(customization_arn);
        self.left_context.append_option(left);
        self.left_context_chars.append_option(left.map(chars));
        self.right_context.append_option(right);
        self.right_context_chars.append_option(right.map(chars));
        self.extra.append_option(extra);
        self.events.push(
            event,
            arena.get_option(record.request_id),
            arena.get_option(record.user_id),
            FIXED
                + 2 * length(file_name)
                + length(customization_arn)
                + length(left)
                + length(right)
                + length(extra)
                + record.completions.map_or(0, TextListRows::weight),
        );
        let total = self.completions.push(record.completions, arena, scratch);
        self.completion_count
            .append_option(record.completions.map(List::count));
        self.completion_chars
            .append_option(record.completions.map(|_| total));
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> usize {
        self.events.bytes()
    }

    /// The rows appended since the last call; `None` if there are none.
    pub(super) fn take(&mut self) -> Option<RecordBatch> {
        let events = self.events.take()?;
        let mut columns = Vec::from(events.head);
        let own: [ArrayRef; 10] = [
            Arc::new(self.file_name.finish()),
            Arc::new(self.file_extension.finish()),
            Arc::new(self.customization_arn.finish()),
            Arc::new(finish_texts(&mut self.left_context)),
            Arc::new(self.left_context_chars.finish()),
            Arc::new(finish_texts(&mut self.right_context)),
            Arc::new(self.right_context_chars.finish()),
            Arc::new(self.completions.finish()),
            Arc::new(self.completion_count.finish()),
            Arc::new(self.completion_chars.finish()),
        ];
        columns.extend(own);
        columns.extend(events.lineage);
        columns.push(Arc::new(self.extra.finish()));
        Some(
            RecordBatch::try_new(INLINE_COMPLETION.arrow_schema(), columns)
                .expect("invariant: the builders are the table's columns"),
        )
    }
}

/// Builds the column `completions`.
struct TextListRows {
    texts: StringBuilder,
    elements: i32,
    ends: Vec<i32>,
    there: NullBufferBuilder,
}

impl TextListRows {
    fn new() -> Self {
        Self {
            texts: StringBuilder::new(),
            elements: 0,
            ends: vec![0],
            there: NullBufferBuilder::new(0),
        }
    }

    /// About how many bytes the list takes.
    fn weight(list: List<'_>) -> usize {
        list.source_bytes() + usize::try_from(list.count()).unwrap_or(0) * 4
    }

    /// Appends a list, and gives the characters of its texts together.
    fn push(&mut self, list: Option<List<'_>>, arena: &mut Arena, scratch: &mut Unknown) -> i64 {
        let mut total = 0;
        if let Some(list) = list {
            list.each(arena, scratch, completion, |text, arena| {
                let text = arena.get_option(text);
                self.elements += 1;
                self.texts.append_option(text);
                total += text.map_or(0, chars);
            });
        }
        self.ends.push(self.elements);
        self.there.append(list.is_some());
        total
    }

    fn finish(&mut self) -> ListArray {
        let column = &INLINE_COMPLETION.own[INLINE_COMPLETION.index_of("completions")];
        let DataType::List(element) = column.ty.arrow() else {
            unreachable!("invariant: completions is a list");
        };
        let ends = std::mem::replace(&mut self.ends, vec![0]);
        self.elements = 0;
        ListArray::new(
            element,
            OffsetBuffer::new(ScalarBuffer::from(ends)),
            Arc::new(finish_texts(&mut self.texts)),
            self.there.finish(),
        )
    }
}

/// What follows the last dot of the bare name, in lower case; `None` where the dot is first, last or absent.
fn extension(file_name: &str) -> Option<Cow<'_, str>> {
    // Bare names are what was seen; of a path, the last part is one.
    let bare = file_name.rsplit(['/', '\\']).next()?;
    let (stem, extension) = bare.rsplit_once('.')?;
    if stem.is_empty() || extension.is_empty() {
        return None;
    }
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    Some(if extension.bytes().all(is_lower) {
        Cow::Borrowed(extension)
    } else {
        Cow::Owned(extension.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_has_a_name_before_it_and_letters_after_the_dot() {
        for (name, want) in [
            ("main.rs", Some("rs")),
            ("Main.Test.TSX", Some("tsx")),
            ("a.ÄÖ", Some("äö")),
            ("..x", Some("x")),
            ("src/my.mod/Main.Java", Some("java")),
            ("C:\\my.mod\\a.CS", Some("cs")),
            (".gitignore", None),
            ("src/.env", None),
            ("my.mod/Makefile", None),
            ("notes.", None),
            ("Dockerfile", None),
            (".", None),
            ("", None),
        ] {
            assert_eq!(extension(name).as_deref(), want, "{name}");
        }
    }
}
