//! From an object's key and size to a row of `lex_audio`.

use std::sync::Arc;

use arrow_array::builder::{Date32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};

use super::columns::{AUDIO, FAMILY};
use super::key::{bot, content_type};
use crate::dataset::Decoder;
use crate::input::Input;
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};

/// Makes a decoder.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(AudioDecoder::default())
}

/// A builder a column, in the table's order.
#[derive(Default)]
struct AudioDecoder {
    bytes: usize,
    event_date: Date32Builder,
    bot_id: StringBuilder,
    bot_alias_id: StringBuilder,
    bot_version: StringBuilder,
    object_bytes: Int64Builder,
    content_type: StringBuilder,
    lineage: LineageRows,
}

impl Decoder for AudioDecoder {
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>) {
        // What was fetched to be told from a log is used up.
        loop {
            input.consume(input.window().len());
            if !input.more() {
                break;
            }
        }
        // Zero bytes are zero records.
        if object.size == 0 {
            return;
        }
        let bot = bot(&object.source_object);
        let [bot_id, bot_alias_id, bot_version] = bot.map_or([None; 3], |bot| bot.map(Some));
        self.event_date.append_value(object.day.0);
        self.bot_id.append_option(bot_id);
        self.bot_alias_id.append_option(bot_alias_id);
        self.bot_version.append_option(bot_version);
        self.object_bytes
            .append_value(i64::try_from(object.size).unwrap_or(i64::MAX));
        self.content_type
            .append_option(content_type(&object.source_object));
        self.lineage.push(object, 0);
        self.bytes += LineageRows::row_bytes(object) + 128;
        output.accept(object.day);
        if self.bytes >= BATCH_BYTES {
            self.finish(output);
        }
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        if self.bytes == 0 {
            return;
        }
        self.bytes = 0;
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.event_date.finish()),
            Arc::new(self.bot_id.finish()),
            Arc::new(self.bot_alias_id.finish()),
            Arc::new(self.bot_version.finish()),
            Arc::new(self.object_bytes.finish()),
            Arc::new(self.content_type.finish()),
        ];
        // The table has no `variant`.
        columns.extend(self.lineage.finish().into_iter().take(5));
        let batch = RecordBatch::try_new(AUDIO.arrow_schema(), columns)
            .expect("invariant: the builders are the table's columns");
        output.rows(Rows {
            family: &FAMILY,
            tables: vec![batch],
        });
    }
}
