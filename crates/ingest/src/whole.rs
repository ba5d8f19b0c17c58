//! A parked file that becomes the part as it is: what is in it is told object by object, without a look at each row.

use promptlake_datasets::table::Family;

use crate::analyse::Counts;
use crate::merge::{Contents, MergeError, MergeInput};
use crate::object_counter::{COUNTED, ObjectCounter, end_of};
use crate::patch::text;
use crate::run_cursor::day_of;
use crate::run_file::{Batches, RunFile};

/// Whether no row of the old part's child tables stays, given that none of its parent table does. Each of them has a parent, unless
/// one of the parts was lost.
///
/// # Errors
/// If the rows cannot be read.
pub fn replaces_children(input: &MergeInput<'_>) -> Result<bool, MergeError> {
    for table in 1..input.partition.family.tables.len() {
        for file in input.runs[0].segments.iter().map(|files| &files[table]) {
            for batch in read(file, &["source_object"])? {
                let batch = batch.map_err(MergeError::Read)?;
                let objects = text(&batch, "source_object");
                let mut row = 0;
                while row < batch.num_rows() {
                    let object = objects.value(row);
                    if !input.gone(0, day_of(input.partition, object), object) {
                        return Ok(false);
                    }
                    row = end_of(objects, row..batch.num_rows());
                }
            }
        }
    }
    Ok(true)
}

/// Tells `contents` the objects of the only new run, table by table, all of whose rows are stored; no row of the old part is.
/// Gives the counts of the child tables.
///
/// # Errors
/// If the rows cannot be read, or the objects not be kept.
pub fn tell(
    input: &MergeInput<'_>,
    contents: &mut dyn Contents,
) -> Result<Vec<Counts>, MergeError> {
    let Family { tables, .. } = input.partition.family;
    let (old, new) = (&input.runs[0], &input.runs[1]);
    let mut objects = ObjectCounter::new(input.partition);
    for table in 0..tables.len() {
        for file in new.segments.iter().map(|files| &files[table]) {
            for batch in read(file, COUNTED)? {
                let batch = batch.map_err(MergeError::Read)?;
                objects.count(table, &batch, 0..batch.num_rows(), contents)?;
            }
        }
    }
    objects.finish(contents)?;
    let counts = (1..tables.len()).map(|table| {
        let (before, rows) = (old.rows(table), new.rows(table));
        Counts {
            before,
            replaced: before,
            accepted: rows,
            after: rows,
            ..Counts::default()
        }
    });
    Ok(counts.collect())
}

fn read(file: &RunFile, columns: &[&str]) -> Result<Batches, MergeError> {
    let groups = (0..file.groups()).collect();
    file.read(Some(columns), groups, None)
        .map_err(MergeError::Read)
}
