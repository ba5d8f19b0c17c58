//! The table `rejects`: one row for each record or object that could not be read.

mod columns;
mod rows;
mod spool;

pub use columns::{FAMILY, REJECTS};
pub use rows::{MAX_RAW, Reject, RejectRows, id};
pub use spool::Spool;
