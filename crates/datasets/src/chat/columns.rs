//! The columns of `chat`.

use crate::prompt_log::columns;
use crate::table::{Column, ColumnType, Family, Lineage, Table};

/// What `web_links` holds.
const WEB_LINK: ColumnType = ColumnType::Struct(&[
    ("uri", ColumnType::Text),
    ("title", ColumnType::Text),
    ("snippet", ColumnType::Text),
]);

/// One row is a chat record.
pub static CHAT: Table = Table {
    name: "chat",
    version: 1,
    doc: "a chat record",
    own: &[
        columns::REQUEST_ID,
        columns::USER_ID,
        columns::USER_ID_RAW,
        columns::IDENTITY_STORE_ID,
        columns::EVENT_TS,
        columns::EVENT_TS_NANOS,
        columns::EVENT_DATE,
        Column::plain(
            "chat_trigger_type",
            ColumnType::Text,
            "`chatTriggerType`: `MANUAL`, `INLINE_CHAT`, others may come",
        ),
        columns::CUSTOMIZATION_ARN,
        Column::plain("model_id", ColumnType::Text, "`modelId` as logged"),
        Column::plain(
            "model",
            ColumnType::Text,
            "`modelId` in the spelling of reports: lower case, `-` as `_`",
        ),
        Column::text(
            "prompt",
            ColumnType::Text,
            "`prompt`, with the context that the client put into it",
        ),
        Column::plain(
            "prompt_chars",
            ColumnType::Count,
            "Unicode scalar values of `prompt`",
        ),
        Column::text(
            "assistant_response",
            ColumnType::Text,
            "`assistantResponse`",
        ),
        Column::plain(
            "response_chars",
            ColumnType::Count,
            "Unicode scalar values of `assistant_response`",
        ),
        Column::text(
            "followup_prompts",
            ColumnType::Text,
            "`followupPrompts`; a list as compact JSON",
        ),
        Column::plain(
            "conversation_id",
            ColumnType::Text,
            "`messageMetadata.conversationId`",
        ),
        Column::plain(
            "utterance_id",
            ColumnType::Text,
            "`messageMetadata.utteranceId`",
        ),
        Column::plain(
            "code_reference_count",
            ColumnType::Count,
            "elements of `codeReferenceEvents`; NULL where it is missing",
        ),
        Column::text(
            "code_references_json",
            ColumnType::Text,
            "`codeReferenceEvents` as compact JSON",
        ),
        Column::plain(
            "web_link_count",
            ColumnType::Count,
            "elements of `supplementaryWebLinksEvent`; NULL where it is missing",
        ),
        Column::text(
            "web_links",
            ColumnType::List(&WEB_LINK),
            "`supplementaryWebLinksEvent`",
        ),
        Column::plain(
            "is_tool_turn",
            ColumnType::Flag,
            "`prompt` is empty: a tool's result, or the agent going on; NULL where `prompt` is",
        ),
        Column::plain(
            "is_router_turn",
            ColumnType::Flag,
            "the response is the intent router's `{\"chat\":n,\"do\":n,\"spec\":n}`; NULL where it is missing",
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

/// Chat alone.
pub static FAMILY: Family = Family {
    name: "chat",
    tables: &[&CHAT],
};
