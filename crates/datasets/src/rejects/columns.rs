//! The columns of `rejects`.

use crate::table::{Column, ColumnType, Family, Lineage, Table};

/// One row is a record or an object that could not be read.
pub static REJECTS: Table = Table {
    name: "rejects",
    version: 1,
    doc: "a record or object that could not be read",
    own: &[
        Column::plain(
            "event_date",
            ColumnType::Date,
            "the source day; equals `dt`",
        ),
        Column::plain(
            "dataset",
            ColumnType::Text,
            "what the object holds, as far as its key tells",
        ),
        Column::plain("reason", ColumnType::Text, "a code of the closed list"),
        Column::plain(
            "detail",
            ColumnType::Text,
            "what was wrong, without any value of the record",
        ),
        Column::plain(
            "byte_offset",
            ColumnType::Count,
            "where the slice begins in the inflated object",
        ),
        Column::plain("line", ColumnType::Count, "line of that byte, from 1"),
        Column::text(
            "raw",
            ColumnType::Text,
            "the inflated slice, up to 1 MiB, bytes that are not UTF-8 as U+FFFD",
        ),
        Column::plain(
            "raw_bytes",
            ColumnType::Count,
            "length of the uncut slice in bytes",
        ),
        Column::plain(
            "raw_sha256",
            ColumnType::Text,
            "SHA-256 of the uncut slice, hex",
        ),
    ],
    lineage: Lineage {
        variant: false,
        extra: false,
    },
    key: &[],
    key_required: &[],
    key_else: None,
    not_content: &[],
    bloom: &[],
};

/// Rejects alone.
pub static FAMILY: Family = Family {
    name: "rejects",
    tables: &[&REJECTS],
};
