//! What CSV reports share: rows of a CSV out of an [`Input`](crate::input::Input), headers bound by name, cells as
//! values, columns that their tables share. A dataset brings its [`Layout`] and turns a [`Row`] into rows of its tables.

mod cell;
pub(crate) mod columns;
mod frame;
mod header;
mod reader;
mod row;
#[cfg(test)]
mod tests;

pub(crate) use cell::{count, double, flag};
pub(crate) use header::{Kind, Known, Layout, Melted};
pub(crate) use reader::ReportReader;
pub(crate) use row::{Refusal, Row};
