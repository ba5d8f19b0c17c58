//! The columns of `user_activity` and `model_usage`.

use crate::report::columns::{
    EVENT_DATE, IDENTITY_STORE_ID, NOT_CONTENT, REPORT_TS, USER_ID, USER_ID_RAW,
};
use crate::table::{Column, ColumnType, Family, Lineage, Table};

const CLIENT_TYPE: Column = Column::plain(
    "client_type",
    ColumnType::Text,
    "`KIRO_IDE`, `KIRO_CLI`, `PLUGIN`, `KIRO_WEB`, …, from the row, else from the file name; NULL where neither says",
);

/// One row is a user's day on one client.
pub static USER_ACTIVITY: Table = Table {
    name: "user_activity",
    version: 1,
    doc: "a user's day on one client",
    own: &[
        EVENT_DATE,
        USER_ID,
        USER_ID_RAW,
        IDENTITY_STORE_ID,
        CLIENT_TYPE,
        Column::plain(
            "chat_conversations",
            ColumnType::Count,
            "conversations of the day; NULL where the report does not say",
        ),
        Column::plain(
            "credits_used",
            ColumnType::Double,
            "credits of the day; NULL where the report does not say",
        ),
        Column::plain(
            "overage_cap",
            ColumnType::Double,
            "the administrator's cap in credits where overage is enabled, else the plan's included credits; NULL where the report does not say",
        ),
        Column::plain(
            "overage_credits_used",
            ColumnType::Double,
            "credits beyond the plan; NULL where the report does not say",
        ),
        Column::plain(
            "overage_enabled",
            ColumnType::Flag,
            "whether credits beyond the plan are allowed; NULL where the report does not say",
        ),
        Column::plain(
            "profile_id",
            ColumnType::Text,
            "ARN of the profile; NULL where the report does not say",
        ),
        Column::plain(
            "subscription_tier",
            ColumnType::Text,
            "`FREE`, `PRO`, `PRO_PLUS`, `PRO_MAX`, `POWER`, or what the report writes in upper case; NULL where it does not say",
        ),
        Column::plain(
            "subscription_tier_raw",
            ColumnType::Text,
            "tier as the report writes it",
        ),
        Column::plain(
            "total_messages",
            ColumnType::Count,
            "messages of the day over all models; NULL where the report does not say",
        ),
        Column::plain(
            "new_user",
            ColumnType::Flag,
            "whether the user is new; NULL in reports without the column",
        ),
        Column::person(
            "user_email",
            ColumnType::Text,
            "email, lower case; NULL in reports without the column",
        ),
        Column::plain(
            "usage_limit",
            ColumnType::Double,
            "monthly allowance in credits; NULL in reports without the column",
        ),
        REPORT_TS,
    ],
    lineage: Lineage {
        variant: true,
        extra: true,
    },
    key: &[
        "account_id",
        "region",
        "event_date",
        "user_id",
        "client_type",
    ],
    key_required: &[],
    key_else: None,
    not_content: NOT_CONTENT,
    bloom: &[],
};

/// One row is a user's day on one client with one model.
pub static MODEL_USAGE: Table = Table {
    name: "model_usage",
    version: 1,
    doc: "messages of a user's day on one client with one model, zeros included",
    own: &[
        EVENT_DATE,
        USER_ID,
        CLIENT_TYPE,
        Column::plain(
            "model",
            ColumnType::Text,
            "model, lower case with `_` for `-`, as in `chat`",
        ),
        Column::plain(
            "model_raw",
            ColumnType::Text,
            "model as the report's header writes it; several spellings in one row are joined by `,`",
        ),
        Column::plain("messages", ColumnType::Count, "messages of the day"),
        REPORT_TS,
    ],
    lineage: Lineage {
        variant: true,
        extra: false,
    },
    key: &[
        "account_id",
        "region",
        "event_date",
        "user_id",
        "client_type",
        "model",
    ],
    key_required: &[],
    key_else: None,
    not_content: NOT_CONTENT,
    bloom: &[],
};

/// A user's day with its models.
pub static FAMILY: Family = Family {
    name: "user_activity",
    tables: &[&USER_ACTIVITY, &MODEL_USAGE],
};
