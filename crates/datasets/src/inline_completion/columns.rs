//! The columns of `inline_completion`.

use crate::prompt_log::columns;
use crate::table::{Column, ColumnType, Family, Lineage, Table};

/// One row is an inline suggestion record.
pub static INLINE_COMPLETION: Table = Table {
    name: "inline_completion",
    version: 1,
    doc: "an inline suggestion record",
    own: &[
        columns::REQUEST_ID,
        columns::USER_ID,
        columns::USER_ID_RAW,
        columns::IDENTITY_STORE_ID,
        columns::EVENT_TS,
        columns::EVENT_TS_NANOS,
        columns::EVENT_DATE,
        Column::plain(
            "file_name",
            ColumnType::Text,
            "`fileName`: the file that was open, without folders as far as is known",
        ),
        Column::plain(
            "file_extension",
            ColumnType::Text,
            "what follows the last dot of the bare file name, lower case; NULL where the dot is first, last or absent",
        ),
        columns::CUSTOMIZATION_ARN,
        Column::text(
            "left_context",
            ColumnType::Text,
            "`leftContext`: the text before the cursor",
        ),
        Column::plain(
            "left_context_chars",
            ColumnType::Count,
            "Unicode scalar values of `left_context`",
        ),
        Column::text(
            "right_context",
            ColumnType::Text,
            "`rightContext`: the text after the cursor",
        ),
        Column::plain(
            "right_context_chars",
            ColumnType::Count,
            "Unicode scalar values of `right_context`",
        ),
        Column::text(
            "completions",
            ColumnType::List(&ColumnType::Text),
            "`completions`: what was returned, whether or not it was accepted; of an object its `content`",
        ),
        Column::plain(
            "completion_count",
            ColumnType::Count,
            "elements of `completions`; NULL where it is missing",
        ),
        Column::plain(
            "completion_chars",
            ColumnType::Count,
            "Unicode scalar values of all `completions` together; NULL where it is missing",
        ),
    ],
    lineage: Lineage {
        variant: true,
        extra: true,
    },
    key: columns::KEY,
    key_required: columns::KEY,
    key_else: None,
    not_content: columns::NOT_CONTENT,
    bloom: columns::KEY,
};

/// Inline suggestions alone.
pub static FAMILY: Family = Family {
    name: "inline_completion",
    tables: &[&INLINE_COMPLETION],
};
