//! Writes the dimension tables of a lake. They are small: encoded in memory, published where they differ.

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use promptlake_datasets::dims::{DIM_DATE, DIM_PLAN, DIM_USER, built_in_plans, calendar, no_users};
use promptlake_lake::layout;
use promptlake_lake::storage::{Content, Expect, StorageError};
use promptlake_lake::write_guard::WriteGuard;

/// Level of the columns' compression.
const ZSTD_LEVEL: i32 = 3;

/// Rows that somebody gave.
#[derive(Clone, Debug, Default)]
pub struct GivenDims {
    /// Plans; without them, those in the lake stay, and a new lake gets the built-in ones.
    pub plans: Option<RecordBatch>,
    /// Users; without them, those in the lake stay, and a new lake gets none.
    pub users: Option<RecordBatch>,
}

/// Why the dimension tables could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DimError {
    /// Encoding failed.
    #[error("encode {table}")]
    Encode {
        /// The table.
        table: &'static str,
        /// What the encoder said.
        #[source]
        source: ParquetError,
    },
    /// The storage failed.
    #[error("write {table}")]
    Storage {
        /// The table.
        table: &'static str,
        /// What the storage said.
        #[source]
        source: StorageError,
    },
}

/// Publishes the dimension tables that are missing, given, or not as this program makes them. Says which.
///
/// # Errors
/// If one cannot be written; those before it are.
pub fn publish(guard: &WriteGuard<'_>, given: &GivenDims) -> Result<Vec<&'static str>, DimError> {
    let mut written = Vec::new();
    // The calendar has no choice in it: it is always this one.
    if put(guard, DIM_DATE.name, &calendar(), true)? {
        written.push(DIM_DATE.name);
    }
    for (table, rows, default) in [
        (
            DIM_PLAN.name,
            &given.plans,
            built_in_plans as fn() -> RecordBatch,
        ),
        (DIM_USER.name, &given.users, no_users),
    ] {
        let is_written = match rows {
            Some(rows) => put(guard, table, rows, true)?,
            None => put(guard, table, &default(), false)?,
        };
        if is_written {
            written.push(table);
        }
    }
    Ok(written)
}

/// Publishes a table where it is not there, or, with `replace`, other bytes are.
fn put(
    guard: &WriteGuard<'_>,
    table: &'static str,
    rows: &RecordBatch,
    replace: bool,
) -> Result<bool, DimError> {
    let storage = guard.storage();
    let path = layout::dim(table);
    let failed = |source| DimError::Storage { table, source };
    let bytes = encode(rows).map_err(|source| DimError::Encode { table, source })?;
    loop {
        let expect = match storage.read(&path).map_err(failed)? {
            Some((there, _)) if !replace || there == bytes => return Ok(false),
            Some((_, version)) => Expect::Version(version),
            None => Expect::Absent,
        };
        guard.check().map_err(failed)?;
        match storage.publish(&path, Content::Bytes(&bytes), &expect) {
            Ok(_) => return Ok(true),
            // Another run was faster: what it wrote is looked at again.
            Err(StorageError::Conflict { .. }) => {}
            Err(source) => return Err(failed(source)),
        }
    }
}

fn encode(rows: &RecordBatch) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by("promptlake".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties))?;
    writer.write(rows)?;
    writer.close()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use promptlake_datasets::dims::{read_plans, read_users};
    use promptlake_lake::storage::{LocalStorage, Storage as _};

    use super::*;

    fn plans(text: &str) -> GivenDims {
        GivenDims {
            plans: Some(read_plans(text.as_bytes()).unwrap()),
            users: None,
        }
    }

    #[test]
    fn what_was_given_stays_until_something_else_is() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        let nothing = GivenDims::default();
        let written = |given: &GivenDims| publish(&WriteGuard::new(&storage), given).unwrap();
        assert_eq!(written(&nothing), ["dim_date", "dim_plan", "dim_user"]);
        assert!(written(&nothing).is_empty());
        let dear = plans("tier,rank,usd_per_month,credits\nPRO,1,99,1\n");
        assert_eq!(written(&dear), ["dim_plan"]);
        assert!(written(&dear).is_empty());
        assert!(written(&nothing).is_empty());
        let users = GivenDims {
            users: Some(read_users(b"user_id,team\na,x\n").unwrap()),
            plans: None,
        };
        assert_eq!(written(&users), ["dim_user"]);
        let (there, _) = storage.read(&layout::dim("dim_plan")).unwrap().unwrap();
        assert_eq!(there, encode(&dear.plans.unwrap()).unwrap());
    }
}
