//! What moves the data: discover → plan → read → stage → merge → encode → publish → report; and what checks it.

pub mod analyse;
pub mod bitmap;
pub mod commit;
pub mod cut;
pub mod digest;
pub mod discover;
pub mod duplicates;
pub mod encode;
pub mod exit;
pub mod inflate;
#[cfg(test)]
mod memory_source;
pub mod merge;
pub mod object_list;
pub mod options;
pub mod part;
pub mod permits;
pub mod plan;
pub mod progress;
pub mod read;
pub mod read_log;
pub mod rejects;
pub mod report;
pub mod row_hash;
pub mod row_reader;
pub mod run_cursor;
pub mod run_file;
pub mod snapshot;
pub mod sorter;
pub mod spool;
pub mod stage;
pub mod table_writer;
