//! The columns of `lex_audio`.

use crate::table::{Column, ColumnType, Family, Lineage, Table};

/// One row is an object.
pub static AUDIO: Table = Table {
    name: "lex_audio",
    version: 1,
    doc: "an audio object that a Lex bot has recorded",
    own: &[
        Column::plain(
            "event_date",
            ColumnType::Date,
            "day in the object's key, 2019-01-01 where it has none; equals `dt`",
        ),
        Column::plain(
            "bot_id",
            ColumnType::Text,
            "folder after `aws/lex/` in the key; NULL where there is none",
        ),
        Column::plain(
            "bot_alias_id",
            ColumnType::Text,
            "folder after that of the bot",
        ),
        Column::plain(
            "bot_version",
            ColumnType::Text,
            "folder after that of the alias",
        ),
        Column::plain(
            "object_bytes",
            ColumnType::Count,
            "size of the object, as listed",
        ),
        Column::plain(
            "content_type",
            ColumnType::Text,
            "by the ending of the key; NULL where that does not tell",
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

/// Audio objects alone.
pub static FAMILY: Family = Family {
    name: "lex_audio",
    tables: &[&AUDIO],
};
