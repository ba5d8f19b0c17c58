//! What an inventory says of a part, told by the part.

use std::fs::File;

use parquet::errors::ParquetError;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_lake::inventory::{self, Header, Part};

use crate::commit::WRITER_VERSION;
use crate::digest::{self, hex};
use crate::encode::ENCODING_VERSION;
use crate::run_file::RunFile;

/// What an inventory would say of a part.
///
/// # Errors
/// If the part cannot be read.
pub fn describe(table: &'static Table, dt: Day, file: &File) -> Result<Header, ParquetError> {
    let (sha256, size) = digest::of_file(file)?;
    let rows = RunFile::open(file.try_clone()?, table)?.rows();
    Ok(Header {
        version: inventory::VERSION,
        table: table.name.to_owned(),
        dt,
        part: Part {
            sha256: hex(&sha256),
            size,
            rows,
            schema_version: table.version,
            writer_version: WRITER_VERSION,
            encoding_version: ENCODING_VERSION,
            version: None,
        },
    })
}
