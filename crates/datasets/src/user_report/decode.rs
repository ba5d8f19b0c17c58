//! From the rows of a report to rows of `user_activity` and `model_usage`.

use super::activity::{Activity, ActivityRows};
use super::columns::FAMILY;
use super::layout::LAYOUT;
use super::usage::UsageRows;
use crate::dataset::Decoder;
use crate::drift::{Drift, DriftKind};
use crate::input::Input;
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::report::{Refusal, ReportReader, Row};

/// Clients that have been seen.
const CLIENTS: [&str; 4] = ["KIRO_IDE", "KIRO_CLI", "PLUGIN", "KIRO_WEB"];

/// Makes a decoder.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(UserReport {
        reader: ReportReader::new(&LAYOUT),
        tables: Tables {
            activity: ActivityRows::new(),
            usage: UsageRows::new(),
            extra_json: Vec::new(),
            bytes: 0,
        },
    })
}

struct UserReport {
    reader: ReportReader,
    tables: Tables,
}

/// The rows that are held.
struct Tables {
    activity: ActivityRows,
    usage: UsageRows,
    /// Scratch for one row.
    extra_json: Vec<u8>,
    bytes: usize,
}

impl Decoder for UserReport {
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>) {
        let tables = &mut self.tables;
        self.reader.read(object, input, output, |row, output| {
            tables.take(row, object, output)
        });
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.tables.hand_over(output);
    }
}

impl Tables {
    fn take(
        &mut self,
        row: &Row<'_>,
        object: &Object,
        output: &mut Output<'_>,
    ) -> Result<(), Refusal> {
        let activity = Activity::read(row, object)?;
        // Once to see whether all are good: a row that is refused must leave nothing behind.
        row.models(|_, _, _| {})?;
        note_drift(&activity, object, &mut output.drift);

        output.accept(activity.day);
        row.models(|model, raw, messages| {
            let values = (model.name.as_str(), raw.as_ref(), messages);
            self.bytes += self.usage.push(&activity, object, row.index, values);
            output.child(1, activity.day);
        })?;
        self.extra_json.clear();
        row.extra_json(&mut self.extra_json);
        let extra_json =
            str::from_utf8(&self.extra_json).expect("invariant: JSON of texts is a text");
        self.bytes += self.activity.push(&activity, object, row.index, extra_json);
        if self.bytes > BATCH_BYTES {
            self.hand_over(output);
        }
        Ok(())
    }

    fn hand_over(&mut self, output: &mut Output<'_>) {
        if self.bytes == 0 {
            return;
        }
        self.bytes = 0;
        output.rows(Rows {
            family: &FAMILY,
            tables: vec![self.activity.finish(), self.usage.finish()],
        });
    }
}

fn note_drift(activity: &Activity<'_>, object: &Object, drift: &mut Drift) {
    let mut note = |kind, name: &str| drift.note(LAYOUT.dataset, kind, name, &object.source_object);
    if let Some(client) = activity.client_type
        && !CLIENTS.contains(&client)
    {
        note(DriftKind::Client, client);
    }
    if let Some((tier, false)) = &activity.tier {
        note(DriftKind::Tier, tier);
    }
}
