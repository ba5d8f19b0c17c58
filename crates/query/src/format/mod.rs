//! Answers as text and files. A format is told its columns, then rows as they come, then the end.

mod cell;
mod delimited;
mod escape;
mod grid;
mod json;
mod parquet;

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::error::QueryError;

pub(crate) use escape::push as escape_for_terminal;
pub use grid::Shown;

/// A format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A drawn table, for people.
    #[default]
    Table,
    /// One line a column, for rows that are wider than the terminal.
    Expanded,
    /// Comma-separated, RFC 4180: NULL is nothing, an empty text is `""`.
    Csv,
    /// Tab-separated with backslash escapes: NULL is `\N`.
    Tsv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    NdJson,
    /// A Markdown table.
    Markdown,
    /// A Parquet file.
    Parquet,
}

/// A text that names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of table, csv, tsv, json, ndjson, markdown, parquet")]
pub struct UnknownFormat;

impl Format {
    /// Those that are chosen by name.
    pub const ALL: [Self; 7] = [
        Self::Table,
        Self::Csv,
        Self::Tsv,
        Self::Json,
        Self::NdJson,
        Self::Markdown,
        Self::Parquet,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Expanded => "expanded",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::NdJson => "ndjson",
            Self::Markdown => "markdown",
            Self::Parquet => "parquet",
        }
    }

    /// The format that a file's ending names.
    pub fn of_file(path: &std::path::Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::NdJson,
            "md" => Self::Markdown,
            "parquet" => Self::Parquet,
            "txt" => Self::Table,
            _ => return None,
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or(UnknownFormat)
    }
}

/// Writes an answer in a format.
pub struct Writer<'a> {
    inner: Inner<'a>,
    rows: u64,
}

enum Inner<'a> {
    Grid(grid::Grid<'a>),
    Delimited(delimited::Delimited<'a>),
    Json(json::Json<'a>),
    Parquet(Box<parquet::ParquetFile<'a>>),
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} rows)", self.rows)
    }
}

impl<'a> Writer<'a> {
    /// Begins an answer. `shown`: what of a table is drawn.
    ///
    /// # Errors
    /// If `out` cannot be written, or Parquet has no such type.
    pub fn new(
        format: Format,
        schema: &SchemaRef,
        shown: Shown,
        out: &'a mut (dyn Write + Send),
    ) -> Result<Self, QueryError> {
        let inner = match format {
            Format::Table => Inner::Grid(grid::Grid::drawn(schema, shown, out)),
            Format::Expanded => Inner::Grid(grid::Grid::expanded(schema, shown, out)),
            Format::Markdown => Inner::Grid(grid::Grid::markdown(schema, out)),
            Format::Csv => Inner::Delimited(delimited::Delimited::csv(schema, out)?),
            Format::Tsv => Inner::Delimited(delimited::Delimited::tsv(schema, out)?),
            Format::Json => Inner::Json(json::Json::array(schema, out)),
            Format::NdJson => Inner::Json(json::Json::lines(schema, out)),
            Format::Parquet => Inner::Parquet(Box::new(parquet::ParquetFile::new(schema, out)?)),
        };
        Ok(Self { inner, rows: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        match &mut self.inner {
            Inner::Grid(grid) => grid.batch(batch)?,
            Inner::Delimited(lines) => lines.batch(batch)?,
            Inner::Json(json) => json.batch(batch)?,
            Inner::Parquet(file) => file.batch(batch)?,
        }
        Ok(())
    }

    /// Ends it; gives the number of rows.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<u64, QueryError> {
        match self.inner {
            Inner::Grid(grid) => grid.finish()?,
            Inner::Delimited(_) => {}
            Inner::Json(json) => json.finish()?,
            Inner::Parquet(file) => file.finish()?,
        }
        Ok(self.rows)
    }
}
