//! `CREATE TABLE` statements for the engines that read the lake, from the schema's one home.
//!
//! Names are unqualified, locations end in `/`, statements end in `;`. No statement writes data; dropping one of these
//! tables leaves the files where they are.

mod dialect;
mod relation;
mod statement;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use crate::day::Day;

pub use dialect::{Dialect, UnknownDialect};
pub use relation::{Relation, relations};
pub use statement::Target;

/// The location in the committed texts.
pub const PLACEHOLDER: &str = "s3://BUCKET/PREFIX";
/// How days of partitions are projected on Athena and Trino: from the earliest accepted day to the latest possible one.
pub const PROJECTION_RANGE: [&str; 2] = ["2019-01-01", "NOW+3DAYS"];
/// Athena takes so many partitions in one `ALTER TABLE`.
pub const PARTITIONS_A_STATEMENT: usize = 100;

/// A table's statements as they are committed in `sql/<dialect>/<table>.sql`: over [`PLACEHOLDER`], without partitions.
pub fn committed(relation: &Relation, dialect: Dialect) -> String {
    let target = Target {
        location: PLACEHOLDER,
        replace: false,
        days: &[],
        has_part: true,
    };
    let mut text = format!(
        "-- {}: one row is {}.\n-- Rendered from the schema; `promptlake ddl --dialect {dialect}` prints it for a lake.\n",
        relation.name, relation.doc
    );
    if dialect == Dialect::AthenaCatalog && relation.partitioned {
        text.push_str("-- Partitions are added by ALTER TABLE, which that command prints too.\n");
    }
    text.push_str(&create(relation, dialect, &target));
    text
}

/// The statements that make a table known to an engine, each ended by `;` and a line feed.
pub fn create(relation: &Relation, dialect: Dialect, target: &Target<'_>) -> String {
    statement::statements(relation, dialect, target)
}

/// `ALTER TABLE … ADD IF NOT EXISTS PARTITION` for days that have a part, at most [`PARTITIONS_A_STATEMENT`] each.
pub(crate) fn add_partitions(relation: &Relation, location: &str, days: &[Day]) -> String {
    let mut text = String::new();
    for days in days.chunks(PARTITIONS_A_STATEMENT) {
        write!(text, "ALTER TABLE {} ADD IF NOT EXISTS", relation.name)
            .expect("invariant: a String takes any text");
        for day in days {
            write!(
                text,
                "\n  PARTITION (dt = '{day}') LOCATION '{location}/{}dt={day}/'",
                relation.folder
            )
            .expect("invariant: a String takes any text");
        }
        text.push_str(";\n");
    }
    text
}
