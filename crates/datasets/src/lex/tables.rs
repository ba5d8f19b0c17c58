//! From an entry's JSON to rows of both tables.

use super::columns::FAMILY;
use super::entry::Entry;
use super::kind::Version;
use super::rows::{ConversationRows, Row};
use super::slot_rows::SlotRows;
use super::slots::Slots;
use crate::drift::DriftKind;
use crate::instant;
use crate::json::{Arena, Fault, Kind, Scanner};
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::reason::Reason;

pub(super) const NAME: &str = "lex";

/// The time of a log event: nanoseconds since the epoch, or why it is none.
pub(super) type EventTime = Result<i64, Reason>;

/// What a log event tells of the entry that is its message.
#[derive(Clone, Copy, Default)]
pub(super) struct Event<'e> {
    /// `None`: it says nothing.
    pub(super) time: Option<EventTime>,
    pub(super) log_group: Option<&'e str>,
    pub(super) log_stream: Option<&'e str>,
}

/// Rows that are held, and room for the entry at hand.
pub(super) struct Tables {
    conversation: ConversationRows,
    slot: SlotRows,
    compact: Arena,
    texts: Arena,
    slots: Slots,
    response: String,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            conversation: ConversationRows::new(),
            slot: SlotRows::new(),
            compact: Arena::default(),
            texts: Arena::default(),
            slots: Slots::default(),
            response: String::new(),
        }
    }

    /// Makes rows of the entry that `source` is. On a fault nothing of it is kept.
    pub(super) fn take(
        &mut self,
        object: &Object,
        index: i64,
        source: &[u8],
        version: Version,
        event: &Event<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), Fault> {
        self.compact.clear();
        self.texts.clear();
        self.slots.clear();
        let compact = self.compact.compact(&mut Scanner::new(source))?;
        let compact = self.compact.get(compact);
        let entry = Entry::read(compact, version, &mut self.texts, &mut self.slots)?;
        let time = match self.texts.get_option(entry.timestamp) {
            Some(text) => instant::parse(text).map_err(time_fault)?,
            None => None,
        };
        let time = match (time, event.time) {
            (Some(time), _) => Some(time),
            (None, Some(time)) => Some(time.map_err(time_fault)?),
            (None, None) => None,
        };
        let day = instant::event_day(time, object).map_err(time_fault)?;
        let has_response = join_messages(&entry, &mut self.texts, &mut self.response)?;
        // Nothing can fail any more.

        for name in &entry.unknown {
            output
                .drift
                .note(NAME, DriftKind::Field, name, &object.source_object);
        }
        let row = Row {
            object,
            index,
            event: time,
            day,
            bot_response: match version {
                Version::V1 => self.texts.get_option(entry.bot_response),
                Version::V2 => has_response.then_some(self.response.as_str()),
            },
            raw_json: compact,
            log_group: event.log_group,
            log_stream: event.log_stream,
        };
        self.conversation.push(&row, &entry, &self.texts);
        output.accept(day);
        for slot in self.slots.rows() {
            self.slot
                .push(&slot, &entry, &self.texts, (object, index, day));
            output.child(1, day);
        }
        if self.conversation.bytes() + self.slot.bytes() >= BATCH_BYTES {
            self.hand_over(output);
        }
        Ok(())
    }

    /// Hands over the rows that are held.
    pub(super) fn hand_over(&mut self, output: &mut Output<'_>) {
        if let Some(batch) = self.conversation.take() {
            output.rows(Rows {
                family: &FAMILY,
                tables: vec![batch, self.slot.take()],
            });
        }
    }
}

/// Joins the contents of the messages by line feeds; false: there is none.
fn join_messages(
    entry: &Entry<'_>,
    texts: &mut Arena,
    response: &mut String,
) -> Result<bool, Fault> {
    response.clear();
    let mut found = false;
    entry
        .messages
        .objects(|message| {
            message.members(|name, value| {
                if name == "content" && value.kind() != Kind::Null {
                    let mark = texts.mark();
                    let text = value.text(texts)?;
                    if std::mem::replace(&mut found, true) {
                        response.push('\n');
                    }
                    response.push_str(texts.get_option(text).unwrap_or_default());
                    texts.forget(mark);
                }
                Ok(())
            })
        })
        .map_err(|fault| fault.within("messages"))?;
    Ok(found)
}

fn time_fault(reason: Reason) -> Fault {
    Fault::from(reason).within("timestamp")
}
