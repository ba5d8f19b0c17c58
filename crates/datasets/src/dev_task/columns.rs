//! The columns of `dev_task`.

use crate::prompt_log::columns;
use crate::table::{Column, ColumnType, Family, Lineage, Table};

/// One row is a `/dev` prompt.
pub static DEV_TASK: Table = Table {
    name: "dev_task",
    version: 1,
    doc: "a `/dev` prompt",
    own: &[
        Column::plain(
            "request_id",
            ColumnType::Text,
            "`requestId` of the response half, else of the request half; NULL where it is missing",
        ),
        columns::USER_ID,
        columns::USER_ID_RAW,
        columns::IDENTITY_STORE_ID,
        columns::EVENT_TS,
        columns::EVENT_TS_NANOS,
        columns::EVENT_DATE,
        Column::text(
            "prompt",
            ColumnType::Text,
            "the first text among `prompt`, `userPrompt`, `task`, `taskDescription`, `description` of the request half",
        ),
        Column::plain(
            "prompt_chars",
            ColumnType::Count,
            "Unicode scalar values of `prompt`",
        ),
        Column::text(
            "raw_json",
            ColumnType::Text,
            "the whole record as compact JSON",
        ),
    ],
    lineage: Lineage {
        variant: true,
        extra: false,
    },
    key: columns::KEY,
    key_required: columns::KEY,
    key_else: None,
    not_content: columns::NOT_CONTENT,
    bloom: columns::KEY,
};

/// `/dev` prompts alone.
pub static FAMILY: Family = Family {
    name: "dev_task",
    tables: &[&DEV_TASK],
};
