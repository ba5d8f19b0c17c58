//! Dimension tables: small, unpartitioned, one part each under `dims/`.

mod calendar;
mod file;
mod plans;
#[cfg(test)]
mod tests;
mod users;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};

use crate::table::{Column, ColumnType};

pub use calendar::calendar;
pub use file::{DimFileError, Problem};
pub use plans::{built_in_plans, read_plans};
pub use users::{no_users, read_users};

/// A dimension table.
#[derive(Debug)]
pub struct Dim {
    /// Its name: the folder under `dims/`.
    pub name: &'static str,
    /// One row is …
    pub doc: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

impl Dim {
    /// The Arrow schema: every column nullable, no metadata.
    pub fn arrow_schema(&self) -> SchemaRef {
        let fields = self.columns.iter();
        Arc::new(Schema::new(
            fields
                .map(|column| Field::new(column.name, column.ty.arrow(), true))
                .collect::<Vec<_>>(),
        ))
    }

    /// Rows of it.
    fn batch(&self, columns: Vec<ArrayRef>) -> RecordBatch {
        RecordBatch::try_new(self.arrow_schema(), columns)
            .expect("invariant: the columns are those of the schema, equally long")
    }
}

/// A calendar without gaps. It is the same in every lake.
pub static DIM_DATE: Dim = Dim {
    name: "dim_date",
    doc: "a day of the calendar, 2019-01-01 to 2039-12-31",
    columns: &[
        Column::plain("event_date", ColumnType::Date, "the day"),
        Column::plain(
            "dt",
            ColumnType::Text,
            "the day as the partitions of tables write it, YYYY-MM-DD",
        ),
        Column::plain("calendar_year", ColumnType::Count, "year"),
        Column::plain("calendar_quarter", ColumnType::Count, "quarter, 1 to 4"),
        Column::plain("calendar_month", ColumnType::Count, "month, 1 to 12"),
        Column::plain("month_start", ColumnType::Date, "first day of its month"),
        Column::plain("month_end", ColumnType::Date, "last day of its month"),
        Column::plain("days_in_month", ColumnType::Count, "days of its month"),
        Column::plain("week_start", ColumnType::Date, "Monday of its week"),
        Column::plain("weekday", ColumnType::Count, "1 for Monday to 7 for Sunday"),
        Column::plain("is_weekend", ColumnType::Flag, "Saturday or Sunday"),
    ],
};

/// What plans cost and contain; built in, or given to `run` by `--plans`.
pub static DIM_PLAN: Dim = Dim {
    name: "dim_plan",
    doc: "a plan from a day on, until the next row of its tier",
    columns: &[
        Column::plain(
            "tier",
            ColumnType::Text,
            "plan, spelled as `user_activity.subscription_tier`",
        ),
        Column::plain(
            "rank",
            ColumnType::Count,
            "order of plans: the higher one counts where a user has two",
        ),
        Column::plain(
            "usd_per_month",
            ColumnType::Double,
            "price of a user, US dollars a month",
        ),
        Column::plain("credits", ColumnType::Double, "credits included in a month"),
        Column::plain(
            "overage_usd_per_credit",
            ColumnType::Double,
            "price of a credit beyond them, US dollars",
        ),
        Column::plain(
            "valid_from",
            ColumnType::Date,
            "first day on which the row holds",
        ),
    ],
};

/// Who users are; given to `run` by `--users`, without rows otherwise.
pub static DIM_USER: Dim = Dim {
    name: "dim_user",
    doc: "a user whose name is known",
    columns: &[
        Column::person(
            "user_id",
            ColumnType::Text,
            "user, spelled as `user_id` of tables",
        ),
        Column::person("user_name", ColumnType::Text, "sign-in name"),
        Column::person("display_name", ColumnType::Text, "name to show"),
        Column::person("email", ColumnType::Text, "email, lower case"),
        Column::plain("team", ColumnType::Text, "team"),
        Column::plain("cost_centre", ColumnType::Text, "cost centre"),
    ],
};

/// Every dimension table.
pub static DIMS: [&Dim; 3] = [&DIM_DATE, &DIM_PLAN, &DIM_USER];
