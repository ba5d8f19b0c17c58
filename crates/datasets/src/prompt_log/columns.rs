//! The columns that the tables of prompt logs begin with, and what makes two of their rows one.

use crate::table::{Column, ColumnType};

/// `request_id`
pub(crate) const REQUEST_ID: Column = Column::plain(
    "request_id",
    ColumnType::Text,
    "`requestId` of the response half; NULL where it is missing",
);
/// `user_id`
pub(crate) const USER_ID: Column = Column::person(
    "user_id",
    ColumnType::Text,
    "user within the identity store",
);
/// `user_id_raw`
pub(crate) const USER_ID_RAW: Column =
    Column::person("user_id_raw", ColumnType::Text, "`userId` as logged");
/// `identity_store_id`
pub(crate) const IDENTITY_STORE_ID: Column = Column::person(
    "identity_store_id",
    ColumnType::Text,
    "the `d-…` before the first dot of `userId`; NULL where there is none",
);
/// `event_ts`
pub(crate) const EVENT_TS: Column = Column::plain(
    "event_ts",
    ColumnType::Instant,
    "`timeStamp`, floored to milliseconds; NULL where it is missing or blank",
);
/// `event_ts_nanos`
pub(crate) const EVENT_TS_NANOS: Column = Column::plain(
    "event_ts_nanos",
    ColumnType::Count,
    "`timeStamp` in nanoseconds since 1970-01-01 UTC",
);
/// `event_date`
pub(crate) const EVENT_DATE: Column = Column::plain(
    "event_date",
    ColumnType::Date,
    "UTC date of `event_ts`, the source day where it is NULL; equals `dt`",
);
/// `customization_arn`
pub(crate) const CUSTOMIZATION_ARN: Column =
    Column::plain("customization_arn", ColumnType::Text, "`customizationArn`");

/// The key of their rows.
pub(crate) const KEY: &[&str] = &["request_id"];

/// Columns by which deliveries of one record differ without being other content.
pub(crate) const NOT_CONTENT: &[&str] = &[
    "source",
    "source_object",
    "record_index",
    "account_id",
    "region",
];
