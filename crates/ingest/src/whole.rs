//! A parked file that becomes the part as it is: what is in it is told object by object, without a look at each row.

use std::ops::Range;

use arrow_array::{Array, RecordBatch, StringArray};

use crate::analyse::Counts;
use crate::merge::{Contents, MergeError, MergeInput, ObjectRows};
use crate::patch::{text, value};
use crate::run_cursor::{Run, day_of};

/// What is read of its rows.
const READ: &[&str] = &["account_id", "region", "source_object"];

/// Tells `contents` the objects of the first new run, table by table, all of whose rows are stored. Gives the counts of the
/// child tables.
///
/// # Errors
/// If the rows cannot be read, or the objects not be kept.
pub fn tell(
    input: &MergeInput<'_>,
    run: &Run,
    contents: &mut dyn Contents,
) -> Result<Vec<Counts>, MergeError> {
    let mut counts = Vec::new();
    for table in 0..input.partition.family.tables.len() {
        let mut object: Option<ObjectRows> = None;
        for file in run.segments.iter().map(|files| &files[table]) {
            let groups = (0..file.groups()).collect();
            let batches = file.read(Some(READ), groups, None);
            for batch in batches.map_err(MergeError::Read)? {
                let batch = batch.map_err(MergeError::Read)?;
                tell_batch(input, table, &batch, &mut object, contents)?;
            }
        }
        if let Some(last) = object {
            contents.object(table, &last)?;
        }
        let rows = run.rows(table);
        if table > 0 {
            counts.push(Counts {
                accepted: rows,
                after: rows,
                ..Counts::default()
            });
        }
    }
    Ok(counts)
}

fn tell_batch(
    input: &MergeInput<'_>,
    table: usize,
    batch: &RecordBatch,
    last: &mut Option<ObjectRows>,
    contents: &mut dyn Contents,
) -> Result<(), MergeError> {
    let objects = text(batch, "source_object");
    let mut row = 0;
    while row < objects.len() {
        let object = objects.value(row);
        let end = end_of(objects, row..objects.len());
        match last {
            Some(last) if last.object == object => last.rows += (end - row) as u64,
            _ => {
                let next = ObjectRows {
                    day: day_of(input.partition, object),
                    object: object.to_owned(),
                    rows: (end - row) as u64,
                    account_id: value(batch, "account_id", row).map(str::to_owned),
                    region: value(batch, "region", row).map(str::to_owned),
                };
                if let Some(last) = last.replace(next) {
                    contents.object(table, &last)?;
                }
            }
        }
        row = end;
    }
    Ok(())
}

/// Where the rows of the first one's object end. They stand together: looked for in steps that double, then halve.
fn end_of(objects: &StringArray, rows: Range<usize>) -> usize {
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
