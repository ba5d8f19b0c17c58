//! Counts the stored rows of each object, and tells them in canonical order.

use std::io;
use std::ops::Range;

use arrow_array::{RecordBatch, StringArray};

use crate::merge::{Contents, ListedTwin, ObjectRows};
use crate::patch::{text, value};
use crate::run_cursor::day_of;
use crate::stage::PartitionId;

/// The columns that counting needs.
pub const COUNTED: &[&str] = &["account_id", "region", "source_object"];

/// The object of each table whose rows come at the moment. It is told once another one begins.
#[derive(Debug)]
pub struct ObjectCounter {
    partition: PartitionId,
    open: Vec<Option<ObjectRows>>,
}

impl ObjectCounter {
    /// A counter for the tables of a partition.
    pub fn new(partition: PartitionId) -> Self {
        Self {
            partition,
            open: partition.family.tables.iter().map(|_| None).collect(),
        }
    }

    /// Counts rows that are stored in a table. The batch has the columns [`COUNTED`].
    ///
    /// # Errors
    /// If `contents` cannot keep an object.
    pub fn count(
        &mut self,
        table: usize,
        batch: &RecordBatch,
        rows: Range<usize>,
        contents: &mut dyn Contents,
    ) -> io::Result<()> {
        let objects = text(batch, "source_object");
        let mut row = rows.start;
        while row < rows.end {
            let object = objects.value(row);
            let end = end_of(objects, row..rows.end);
            let begins = |open: &ObjectRows| open.object != object;
            if self.open[table].as_ref().is_none_or(begins) {
                let owned = |name| value(batch, name, row).map(str::to_owned);
                let (account_id, region) = (owned("account_id"), owned("region"));
                self.begin(table, object, account_id, region, contents)?;
            }
            if let Some(open) = &mut self.open[table] {
                open.rows += (end - row) as u64;
            }
            row = end;
        }
        Ok(())
    }

    /// Tells of a row of the parent table that is listed: its object stands there, though none of its rows may be stored.
    ///
    /// # Errors
    /// If `contents` cannot keep it.
    pub fn list(&mut self, twin: &ListedTwin, contents: &mut dyn Contents) -> io::Result<()> {
        let begins = |open: &ObjectRows| open.object != twin.object;
        if self.open[0].as_ref().is_none_or(begins) {
            let (account_id, region) = (twin.account_id.clone(), twin.region.clone());
            self.begin(0, &twin.object, account_id, region, contents)?;
        }
        contents.twin(twin)
    }

    /// Tells of the last objects.
    ///
    /// # Errors
    /// If `contents` cannot keep them.
    pub fn finish(&mut self, contents: &mut dyn Contents) -> io::Result<()> {
        for (table, open) in self.open.iter_mut().enumerate() {
            if let Some(last) = open.take() {
                contents.object(table, &last)?;
            }
        }
        Ok(())
    }

    fn begin(
        &mut self,
        table: usize,
        object: &str,
        account_id: Option<String>,
        region: Option<String>,
        contents: &mut dyn Contents,
    ) -> io::Result<()> {
        let next = ObjectRows {
            day: day_of(self.partition, object),
            object: object.to_owned(),
            rows: 0,
            account_id,
            region,
        };
        match self.open[table].replace(next) {
            Some(last) => contents.object(table, &last),
            None => Ok(()),
        }
    }
}

/// Where the rows of the first one's object end. They stand together: looked for in steps that double, then halve.
pub(crate) fn end_of(objects: &StringArray, rows: Range<usize>) -> usize {
    let object = objects.value(rows.start);
    let (mut same, mut step) = (rows.start, 1);
    while same + step < rows.end && objects.value(same + step) == object {
        same += step;
        step *= 2;
    }
    let (mut low, mut high) = (same + 1, rows.end.min(same + step));
    while low < high {
        let middle = low.midpoint(high);
        if objects.value(middle) == object {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use arrow_array::Array as _;

    use super::*;

    #[test]
    fn runs_of_every_length_end_where_the_next_object_begins() {
        for lengths in [
            vec![1],
            vec![1, 1, 1],
            vec![5, 1, 2],
            vec![2, 64, 1, 63, 3],
            vec![1000, 7],
        ] {
            let texts = lengths
                .iter()
                .enumerate()
                .flat_map(|(object, length)| vec![format!("object {object}"); *length]);
            let objects: StringArray = texts.map(Some).collect();
            let (mut row, mut found) = (0, Vec::new());
            while row < objects.len() {
                let end = end_of(&objects, row..objects.len());
                found.push(end - row);
                row = end;
            }
            assert_eq!(found, lengths);
        }
    }
}
