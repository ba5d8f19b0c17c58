//! The columns that the tables of reports share, and what makes two of their rows one.

use crate::table::{Column, ColumnType};

/// `event_date`
pub(crate) const EVENT_DATE: Column = Column::plain(
    "event_date",
    ColumnType::Date,
    "the report's `Date`, UTC; equals `dt`",
);
/// `user_id`
pub(crate) const USER_ID: Column = Column::person(
    "user_id",
    ColumnType::Text,
    "user, without its identity store",
);
/// `user_id_raw`
pub(crate) const USER_ID_RAW: Column = Column::person(
    "user_id_raw",
    ColumnType::Text,
    "user as the report writes it",
);
/// `identity_store_id`
pub(crate) const IDENTITY_STORE_ID: Column = Column::plain(
    "identity_store_id",
    ColumnType::Text,
    "identity store, `d-…`, where the user id names one; else NULL",
);
/// `report_ts`
pub(crate) const REPORT_TS: Column = Column::plain(
    "report_ts",
    ColumnType::Instant,
    "time in the report's file name, UTC; NULL where it has none",
);

/// Columns by which exports of one day differ without being other content.
pub(crate) const NOT_CONTENT: &[&str] = &["source", "source_object", "record_index", "report_ts"];
