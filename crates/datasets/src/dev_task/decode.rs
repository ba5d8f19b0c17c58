//! From the bytes of an object to rows of `dev_task`.

use super::columns::FAMILY;
use super::record::{Record, TIME_STAMP};
use super::rows::TaskRows;
use crate::dataset::Decoder;
use crate::input::Input;
use crate::json::{self, Arena, Fault, Scanner, Unknown};
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::prompt_log::Event;

const NAME: &str = "dev_task";

/// Makes a decoder of `/dev` objects.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(TaskDecoder {
        rows: TaskRows::new(),
        raw: Arena::default(),
        arena: Arena::default(),
        unknown: Unknown::default(),
    })
}

struct TaskDecoder {
    rows: TaskRows,
    /// The record at hand as compact JSON.
    raw: Arena,
    /// Its texts.
    arena: Arena,
    unknown: Unknown,
}

impl Decoder for TaskDecoder {
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

impl TaskDecoder {
    /// Makes a row of the record that begins `bytes`. Whatever can be wrong is found before anything is kept of it.
    fn record(
        &mut self,
        object: &Object,
        bytes: &[u8],
        index: i64,
        output: &mut Output<'_>,
    ) -> Result<usize, Fault> {
        self.raw.clear();
        self.arena.clear();
        self.unknown.clear();
        let mut scan = Scanner::new(bytes);
        let raw = self.raw.compact(&mut scan)?;
        let length = scan.at();
        // These records are few: what is kept of all of it is read once more for what is known of it.
        let json = self.raw.get(raw);
        let record = Record::read(json, &mut self.arena, &mut self.unknown)?;
        let time_stamp = self.arena.get_option(record.time_stamp);
        let event = Event::new(object, index, time_stamp, TIME_STAMP)?;

        self.unknown.note(NAME, object, &mut output.drift);
        self.rows.push(&event, &record, json, &self.arena);
        output.accept(event.day);
        if self.rows.bytes() >= BATCH_BYTES {
            self.finish(output);
        }
        Ok(length)
    }
}
