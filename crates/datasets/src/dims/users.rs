//! The rows of `dim_user`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};

use super::DIM_USER;
use super::file::{DimFile, DimFileError, Problem};
use crate::user_id;

const COLUMNS: &[&str] = &[
    "user_id",
    "user_name",
    "display_name",
    "email",
    "team",
    "cost_centre",
];
const SPELLINGS: &[(&str, &str)] = &[
    ("uuid", "user_id"),
    ("userid", "user_id"),
    ("username", "user_name"),
    ("displayname", "display_name"),
    ("cost_center", "cost_centre"),
];

/// Nobody's name is known.
pub fn no_users() -> RecordBatch {
    batch(&BTreeMap::new())
}

/// Users from a CSV with the columns of `dim_user`; all but `user_id` may be left out. Ids are split as tables have them.
///
/// # Errors
/// If there is no `user_id`, one is blank, or a user has two rows.
pub fn read_users(bytes: &[u8]) -> Result<RecordBatch, DimFileError> {
    let file = DimFile::read(bytes, COLUMNS, SPELLINGS)?;
    file.require(0)?;
    let mut users: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for row in &file.rows {
        let user = user_id::split(file.text(row, 0)?).user_id.to_owned();
        let rest = (1..COLUMNS.len())
            .map(|column| {
                let cell = file.cell(row, column);
                if COLUMNS[column] == "email" {
                    cell.map(str::to_lowercase)
                } else {
                    cell.map(str::to_owned)
                }
            })
            .collect();
        if users.insert(user, rest).is_some() {
            return Err(row.error(Problem::Twice(COLUMNS[0])));
        }
    }
    Ok(batch(&users))
}

fn batch(users: &BTreeMap<String, Vec<Option<String>>>) -> RecordBatch {
    let ids: ArrayRef = Arc::new(StringArray::from_iter_values(users.keys()));
    let rest = (0..COLUMNS.len() - 1).map(|column| {
        let cells: StringArray = users
            .values()
            .map(|cells| cells[column].as_deref())
            .collect();
        let cells: ArrayRef = Arc::new(cells);
        cells
    });
    DIM_USER.batch(std::iter::once(ids).chain(rest).collect())
}
