//! The one home of the lake's schema: tables, their columns, and what each column holds.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// How confidential a column is; the lake's text level and `forget` are enforced by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Neither text of a person nor a person's name.
    Plain,
    /// Identifies a person.
    Person,
    /// What a person or a model wrote. Never has statistics or a bloom filter.
    Text,
}

/// The type of a column: the few that Athena, Spark, DuckDB and DataFusion read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Text, UTF-8 (`STRING`).
    Text,
    /// A count or an ordinal (`BIGINT`).
    Count,
    /// An amount (`DOUBLE`), always finite.
    Double,
    /// True or false (`BOOLEAN`).
    Flag,
    /// A UTC day (`DATE`).
    Date,
    /// An instant, milliseconds UTC, floored (`TIMESTAMP`).
    Instant,
    /// A list; the element is named `element`.
    List(&'static ColumnType),
    /// A struct of named fields.
    Struct(&'static [(&'static str, ColumnType)]),
}

impl ColumnType {
    /// The Arrow type, everything in it nullable.
    pub fn arrow(&self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Count => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Flag => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Instant => DataType::Timestamp(TimeUnit::Millisecond, Some(Arc::from("UTC"))),
            Self::List(element) => {
                DataType::List(Arc::new(Field::new("element", element.arrow(), true)))
            }
            Self::Struct(fields) => DataType::Struct(
                fields
                    .iter()
                    .map(|(name, ty)| Field::new(*name, ty.arrow(), true))
                    .collect(),
            ),
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, `lower_snake_case`.
    pub name: &'static str,
    /// Its type.
    pub ty: ColumnType,
    /// Whom it concerns.
    pub privacy: Privacy,
    /// One line: what it holds, its unit, when it is NULL. Rendered into `schemas/`.
    pub doc: &'static str,
}

impl Column {
    /// A plain column.
    pub const fn plain(name: &'static str, ty: ColumnType, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            privacy: Privacy::Plain,
            doc,
        }
    }

    /// A column that identifies a person.
    pub const fn person(name: &'static str, ty: ColumnType, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            privacy: Privacy::Person,
            doc,
        }
    }

    /// A column of what somebody wrote.
    pub const fn text(name: &'static str, ty: ColumnType, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            privacy: Privacy::Text,
            doc,
        }
    }
}

/// Which of the lineage columns a table ends with, beside `account_id, region, source, source_object, record_index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// `variant`: the table has a key.
    pub variant: bool,
    /// `extra_json`: the source is open-ended.
    pub extra: bool,
}

/// A table of the lake.
#[derive(Debug)]
pub struct Table {
    /// Its name: the folder under `tables/`.
    pub name: &'static str,
    /// The version of its schema, recorded in every footer. Adding a column raises it.
    pub version: u32,
    /// One row is …
    pub doc: &'static str,
    /// Its columns without the lineage.
    pub own: &'static [Column],
    /// Its lineage columns.
    pub lineage: Lineage,
    /// The columns of its key, within one `dt`; empty: nothing is compared.
    pub key: &'static [&'static str],
    /// Those of `key` that must not be NULL for rows to be compared (`request_id` of logs); the NULLs of others are equal.
    pub key_required: &'static [&'static str],
    /// What is compared instead where one of `key_required` is NULL; `None`: such a row has no twins.
    pub key_else: Option<KeyElse>,
    /// Columns that are not content: rows of equal key that differ only here are twins.
    pub not_content: &'static [&'static str],
    /// Columns with a bloom filter.
    pub bloom: &'static [&'static str],
}

/// The key of rows without one: a hash of the text of a column, which is NULL in no such row.
#[derive(Clone, Copy, Debug)]
pub struct KeyElse {
    /// The column.
    pub column: &'static str,
    /// SHA-256 of what the text says, however it says it.
    pub hash: fn(&str) -> [u8; 32],
}

/// `account_id`, the first lineage column.
pub const ACCOUNT_ID: Column = Column::plain(
    "account_id",
    ColumnType::Text,
    "AWS account, 12 digits, from the key; NULL where the key does not say",
);
/// `region`.
pub const REGION: Column = Column::plain(
    "region",
    ColumnType::Text,
    "AWS region, lower case, from the key; NULL where the key does not say",
);
/// `source`.
pub const SOURCE: Column = Column::plain(
    "source",
    ColumnType::Text,
    "`kiro`, `qdeveloper` or `lex`; NULL where the key does not say",
);
/// `source_object`.
pub const SOURCE_OBJECT: Column = Column::plain(
    "source_object",
    ColumnType::Text,
    "key of the object that the row comes from, from its last `AWSLogs/` on, else `<source name>/<key>`",
);
/// `record_index`.
pub const RECORD_INDEX: Column = Column::plain(
    "record_index",
    ColumnType::Count,
    "place of the record in its object, from 0, rejected ones counted",
);
/// `variant`.
pub const VARIANT: Column = Column::plain(
    "variant",
    ColumnType::Count,
    "0 for the newest content of a key, 1, 2, … for the others; views take 0",
);
/// `extra_json`.
pub const EXTRA_JSON: Column = Column::text(
    "extra_json",
    ColumnType::Text,
    "fields of the record that the schema does not know, as compact JSON; NULL where there are none",
);

impl Table {
    /// All columns, in the order of the file schema.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.own
            .iter()
            .chain([&ACCOUNT_ID, &REGION, &SOURCE, &SOURCE_OBJECT, &RECORD_INDEX])
            .chain(self.lineage.variant.then_some(&VARIANT))
            .chain(self.lineage.extra.then_some(&EXTRA_JSON))
    }

    /// The place of a column in the schema.
    ///
    /// # Panics
    /// If the table has no such column: names come from this crate, never from input.
    pub fn index_of(&self, name: &str) -> usize {
        self.columns()
            .position(|c| c.name == name)
            .unwrap_or_else(|| panic!("invariant: {} has a column {name}", self.name))
    }

    /// The Arrow schema: every column nullable, no metadata.
    pub fn arrow_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(
            self.columns()
                .map(|c| Field::new(c.name, c.ty.arrow(), true))
                .collect::<Vec<_>>(),
        ))
    }
}

/// Tables whose rows come and go together: the first is the parent, the others hold children of its rows,
/// joined by (`source_object`, `record_index`). Duplicates are decided on parents.
#[derive(Debug)]
pub struct Family {
    /// The parent's name.
    pub name: &'static str,
    /// Parent first.
    pub tables: &'static [&'static Table],
}
