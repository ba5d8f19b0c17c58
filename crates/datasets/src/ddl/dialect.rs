//! The engines, and their words for our types.

use std::fmt;
use std::str::FromStr;

use crate::render::athena_type;
use crate::table::ColumnType;

/// An engine whose `CREATE TABLE` is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Athena, partitions projected: nothing to do when a day comes.
    Athena,
    /// Athena, partitions in the catalog: queries without a day do not list days without data.
    AthenaCatalog,
    /// Trino's Hive connector, partitions projected.
    Trino,
    /// DataFusion.
    DataFusion,
    /// DuckDB: views over the files.
    DuckDb,
    /// Spark.
    Spark,
}

/// A text that names no dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of athena, athena-catalog, trino, datafusion, duckdb, spark")]
pub struct UnknownDialect;

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Athena,
        Self::AthenaCatalog,
        Self::Trino,
        Self::DataFusion,
        Self::DuckDb,
        Self::Spark,
    ];

    /// Its name on the command line and its folder under `sql/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Athena => "athena",
            Self::AthenaCatalog => "athena-catalog",
            Self::Trino => "trino",
            Self::DataFusion => "datafusion",
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
        }
    }

    /// Whether it reads S3 only.
    pub const fn needs_s3(self) -> bool {
        matches!(self, Self::Athena | Self::AthenaCatalog | Self::Trino)
    }

    /// Whether the lake's views, one text in the SQL that Trino and DataFusion share, run on it.
    pub const fn has_views(self) -> bool {
        matches!(self, Self::Athena | Self::AthenaCatalog | Self::Trino)
    }

    /// A type in its words.
    pub(crate) fn type_name(self, ty: &ColumnType) -> String {
        match self {
            Self::Athena | Self::AthenaCatalog | Self::Spark => athena_type(ty).to_lowercase(),
            Self::Trino => trino_type(ty),
            Self::DataFusion => datafusion_type(ty),
            Self::DuckDb => duckdb_type(ty),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == text)
            .ok_or(UnknownDialect)
    }
}

/// A type in Trino's words.
fn trino_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "varchar".to_owned(),
        ColumnType::Count => "bigint".to_owned(),
        ColumnType::Double => "double".to_owned(),
        ColumnType::Flag => "boolean".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Instant => "timestamp(3)".to_owned(),
        ColumnType::List(element) => format!("array({})", trino_type(element)),
        ColumnType::Struct(fields) => format!("row({})", fields_of(fields, trino_type)),
    }
}

/// A type in DataFusion's words. The time zone is the session's, UTC unless it is changed.
fn datafusion_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "VARCHAR".to_owned(),
        ColumnType::Count => "BIGINT".to_owned(),
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Flag => "BOOLEAN".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Instant => "TIMESTAMP(3) WITH TIME ZONE".to_owned(),
        ColumnType::List(element) => format!("{}[]", datafusion_type(element)),
        ColumnType::Struct(fields) => format!("STRUCT<{}>", fields_of(fields, datafusion_type)),
    }
}

/// A type in DuckDB's words.
fn duckdb_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "VARCHAR".to_owned(),
        ColumnType::Count => "BIGINT".to_owned(),
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Flag => "BOOLEAN".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Instant => "TIMESTAMP WITH TIME ZONE".to_owned(),
        ColumnType::List(element) => format!("{}[]", duckdb_type(element)),
        ColumnType::Struct(fields) => format!("STRUCT({})", fields_of(fields, duckdb_type)),
    }
}

fn fields_of(fields: &[(&str, ColumnType)], name_of: fn(&ColumnType) -> String) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, ty)| format!("{name} {}", name_of(ty)))
        .collect();
    fields.join(", ")
}
