//! From the rows of a report to rows of `user_activity_legacy`.

use super::columns::FAMILY;
use super::layout::LAYOUT;
use super::rows::{LegacyRows, UserDay};
use crate::dataset::Decoder;
use crate::input::Input;
use crate::object::Object;
use crate::output::{BATCH_BYTES, Output, Rows};
use crate::report::{Refusal, ReportReader, Row};

/// Makes a decoder.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(LegacyReport {
        reader: ReportReader::new(&LAYOUT),
        table: TableRows {
            rows: LegacyRows::new(),
            extra_json: Vec::new(),
        },
    })
}

struct LegacyReport {
    reader: ReportReader,
    table: TableRows,
}

/// The rows that are held.
struct TableRows {
    rows: LegacyRows,
    /// Scratch for one row.
    extra_json: Vec<u8>,
}

impl Decoder for LegacyReport {
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>) {
        let table = &mut self.table;
        self.reader.read(object, input, output, |row, output| {
            table.take(row, object, output)
        });
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.table.hand_over(output);
    }
}

impl TableRows {
    fn take(
        &mut self,
        row: &Row<'_>,
        object: &Object,
        output: &mut Output<'_>,
    ) -> Result<(), Refusal> {
        // All that can be wrong is found before anything is kept.
        let user_day = UserDay::read(row, object)?;
        self.extra_json.clear();
        row.extra_json(&mut self.extra_json);
        let extra_json =
            str::from_utf8(&self.extra_json).expect("invariant: JSON of texts is a text");
        self.rows.push(&user_day, object, row.index, extra_json);
        output.accept(user_day.day);
        if self.rows.bytes() > BATCH_BYTES {
            self.hand_over(output);
        }
        Ok(())
    }

    fn hand_over(&mut self, output: &mut Output<'_>) {
        if let Some(batch) = self.rows.take() {
            output.rows(Rows {
                family: &FAMILY,
                tables: vec![batch],
            });
        }
    }
}
