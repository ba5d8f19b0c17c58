//! What prompt logs share: records of two halves, the columns that say who and when, and how their rows are told apart.
//!
//! A dataset brings the names of its halves and reads their members; [`record`] finds the halves, [`event`] says when a
//! record happened, [`rows`] builds the columns of [`columns`] and the lineage.

pub(crate) mod columns;
mod event;
mod record;
mod rows;

pub(crate) use event::Event;
pub(crate) use record::{no_half, read_halves};
pub(crate) use rows::{EventRows, chars};
