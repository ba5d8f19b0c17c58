//! From the bytes of an object to rows of `chat`.

use super::columns::FAMILY;
use super::record::{Record, TIME_STAMP, TRIGGER};
use super::rows::{ChatRows, Row};
use crate::dataset::Decoder;
use crate::drift::DriftKind;
use crate::input::Input;
use crate::json::{self, Arena, Fault, Unknown};
use crate::model;
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::prompt_log::Event;

const NAME: &str = "chat";

/// The values of `chatTriggerType` that are documented.
const TRIGGERS: [&str; 2] = ["MANUAL", "INLINE_CHAT"];

/// Makes a decoder of chat objects.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(ChatDecoder {
        rows: ChatRows::new(),
        arena: Arena::default(),
        unknown: Unknown::default(),
        scratch: Unknown::default(),
        model: ModelName::default(),
    })
}

struct ChatDecoder {
    rows: ChatRows,
    arena: Arena,
    unknown: Unknown,
    scratch: Unknown,
    model: ModelName,
}

impl Decoder for ChatDecoder {
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

impl ChatDecoder {
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
        let model_id = self.arena.get_option(record.model_id);
        let model = model_id.map(|id| self.model.of(id));
        let trigger = self.arena.get_option(record.trigger);
        // The last that can fail.
        self.unknown.finish()?;

        self.unknown.note(NAME, object, &mut output.drift);
        if model.is_some_and(|(_, known)| !known) {
            let name = model.map_or("", |(name, _)| name);
            output
                .drift
                .note(NAME, DriftKind::Model, name, &object.source_object);
        }
        if trigger.is_some_and(|value| !value.is_empty() && !TRIGGERS.contains(&value)) {
            output
                .drift
                .note(NAME, DriftKind::Value, TRIGGER, &object.source_object);
        }
        let row = Row {
            event: &event,
            model: model.map(|(name, _)| name),
            extra: self.unknown.extra(),
        };
        self.rows
            .push(&row, &record, &mut self.arena, &mut self.scratch);
        output.accept(event.day);
        if self.rows.bytes() >= BATCH_BYTES {
            self.finish(output);
        }
        Ok(length)
    }
}

/// The model of the last record: the next one's is mostly the same.
#[derive(Default)]
struct ModelName {
    raw: String,
    canonical: String,
    is_known: bool,
}

impl ModelName {
    /// The canonical name, and whether it was seen before (`""` names none).
    fn of(&mut self, raw: &str) -> (&str, bool) {
        if self.raw != raw || raw.is_empty() {
            raw.clone_into(&mut self.raw);
            self.canonical = model::canonical(raw).into_owned();
            self.is_known = raw.is_empty() || model::is_known(&self.canonical);
        }
        (&self.canonical, self.is_known)
    }
}
