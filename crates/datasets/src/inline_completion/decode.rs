//! From the bytes of an object to rows of `inline_completion`.

use super::columns::FAMILY;
use super::record::{Record, TIME_STAMP};
use super::rows::CompletionRows;
use crate::dataset::Decoder;
use crate::input::Input;
use crate::json::{self, Arena, Fault, Unknown};
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::prompt_log::Event;

const NAME: &str = "inline_completion";

/// Makes a decoder of inline suggestion objects.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(CompletionDecoder {
        rows: CompletionRows::new(),
        arena: Arena::default(),
        unknown: Unknown::default(),
        scratch: Unknown::default(),
    })
}

struct CompletionDecoder {
    rows: CompletionRows,
    arena: Arena,
    unknown: Unknown,
    scratch: Unknown,
}

impl Decoder for CompletionDecoder {
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>) {
        json::records(NAME, object, input, output, &mut |bytes, index, output| {
            self.record(object, bytes, index, output)
        });
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        if let Some(batch) = self.rows.take() {
            output.rows(Rows {
                family: &FAMILY,
                tables: vec![batch],
            });
        }
    }
}

impl CompletionDecoder {
    /// Makes a row of the record that begins `bytes`. Whatever can be wrong is found before anything is kept of it.
    fn record(
        &mut self,
        object: &Object,
        bytes: &[u8],
        index: i64,
        output: &mut Output<'_>,
    ) -> Result<usize, Fault> {
        self.arena.clear();
        self.unknown.clear();
        let (record, length) = Record::read(bytes, &mut self.arena, &mut self.unknown)?;
        let time_stamp = self.arena.get_option(record.time_stamp);
        let event = Event::new(object, index, time_stamp, TIME_STAMP)?;
        // The last that can fail.
        self.unknown.finish()?;

        self.unknown.note(NAME, object, &mut output.drift);
        self.rows.push(
            &event,
            &record,
            self.unknown.extra(),
            &mut self.arena,
            &mut self.scratch,
        );
        output.accept(event.day);
        if self.rows.bytes() >= BATCH_BYTES {
            self.finish(output);
        }
        Ok(length)
    }
}
