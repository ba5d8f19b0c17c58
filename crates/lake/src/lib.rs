//! Where the data lies: sources that are read, the lake's storage that is written, and the lake's layout and state.
//!
//! Everything that names a file system or S3 is in this crate. The interfaces are synchronous; an implementation
//! that is asynchronous inside (S3) hides its runtime. [`source`] and [`storage`] have one implementation per kind of
//! place; all the rest ([`layout`], [`settings`], [`inventory`], [`ledger`], [`ledger_index`], [`drift_list`]) knows the traits alone.

mod day_text;
pub mod drift_list;
pub mod error;
pub mod inventory;
pub mod layout;
pub mod ledger;
pub mod ledger_index;
mod lines;
pub mod location;
pub mod s3;
pub mod settings;
pub mod source;
mod stamp;
pub mod stats;
pub mod storage;
pub mod temp;
pub mod write_guard;
