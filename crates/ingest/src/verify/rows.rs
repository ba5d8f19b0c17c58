//! What has to be true of every single row: its day, its times, and what must not be NULL.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use promptlake_datasets::day::Day;
use promptlake_datasets::instant::floor_millis;
use promptlake_datasets::table::Table;

use super::finding::{Kind, Tally};

/// Counts the rows that are not as they should be.
#[derive(Debug)]
pub(super) struct RowCheck {
    table: &'static Table,
    dt: Day,
    date: Tally,
    time_date: Tally,
    time: Tally,
    null: Vec<(&'static str, Tally)>,
    negative: Vec<(&'static str, Tally)>,
}

impl RowCheck {
    /// Of a partition of a table.
    pub(super) fn new(table: &'static Table, dt: Day) -> Self {
        let rejects = table.name == "rejects";
        let mut never_null = vec!["event_date", "source_object"];
        let mut not_negative = vec!["record_index"];
        if rejects {
            // A reject of a whole object has no record.
            never_null.push("reason");
        } else {
            never_null.push("record_index");
        }
        if table.lineage.variant {
            never_null.push("variant");
            not_negative.push("variant");
        }
        let tallies = |names: Vec<&'static str>| {
            names
                .into_iter()
                .map(|name| (name, Tally::default()))
                .collect()
        };
        Self {
            table,
            dt,
            date: Tally::default(),
            time_date: Tally::default(),
            time: Tally::default(),
            null: tallies(never_null),
            negative: tallies(not_negative),
        }
    }

    /// Looks at a batch with all columns, the first row of which has this number.
    pub(super) fn batch(&mut self, batch: &RecordBatch, first_row: u64) {
        let column = |name: &str| batch.column(self.table.index_of(name));
        for (name, tally) in &mut self.null {
            let column = column(name);
            if column.null_count() > 0 {
                (0..batch.num_rows())
                    .filter(|row| column.is_null(*row))
                    .for_each(|row| tally.add(first_row + row as u64));
            }
        }
        for (name, tally) in &mut self.negative {
            let column = column(name).as_primitive::<Int64Type>();
            (0..batch.num_rows())
                .filter(|row| column.is_valid(*row) && column.value(*row) < 0)
                .for_each(|row| tally.add(first_row + row as u64));
        }
        let dates = column("event_date").as_primitive::<Date32Type>();
        (0..batch.num_rows())
            .filter(|row| dates.is_valid(*row) && dates.value(*row) != self.dt.0)
            .for_each(|row| self.date.add(first_row + row as u64));
        let (Some(times), Some(nanos)) = (
            batch.column_by_name("event_ts"),
            batch.column_by_name("event_ts_nanos"),
        ) else {
            return;
        };
        let times = times.as_primitive::<TimestampMillisecondType>();
        let nanos = nanos.as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let time = times.is_valid(row).then(|| times.value(row));
            let nanos = nanos.is_valid(row).then(|| nanos.value(row));
            if time != nanos.map(floor_millis) {
                self.time.add(first_row + row as u64);
            }
            if nanos.is_some_and(|nanos| Day::of_nanos(nanos) != self.dt) {
                self.time_date.add(first_row + row as u64);
            }
        }
    }

    /// Whether there are rows that no object would replace.
    pub(super) fn any_without_object(&self) -> bool {
        self.null
            .iter()
            .any(|(name, tally)| *name == "source_object" && tally.any())
    }

    /// What was found.
    pub(super) fn findings(&self) -> Vec<(Kind, String)> {
        let mut found = Vec::new();
        let mut push = |kind, text: Option<String>| found.extend(text.map(|text| (kind, text)));
        push(
            Kind::Dt,
            self.date.text("with another event_date than its dt"),
        );
        push(
            Kind::Dt,
            self.time_date
                .text("with an event_ts on another day than its dt"),
        );
        push(
            Kind::Time,
            self.time
                .text("whose event_ts is not event_ts_nanos in milliseconds"),
        );
        for (name, tally) in &self.null {
            push(Kind::Null, tally.text(&format!("without {name}")));
        }
        for (name, tally) in &self.negative {
            push(Kind::Null, tally.text(&format!("with a {name} below 0")));
        }
        found
    }
}
